"""The calendar's pages as people with different posts meet them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from responder.core.database import transaction
from responder.core.permissions import CONSOLE
from responder.planning.models import EventState
from tests.factories import NOW, People, unit
from tests.planning import factories as make
from tests.planning.calendars.test_pages import a_year_of_work, heat, task
from tests.planning.queries import count_queries

VIEWS = ("month", "quarter", "year", "agenda")
NOVEMBER = "/planning/calendar?year=2026&month=11"


@pytest.fixture
def press(client: FlaskClient, people: People) -> FlaskClient:
    return people.sign_in(client, people.press_officer)


@pytest.fixture
def liaison(client: FlaskClient, people: People) -> FlaskClient:
    """A browser of somebody of a unit, who may not read topics."""
    return people.sign_in(client, people.liaison)


def links(page: str, rel: str) -> str:
    found = re.search(rf'rel="{rel}" href="([^"]+)"', page)
    assert found is not None
    return found.group(1).replace("&amp;", "&")


@pytest.mark.parametrize("view", VIEWS)
def test_each_view_shows_what_there_is(press: FlaskClient, view: str) -> None:
    event = make.event("车位租售管理", NOW)
    make.event("物业收费", NOW, EventState.CANCELLED)
    make.entry(theme="某月要办的事")
    task(event, date(2026, 11, 18))
    page = press.get(f"{NOVEMBER}&view={view}").text
    assert "车位租售管理" in page
    assert "<s>物业收费</s>" in page
    assert "某月要办的事" in page or "日期未定的计划 1 项" in page
    assert re.search("筹备 1|筹备到期 1 项|媒体邀请", page)


@pytest.mark.parametrize("view", VIEWS)
def test_what_is_open_after_an_event_is_not_called_preparation(
    press: FlaskClient, view: str
) -> None:
    task(make.event(starts_at=NOW, state=EventState.HELD), date(2026, 11, 18), "报送实录", days=-1)
    page = press.get(f"{NOVEMBER}&view={view}").text
    assert re.search("会后 1|会后未办", page)
    assert not re.search(r"筹备 \d|筹备到期", page)


@pytest.mark.parametrize("view", VIEWS)
def test_filters_go_along_to_the_next_page_and_the_other_views(
    press: FlaskClient, view: str
) -> None:
    make.event("车位租售管理", NOW)
    query = f"unit={unit().id}&form=briefing&state=proposed"
    page = press.get(f"{NOVEMBER}&view={view}&{query}").text
    assert "车位租售管理" in page
    assert "只看市住房和城乡建设局、新闻通气会、待审批" in page
    addresses = re.findall(r'href="(/planning/calendar\?[^"]*)"', page)
    kept = [one for one in addresses if one.count("=") > 3]
    assert len(kept) >= 5  # before, after, and the views
    for one in kept:
        assert all(part in one for part in ("form=briefing", "state=proposed", "unit="))
    assert "车位租售管理" not in press.get(f"{NOVEMBER}&view={view}&form=conference").text


@pytest.mark.parametrize(
    ("view", "after", "before"),
    [
        ("month", "year=2026&month=12", "year=2026&month=10"),
        ("quarter", "year=2027&month=2", "year=2026&month=8"),
        ("year", "year=2027&month=11", "year=2025&month=11"),
    ],
)
def test_the_next_page_is_of_the_same_view(
    press: FlaskClient, view: str, after: str, before: str
) -> None:
    page = press.get(f"{NOVEMBER}&view={view}").text
    assert after in links(page, "next")
    assert before in links(page, "prev")
    assert view == "month" or f"view={view}" in links(page, "next")


def test_time_ends_where_plans_do(press: FlaskClient) -> None:
    page = press.get("/planning/calendar?year=2100&month=12")
    assert page.status_code == 200
    assert 'rel="next"' not in page.text
    assert press.get("/planning/calendar?year=2000&month=1&view=year").status_code == 200


@pytest.mark.parametrize("view", VIEWS)
def test_hot_topics_are_linked_and_told_in_words(press: FlaskClient, view: str) -> None:
    topic = make.topic("槐荫巷自来水发黄 13812345678")
    heat(topic, date(2026, 11, 17), 64)
    page = press.get(f"{NOVEMBER}&view={view}").text
    assert f'href="/topics/{topic.id}"' in page
    assert "11-17 64" in page
    assert "13812345678" not in page


@pytest.mark.parametrize("view", VIEWS)
def test_units_see_no_topics_under_the_days(liaison: FlaskClient, view: str) -> None:
    heat(make.topic("槐荫巷自来水发黄"), date(2026, 11, 17), 64)
    page = liaison.get(f"{NOVEMBER}&view={view}")
    assert page.status_code == 200
    assert "槐荫巷" not in page.text
    assert "/topics/" not in page.text
    assert "lane" not in page.text


@pytest.mark.parametrize("view", VIEWS)
def test_nothing_to_show_says_what_to_do(press: FlaskClient, view: str) -> None:
    assert "这段时间没有发布活动" in press.get(f"{NOVEMBER}&view={view}").text
    assert "请放宽条件" in press.get(f"{NOVEMBER}&view={view}&state=held").text


def test_an_event_of_several_days_says_that_it_goes_on(press: FlaskClient) -> None:
    event = make.event("展览", datetime(2026, 11, 10, 1, tzinfo=UTC))
    with transaction(CONSOLE, NOW):
        event.ends_at = datetime(2026, 11, 12, 8, tzinfo=UTC)
    page = press.get(NOVEMBER).text
    assert page.count(">续</span>") == 2
    assert press.get(f"{NOVEMBER}&view=quarter").text.count("展览") == 1


def test_the_pages_take_the_same_queries_however_much_there_is(
    press: FlaskClient, session: Session
) -> None:
    make.event(starts_at=NOW)
    heat(make.topic(), date(2026, 11, 17), 64)

    def queries() -> dict[str, int]:
        def one(view: str) -> int:
            session.expire_all()
            return count_queries(lambda: press.get(f"{NOVEMBER}&view={view}"))

        return {view: one(view) for view in ("month", "quarter", "year")}

    few = queries()
    assert len(set(few.values())) == 1, few
    a_year_of_work()
    assert queries() == few
