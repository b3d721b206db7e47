"""A past year's records, and the summary that is made of them."""

from __future__ import annotations

import datetime as dt
import json
import re
from io import BytesIO

import pytest
from docx import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from sqlalchemy import delete, select

from responder.core.database import db, transaction
from responder.core.errors import Invalid
from responder.core.lifecycle import Attempt
from responder.core.permissions import CONSOLE
from responder.core.times import SHANGHAI
from responder.demo import loader, past
from responder.demo.generate import generate
from responder.openness.applications.models import Application
from responder.openness.applications.outcomes import seed_outcomes
from responder.openness.catalogue.models import Publication
from responder.openness.catalogue.reference import seed_catalogue
from responder.planning.briefing.reading import Standpoint
from responder.publishing.packages.columns import seed_columns
from responder.reports.documents import rules, service
from responder.reports.documents.kinds import ANNUAL
from responder.reports.documents.word import linking, word_file
from responder.reports.statistics import counting, freezing
from responder.reports.statistics.cli import as_json_row
from responder.reports.statistics.registry import FIGURES
from responder.reports.statistics.spans import Span

NOW = dt.datetime(2018, 1, 8, 2, tzinfo=dt.UTC)
YEAR = Span(2017, SHANGHAI, today=dt.date(2018, 1, 8))
# What the city's own summary of the year says.
SAID = {
    "provincial_tasks": 37,
    "city_tasks": 41,
    "trainings": 12,
    "leading_group_meetings": 2,
    "press_conferences": 35,
    "interpretations": 165,
    "responses": 121,
    "applications_received": 80,
    "assessment_points": 8,
    "assessment_share": 5,
}
FEWER = {"publications": 60, "key_area_publications": 21}


@pytest.fixture
def seeded(session) -> None:
    with transaction(CONSOLE, NOW) as opened:
        for seed in (seed_columns, seed_catalogue, seed_outcomes):
            seed(opened)


@pytest.fixture
def year(seeded, settings, monkeypatch) -> None:
    """The year with few published items, which come by the thousand."""
    whole = past.totals_of(2017)
    for module in (past, past.load):
        monkeypatch.setattr(module, "totals_of", lambda _year: whole | FEWER)
    loader.load_past(generate(dt.date(2026, 3, 2)), 2017, NOW, settings)


def summary(now: dt.datetime = NOW) -> bytes:
    with transaction(CONSOLE, now) as opened:
        at = Standpoint(now, SHANGHAI, frozenset())
        request = rules.of_year(2017, dt.date(2018, 1, 8))
        report = service.up_to_date(opened, ANNUAL, request, at, Attempt(CONSOLE, now))
        return word_file(report, "市政府办公室", SHANGHAI, linking("https://example.org"))


def texts(content: bytes) -> list[str]:
    return [one.text for one in Document(BytesIO(content)).paragraphs]


def test_every_record_of_the_year_is_there(seeded, settings, session) -> None:
    loader.load_past(generate(dt.date(2026, 3, 2)), 2017, NOW, settings)
    found = counting.count_all(session, FIGURES, YEAR)
    assert {code: found[code].value for code in SAID} == SAID
    assert found["published_items"].value > 21_000
    assert 2_900 < found["key_area_items"].value < 3_000
    written = "".join(texts(summary()))
    for words in (
        "37项",
        "41项",
        "12场",
        "会议2次",
        "35场",
        "165篇",
        "121条",
        "80件",
        "8分",
        "5％",
    ):
        assert words in written, words
    assert "21000余条" in written
    assert "近3000条" in written


def test_what_is_read_of_the_year_agrees(year, client, people, session) -> None:
    content = summary()
    _each_number_of_the_word_file_is_a_figure_of_the_list(content, session)
    _each_figure_in_the_word_file_leads_to_its_rows(content, client, people)
    _the_register_of_applications_opens_and_each_has_its_clocks(client, session)
    written = "".join(texts(content))
    # what was put right in time is not late
    assert "列入清单26项，已销号26项，逾期未整改0项" in written
    # where there is no record the summary says so
    assert "受理群众来电来信无数据，办理热线工单无数据" in written
    assert "上年无数据" in written


def _each_number_of_the_word_file_is_a_figure_of_the_list(content, session) -> None:
    standings = freezing.standings(session, YEAR).values()
    listed = [json.loads(json.dumps(as_json_row(one, 2017))) for one in standings]
    known = {
        number
        for one in listed
        for value in (one["value"], one["about"], one["last_year"], one["change"])
        if value is not None
        for number in re.findall(r"\d+(?:\.\d+)?", str(value))
    }
    head, *body, _office, _day = [text for text in texts(content) if text.strip()]
    assert head.startswith("年度总结〔2018〕1号")
    said = re.findall(r"\d+(?:\.\d+)?", re.sub(r"\d{4}年", "", "".join(body)))
    assert len(said) > 25
    assert set(said) <= known


def _each_figure_in_the_word_file_leads_to_its_rows(content, client, people) -> None:
    relations = Document(BytesIO(content)).part.rels.values()
    links = {one.target_ref for one in relations if one.reltype == RELATIONSHIP_TYPE.HYPERLINK}
    assert len(links) > 20
    people.sign_in(client, people.openness_officer)
    for link in links:
        assert link.startswith("https://example.org/statistics/")
        assert client.get(link.removeprefix("https://example.org")).status_code == 200


def _the_register_of_applications_opens_and_each_has_its_clocks(client, session) -> None:
    at = "/openness/applications"
    assert "2017-080" in client.get(f"{at}?year=2017").text
    one = session.scalars(select(Application).order_by(Application.id)).first()
    assert one.reply_clock.stopped_at is not None
    assert client.get(f"{at}/{one.id}").status_code == 200
    assert client.get(f"{at}/export?year=2017").status_code == 200


def test_one_record_less_is_one_less_in_the_draft_and_a_difference_once_frozen(
    year, session, people
) -> None:
    assert f"信息{FEWER['publications']}条" in "".join(texts(summary()))
    one = db.session.query(Publication.id).order_by(Publication.id).limit(1).scalar()
    with transaction(CONSOLE, NOW) as opened:
        opened.execute(delete(Publication).where(Publication.id == one))
    assert "信息59条" in "".join(texts(summary()))
    attempt = Attempt(people.openness_officer.actor, NOW)
    with transaction(attempt.actor, NOW) as opened:
        freezing.freeze(opened, YEAR, attempt)
        opened.execute(delete(Publication).where(Publication.id == one + 1))
    assert "信息59条" in "".join(texts(summary()))
    standing = freezing.standings(session, YEAR)["published_items"]
    assert (standing.said, standing.counted.value, standing.difference) == (59, 58, -1)


def test_another_year_is_not_made_up(seeded, settings) -> None:
    with pytest.raises(Invalid, match="没有 2016 年的演示数据：可用的年份有 2017"):
        loader.load_past(generate(dt.date(2026, 3, 2)), 2016, NOW, settings)
