"""The pages of events as people with different posts meet them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from responder.core import audit
from responder.core.database import db, transaction
from responder.core.permissions import CONSOLE, Role
from responder.core.times import local, start_of_day, utc_now
from responder.planning import service
from responder.planning.events import avoiding, checklist, media, preparing, series
from responder.planning.events.models import EventFile, EventMove, PreparationItem, Reply
from responder.planning.models import EntryState, EventState, PressEvent, SpeakerRank
from tests.factories import NOW, People, unit
from tests.planning import factories as make
from tests.planning.queries import count_queries

TODAY = datetime(2026, 11, 28, 2, tzinfo=UTC)
TUESDAY = datetime(2026, 12, 1, 1, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _the_days_that_are_typed_lie_ahead() -> Iterator[None]:
    with time_machine.travel(TODAY):
        yield


@pytest.fixture
def press(client: FlaskClient, people: People) -> FlaskClient:
    return people.sign_in(client, people.press_officer)


@pytest.fixture
def reader(client: FlaskClient, people: People) -> FlaskClient:
    return people.sign_in(client, people.editor)


def form(event: PressEvent | None = None, **changes: object) -> dict[str, object]:
    values: dict[str, object] = {
        "theme": "车位租售管理",
        "form": "briefing",
        "starts_at": "2026-12-01T09:30",
        "unit_id": unit().id,
        "plan_entry_id": 0,
        "place": "新闻发布厅",
    }
    if event is not None:
        values |= {"version_id": event.version_id, "theme": event.theme, "place": event.place}
        values |= {"speaker": event.speaker, "starts_at": "2026-11-27T09:00"}
    return {**values, **changes}


def field(page: str, name: str) -> str:
    """What a field of a page is filled with."""
    tags = re.findall(rf'<input[^>]*name="{name}"[^>]*>', page)
    (value,) = {tag.partition('value="')[2].partition('"')[0] for tag in tags}
    return value


def events() -> list[PressEvent]:
    db.session.expire_all()
    return list(db.session.scalars(select(PressEvent).order_by(PressEvent.id)))


TEXTS = {
    "host": "李主持",
    "attendees": "各科室负责人",
    "summary": "通报进展",
    "wording": "如实说明",
    "spokesperson_opinion": "同意",
    "leader_opinion": "照办",
}


def test_everything_that_is_written_is_stored_and_shown(press: FlaskClient) -> None:
    typed = form(**TEXTS, ends_at="2026-12-01T11:00", speaker_rank="head")
    answer = press.post("/planning/events/new", data=typed)
    (event,) = events()
    assert {name: getattr(event, name) for name in TEXTS} == TEXTS
    expected = (TUESDAY + timedelta(minutes=90), SpeakerRank.HEAD)
    assert (event.ends_at, event.speaker_rank) == expected
    page = press.get(answer.location).text
    assert "2026-12-01 09:30–11:00" in page
    assert all(text in page for text in TEXTS.values())
    shown = press.get(f"/planning/events/{event.id}/edit").text
    assert field(shown, "ends_at") == "2026-12-01 11:00:00"
    assert all(text in shown for text in TEXTS.values())


def test_whole_days_are_typed_and_shown_by_their_last_one(press: FlaskClient) -> None:
    typed = form(all_day="y", ends_at="2026-12-02T00:00")
    location = press.post("/planning/events/new", data=typed).location
    (event,) = events()
    assert event.starts_at == datetime(2026, 11, 30, 16, tzinfo=UTC)
    assert event.ends_at == datetime(2026, 12, 2, 16, tzinfo=UTC)
    assert "2026-12-01 – 2026-12-02（时间待定）" in press.get(location).text
    shown = press.get(f"/planning/events/{event.id}/edit").text
    assert field(shown, "ends_at") == "2026-12-02 00:00:00"


def test_an_end_before_the_beginning_is_said_beside_its_field(press: FlaskClient) -> None:
    answer = press.post("/planning/events/new", data=form(ends_at="2026-12-01T09:00"))
    assert answer.status_code == 422
    assert "结束时间不晚于开始时间" in answer.text
    assert events() == []


def test_clashes_are_shown_before_saving_and_accepted_by_a_tick(press: FlaskClient) -> None:
    make.event("物业收费", TUESDAY)
    typed = form(place="市政府新闻发布厅", summary="不能丢的字")
    answer = press.post("/planning/events/new", data=typed)
    assert answer.status_code == 422
    assert "“市政府新闻发布厅”已安排“物业收费”" in answer.text
    assert "仍然保存" in answer.text
    assert "不能丢的字" in answer.text
    assert len(events()) == 1
    answer = press.post("/planning/events/new", data={**typed, "accept_clashes": "y"})
    assert answer.status_code == 302
    event = events()[-1]
    line = audit.history(db.session, event)[-1]
    assert (line.action, "物业收费" in line.note) == ("accept_clashes", True)
    assert "有冲突，仍然保存" in press.get(answer.location).text


def test_an_edit_that_takes_nothing_new_asks_nothing(press: FlaskClient) -> None:
    saturday = datetime(2026, 11, 28, 1, tzinfo=UTC)
    event = make.event(starts_at=saturday)
    path = f"/planning/events/{event.id}/edit"
    same = form(event, starts_at="2026-11-28T09:00", summary="补充说明")
    assert press.post(path, data=same).status_code == 302
    sunday = form(events()[0], starts_at="2026-11-29T09:00")
    answer = press.post(path, data=sunday)
    assert answer.status_code == 422
    assert "2026年11月29日（星期日）不是工作日" in answer.text
    assert events()[0].starts_at == saturday


def test_a_second_editor_sees_what_the_first_saved_and_loses_nothing(
    client: FlaskClient, people: People
) -> None:
    event = make.event()
    path, seen = f"/planning/events/{event.id}/edit", form(event)
    people.sign_in(client, people.press_officer)
    client.post(path, data={**seen, "place": "一号厅", "host": "甲主持"})
    people.sign_in(client, people.holding(Role.PRESS_OFFICER, "deputy"))
    mine = {**seen, "place": "二号厅", "host": "甲主持", "wording": "写了很久的口径"}
    answer = client.post(path, data=mine)
    assert answer.status_code == 409
    assert "press_officer 某" in answer.text
    assert 'value="二号厅"' in answer.text
    assert '<span class="prose">一号厅</span>' in answer.text
    assert "写了很久的口径" in answer.text
    assert '<span class="prose">甲主持</span>' not in answer.text
    assert events()[0].place == "一号厅"
    version = events()[0].version_id
    assert f'name="version_id" type="hidden" value="{version}"' in answer.text
    assert client.post(path, data={**mine, "version_id": version}).status_code == 302
    assert (events()[0].place, events()[0].wording) == ("二号厅", "写了很久的口径")


def test_what_the_second_editor_left_alone_stays_as_the_first_saved_it(
    client: FlaskClient, people: People
) -> None:
    event = make.event()
    path = f"/planning/events/{event.id}/edit"
    people.sign_in(client, people.press_officer)
    seen = field(client.get(path).text, "seen")
    opened = form(event, seen=seen, host="", ends_at="", wording="")
    client.post(path, data={**opened, "host": "甲主持", "ends_at": "2026-11-27T10:00"})
    answer = client.post(path, data={**opened, "wording": "写了很久的口径"})
    assert answer.status_code == 409
    assert field(answer.text, "host") == "甲主持"
    assert field(answer.text, "ends_at") == "2026-11-27 10:00:00"
    assert "您没有改动的栏目已换成最新内容" in answer.text
    again = {
        **opened,
        "wording": "写了很久的口径",
        **{name: field(answer.text, name) for name in ("host", "version_id", "seen")},
        "ends_at": "2026-11-27T10:00",
    }
    assert client.post(path, data=again).status_code == 302
    (event,) = events()
    assert (event.host, event.wording) == ("甲主持", "写了很久的口径")


def test_a_postponed_event_shows_its_old_date_and_resumes_with_a_new_one(
    press: FlaskClient,
) -> None:
    event = make.event(starts_at=utc_now() + timedelta(days=9), state=EventState.PREPARING)
    old = service.get_event(db.session, event.id).starts_at
    path = f"/planning/events/{event.id}"
    with transaction(CONSOLE, NOW) as session:
        preparing.add_task(session, event, "场地", 1)
    press.post(f"{path}/postpone", data={"version": event.version_id, "note": "数据未齐"})
    page = press.get(path).text
    assert "原定时间" in page
    assert "新的时间未定" in page
    assert "日期待新的时间确定后重算" in page
    later = "2031-03-04T10:00"
    answer = press.post(
        f"{path}/resume", data={"version": events()[0].version_id, "starts_at": later}
    )
    assert answer.status_code == 302
    (event,) = events()
    assert event.state is EventState.PROPOSED
    assert event.starts_at == datetime(2031, 3, 4, 2, tzinfo=UTC)
    (move,) = db.session.scalars(select(EventMove))
    assert move.from_at == old
    assert "改期记录" in press.get(path).text
    assert preparing.tasks_of(db.session, event)[0].due_on == date(2031, 3, 3)


def test_resuming_on_the_old_date_needs_no_approval(press: FlaskClient) -> None:
    at = (utc_now() + timedelta(days=9)).replace(second=0, microsecond=0)
    event = make.event(starts_at=at, state=EventState.POSTPONED)
    local_text = (at + timedelta(hours=8)).strftime("%Y-%m-%dT%H:%M")
    data = {"version": event.version_id, "starts_at": local_text}
    assert press.post(f"/planning/events/{event.id}/resume", data=data).status_code == 302
    assert events()[0].state is EventState.PREPARING


def test_resuming_into_other_arrangements_is_looked_at_before_it_is_done(
    press: FlaskClient,
) -> None:
    event = make.event(state=EventState.POSTPONED)
    at = datetime(2031, 3, 4, 2, tzinfo=UTC)
    make.event("已定的另一项", at)
    path, at_ten = f"/planning/events/{event.id}/resume", "2031-03-04T10:00"
    data = {"version": event.version_id, "starts_at": at_ten}
    shown = press.post(path, data=data)
    assert shown.status_code == 422
    assert "已定的另一项" in shown.text
    assert f'name="accept_clashes" value="{at_ten}"' in shown.text
    assert f'value="{at_ten}" required' in shown.text
    # Accepted was what stands at ten o'clock, not whatever stands at eleven.
    other_time = {**data, "starts_at": "2031-03-04T11:00", "accept_clashes": at_ten}
    assert press.post(path, data=other_time).status_code == 422
    assert service.get_event(db.session, event.id).state is EventState.POSTPONED
    assert press.post(path, data={**data, "accept_clashes": at_ten}).status_code == 302
    found = service.get_event(db.session, event.id)
    assert (found.state, found.starts_at) == (EventState.PROPOSED, at)


def test_a_postponed_whole_day_asks_for_a_day(press: FlaskClient) -> None:
    event = make.event(state=EventState.POSTPONED, starts_at=datetime(2031, 3, 3, 16, tzinfo=UTC))
    with transaction(CONSOLE, NOW):
        event.all_day = True
    page = press.get(f"/planning/events/{event.id}").text
    assert re.search(r'type="date" id="resume-at" name="starts_at" value="2031-03-04"', page)
    data = {"version": event.version_id, "starts_at": "2031-03-04"}
    assert press.post(f"/planning/events/{event.id}/resume", data=data).status_code == 302
    assert events()[0].state is EventState.PREPARING


def test_a_postponed_event_says_that_a_correction_will_be_approved_later(
    press: FlaskClient,
) -> None:
    event = make.event(state=EventState.POSTPONED)
    assert "恢复时须由其他同事重新审批" in press.get(f"/planning/events/{event.id}/edit").text
    assert "推迟期间改过" not in press.get(f"/planning/events/{event.id}").text
    press.post(f"/planning/events/{event.id}/edit", data=form(event, theme="改一个字"))
    assert events()[0].state is EventState.POSTPONED
    assert "推迟期间改过" in press.get(f"/planning/events/{event.id}").text


@pytest.mark.parametrize("typed", ["", "nonsense", "2020-01-01T09:00"])
def test_resuming_needs_a_date_to_come(press: FlaskClient, typed: str) -> None:
    event = make.event(state=EventState.POSTPONED)
    data = {"version": event.version_id, "starts_at": typed}
    assert press.post(f"/planning/events/{event.id}/resume", data=data).status_code == 422
    assert events()[0].state is EventState.POSTPONED


def test_the_approval_form_has_the_fields_of_the_paper(press: FlaskClient) -> None:
    event = make.event("车位租售管理")
    with transaction(CONSOLE, NOW) as session:
        media.invite(session, event, media.MediumFacts("市日报"))
        event.leader_opinion, event.attendees = "请住建局牵头", "联系人13812345678"
    page = press.get(f"/planning/events/{event.id}/approval-form").text
    for label in (
        "活动名称", "时间", "地点", "参加人员", "主持人", "主发布人", "发布内容", "拟邀媒体",
        "发言人意见", "领导意见", "市日报", "请住建局牵头", "副局长",
    ):  # fmt: skip
        assert label in page
    assert "13812345678" not in page


def test_the_checklist_is_made_ticked_changed_and_shortened(
    press: FlaskClient, session: Session
) -> None:
    with transaction(CONSOLE, NOW) as writing:
        preparing.seed_preparation(writing)
    event = make.event(starts_at=utc_now() + timedelta(days=1))
    path = f"/planning/events/{event.id}"
    press.post(f"{path}/tasks/from-template")
    tasks = preparing.tasks_of(session, event)
    page = press.get(path).text
    assert "已过期" in page
    assert "已完成 0 / 12" in page
    press.post(f"/planning/tasks/{tasks[0].id}/finish")
    assert "已完成 1 / 12" in press.get(path).text
    press.post(f"/planning/tasks/{tasks[0].id}/reopen")
    changed = {"name": "报批", "days": "2", "responsible": "李四", "note": ""}
    form = f"/planning/tasks/{tasks[0].id}/edit"
    seen = field(press.get(form).text, "version")
    assert press.post(form, data={**changed, "version": seen}).status_code == 302
    assert "李四" in press.get(path).text
    bad = press.post(f"/planning/tasks/{tasks[0].id}/edit", data={**changed, "days": "x"})
    assert "请填写 -60 至 60 的整数" in bad.text
    press.post(f"/planning/tasks/{tasks[1].id}/remove", data={"version": tasks[1].version_id})
    press.post(f"{path}/tasks/new", data={**changed, "name": "直播"})
    session.expire_all()
    names = [task.name for task in preparing.tasks_of(session, event)]
    assert (names[0], "口径" in names, names[-1]) == ("报批", False, "直播")
    assert "直播" in press.get("/planning/preparation").text


def test_a_confirmation_says_which_tasks_are_open(press: FlaskClient) -> None:
    event = make.event(state=EventState.PREPARING)
    with transaction(CONSOLE, NOW) as session:
        preparing.add_task(session, event, "内容把关", 2, before_confirmation=True)
    page = press.get(f"/planning/events/{event.id}").text
    assert "“内容把关”尚未完成" in page
    assert "确认前须完成" in page


def test_the_template_and_the_days_to_avoid_are_the_offices(
    press: FlaskClient, session: Session
) -> None:
    item = {
        "name": "场地",
        "days": "1",
        "position": "1",
        "form": "",
        "source": "规程",
        "active": "y",
    }
    assert press.post("/planning/preparation-items/new", data=item).status_code == 302
    stored = session.scalars(select(PreparationItem)).one()
    path = f"/planning/preparation-items/{stored.id}/edit"
    shown = press.get(path).text
    assert "没有完成，活动就不能" in shown
    item["version"] = field(shown, "version")
    changed = {**item, "form": "briefing", "active": "", "before_confirmation": "y"}
    assert press.post(path, data=changed).status_code == 302
    page = press.get("/planning/preparation-items").text
    assert "新闻通气会" in page
    assert "已停用" in page
    assert "确认前须完成" in page
    assert (
        press.post("/planning/preparation-items/new", data={**item, "form": "briefing"}).status_code
        == 422
    )
    days = {"name": "全国两会", "first_day": "2027-03-03", "last_day": "2027-03-12", "source": ""}
    bad = press.post("/planning/avoided-periods/new", data={**days, "last_day": "2027-03-01"})
    assert bad.status_code == 422
    assert "结束日期早于开始日期" in bad.text
    press.post("/planning/avoided-periods/new", data=days)
    (period,) = avoiding.periods(session)
    path = f"/planning/avoided-periods/{period.id}"
    days["version"] = field(press.get(f"{path}/edit").text, "version")
    press.post(f"{path}/edit", data={**days, "name": "两会"})
    assert "<strong>两会" in press.get("/planning/avoided-periods").text
    press.post(f"{path}/remove", data={"version": avoiding.periods(session)[0].version_id})
    session.expire_all()
    assert avoiding.periods(session) == []
    assert checklist.items(session)[0].source == "规程"


def test_media_are_pasted_answered_and_taken_along(press: FlaskClient) -> None:
    event = make.event()
    path = f"/planning/events/{event.id}/media"
    lines = "市日报 王小明 13812345678\n晚报 张三 不是电话"
    answer = press.post(f"{path}/paste", data={"lines": lines})
    assert answer.status_code == 422
    assert "第 2 行" in answer.text
    assert "晚报 张三 不是电话</textarea>" in answer.text.replace("\r\n", "\n")
    press.post(path, data={"outlet": "电视台", "journalist": "李四", "phone": ""})
    one, two = media.invitations(db.session, event)
    seen = {"version": one.version_id}
    press.post(f"/planning/media/{one.id}/reply", data={"reply": "accepted", **seen})
    assert press.post(f"/planning/media/{one.id}/reply", data={"reply": "x"}).status_code == 422
    page = press.get(path).text
    assert "同意参加 1" in page
    assert "13812345678" not in page
    workbook = press.get(f"{path}/export")
    assert workbook.mimetype.endswith("spreadsheetml.sheet")
    press.post(f"/planning/media/{two.id}/remove", data={"version": two.version_id})
    db.session.expire_all()
    (one,) = media.invitations(db.session, event)
    assert one.reply is Reply.ACCEPTED


def test_changing_a_medium_leaves_its_number_unless_it_is_to_go(press: FlaskClient) -> None:
    event = make.event()
    with transaction(CONSOLE, NOW) as session:
        one = media.invite(session, event, media.MediumFacts("日报", "王", "13812345678"))
    path = f"/planning/media/{one.id}/edit"
    assert "13812345678" not in press.get(path).text
    seen = field(press.get(path).text, "version")
    press.post(path, data={"outlet": "市日报", "phone": "", "version": seen})
    db.session.expire_all()
    assert (one.outlet, one.phone) == ("市日报", "13812345678")
    gone = {"outlet": "市日报", "phone": "", "forget_phone": "1", "version": one.version_id}
    press.post(path, data=gone)
    db.session.expire_all()
    assert one.phone == ""


def test_numbers_are_shown_to_who_may_see_them_and_the_trail_says_so(
    client: FlaskClient, people: People, session: Session
) -> None:
    event = make.event()
    with transaction(CONSOLE, NOW) as writing:
        media.invite(writing, event, media.MediumFacts("日报", "王", "13812345678"))
    people.sign_in(client, people.press_officer)
    path = f"/planning/events/{event.id}/media"
    assert "13812345678" not in client.get(path).text
    assert "13812345678" in client.post(f"{path}/phones").text
    assert client.post(f"{path}/export-phones").status_code == 200
    assert [line.action for line in audit.history(session, event)][-2:] == ["reveal", "reveal"]


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.PRESS_OFFICER}))
def test_nobody_but_a_press_officer_sees_numbers(
    client: FlaskClient, people: People, role: Role
) -> None:
    event = make.event()
    with transaction(CONSOLE, NOW) as session:
        media.invite(session, event, media.MediumFacts("日报", "王", "13812345678"))
    make.liaison(people, unit())
    people.sign_in(client, people.holding(role))
    path = f"/planning/events/{event.id}/media"
    assert client.post(f"{path}/phones").status_code == 403
    assert client.post(f"{path}/export-phones").status_code == 403
    assert "显示电话" not in client.get(path).text
    assert [line.action for line in audit.history(db.session, event)] == ["create"]


def upload(client: FlaskClient, event: PressEvent, content: bytes, name: str) -> TestResponse:
    data = {"file": (BytesIO(content), name), "kind": "transcript"}
    answer = client.post(f"/planning/events/{event.id}/files", data=data)
    answer.request.input_stream.close()
    return answer


def test_a_file_is_uploaded_downloaded_as_it_was_and_deleted(
    press: FlaskClient, session: Session
) -> None:
    event = make.event()
    assert upload(press, event, b"<script>alert(1)</script>", "实录.txt").status_code == 302
    file = session.scalars(select(EventFile)).one()
    assert "实录.txt" in press.get(f"/planning/events/{event.id}").text
    with press.get(f"/planning/files/{file.id}") as answer:
        assert answer.data == b"<script>alert(1)</script>"
        assert answer.headers["Content-Disposition"].startswith("attachment;")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    press.post(f"/planning/files/{file.id}/remove")
    assert press.get(f"/planning/files/{file.id}").status_code == 404


def test_a_file_that_is_none_is_answered_in_words_on_the_events_page(
    press: FlaskClient, app: Flask, session: Session
) -> None:
    page = f"/planning/events/{make.event().id}"
    event = session.scalars(select(PressEvent)).one()

    def told(answer: TestResponse) -> str:
        assert answer.location == f"{page}#files"
        return press.get(page).text

    assert "空文件" in told(upload(press, event, b"", "空.pdf"))
    assert "只收 pdf" in told(upload(press, event, b"<html>", "实录.html"))
    assert "内容不是 pdf 文件" in told(upload(press, event, b"MZ\x90", "通稿.pdf"))
    nothing = press.post(f"{page}/files", data={"kind": "other"})
    assert "请先选择要上传的文件" in told(nothing)
    limit = app.extensions["settings"].event_file_max_megabytes
    large = upload(press, event, b"\0\0\0 ftyp" + b"x" * (limit * 1024**2), "大.mp4")
    assert f"超过 {limit} MB" in told(large)
    assert session.scalars(select(EventFile)).all() == []


def test_a_series_is_previewed_and_made_with_its_clashes_accepted(press: FlaskClient) -> None:
    event = make.event(starts_at=TUESDAY)
    make.event("已有的", TUESDAY + timedelta(days=7))
    path = f"/planning/events/{event.id}/series"
    assert "每月第一个星期二" in press.get(path).text
    wish = {"every": "week", "count": "3", "until": "", "version": event.version_id}
    preview = press.post(path, data={**wish, "preview": "1"})
    assert preview.status_code == 200
    assert "2026-12-15 09:30" in preview.text
    refused = press.post(path, data={**wish, "submit": "1"})
    assert refused.status_code == 422
    assert "已安排“已有的”" in refused.text
    assert len(events()) == 2
    made = press.post(path, data={**wish, "submit": "1", "accept_clashes": "y"})
    assert made.status_code == 302
    assert len(events()) == 4
    assert "本系列共 3 场" in press.get(f"/planning/events/{event.id}").text
    assert press.post(path, data={"every": "week", "count": "99"}).status_code == 200
    again = {"every": "week", "version": events()[0].version_id}
    assert press.post(path, data=again).status_code == 422


def test_today_tells_a_whole_day_without_an_hour(press: FlaskClient) -> None:
    event = make.event("全天的活动", start_of_day(local(utc_now()).date()), EventState.CONFIRMED)
    with transaction(CONSOLE, NOW):
        event.all_day = True
    page = press.get("/").text
    assert "全天的活动" in page
    assert "00:00" not in page


def test_a_series_is_made_of_the_event_that_was_seen(press: FlaskClient) -> None:
    """Whoever chose 每周 of a Tuesday gets no series of Wednesdays."""
    event = make.event(starts_at=TUESDAY)
    path = f"/planning/events/{event.id}/series"
    wish = {"every": "week", "count": "3", "submit": "1"}
    seen = field(press.get(path).text, "version")
    with transaction(CONSOLE, NOW) as session:
        service.move_event(session, event, TUESDAY + timedelta(days=1), CONSOLE, NOW)
    refused = press.post(path, data={**wish, "version": seen})
    assert refused.status_code == 409
    assert "已有变化" in refused.text
    assert 'value="3"' in refused.text
    assert len(events()) == 1
    wish["version"] = field(refused.text, "version")
    assert press.post(path, data=wish).status_code == 302
    assert [local(one.starts_at).isoweekday() for one in events()] == [3, 3, 3]


def test_what_was_typed_survives_a_row_that_has_left_the_plan(press: FlaskClient) -> None:
    row = make.entry(month=12)
    path = f"/planning/events/new?entry_id={row.id}"
    assert press.get(path).status_code == 200
    with transaction(CONSOLE, NOW):
        row.state = EntryState.DROPPED
    typed = form(plan_entry_id=row.id, summary="已经写好的发布内容")
    answer = press.post(path, data=typed)
    assert answer.status_code == 409
    assert "已经写好的发布内容" in answer.text
    assert "按计划外建立" in answer.text
    event = make.event()
    answer = press.post(f"/planning/events/{event.id}/edit", data=form(event, summary="改好的内容"))
    assert answer.status_code == 302
    with transaction(CONSOLE, NOW):
        event.state = EventState.CANCELLED
    answer = press.post(f"/planning/events/{event.id}/edit", data=form(event, summary="写了很久"))
    assert answer.status_code == 409
    assert "写了很久" in answer.text


def test_an_end_in_another_age_is_refused_before_anything_is_reckoned(press: FlaskClient) -> None:
    answer = press.post("/planning/events/new", data=form(ends_at="2099-12-01T11:00"))
    assert answer.status_code == 200
    assert "最长 31 天" in answer.text
    event = make.event()
    changed = form(event, ends_at="2027-12-01T11:00")
    assert "最长 31 天" in press.post(f"/planning/events/{event.id}/edit", data=changed).text
    assert [one.ends_at for one in events()] == [None]


def test_a_series_is_changed_and_cancelled_as_far_as_it_is_meant(press: FlaskClient) -> None:
    event = make.event(starts_at=TUESDAY)
    with transaction(CONSOLE, NOW) as session:
        series.make_series(session, event, "FREQ=MONTHLY;BYDAY=1TU;COUNT=3", CONSOLE, NOW)
    first, second, third = events()
    path = f"/planning/events/{second.id}"
    assert "修改范围" in press.get(f"{path}/edit").text
    changed = form(second, starts_at="2027-01-05T09:30", host="新主持", scope="later")
    answer = press.post(f"{path}/edit", data=changed, follow_redirects=True)
    assert "另有 1 场一并修改" in answer.text
    assert [one.host for one in events()] == ["", "新主持", "新主持"]
    page = press.get(path).text
    note = {"version": events()[1].version_id, "note": "停办", "scope": "later"}
    assert press.post(f"{path}/cancel", data={**note, "seen": ""}).status_code == 409
    note["seen"] = field(page, "seen")
    press.post(f"{path}/cancel", data=note)
    assert [one.state for one in events()][1:] == [EventState.CANCELLED] * 2
    assert first.state is EventState.PROPOSED
    assert third.state is EventState.CANCELLED


CHANGES = [
    ("POST", "/planning/events/{event}/resume"),
    ("POST", "/planning/events/{event}/tasks/from-template"),
    ("POST", "/planning/events/{event}/tasks/new"),
    ("POST", "/planning/tasks/{task}/finish"),
    ("POST", "/planning/tasks/{task}/remove"),
    ("POST", "/planning/events/{event}/media"),
    ("POST", "/planning/events/{event}/media/paste"),
    ("POST", "/planning/events/{event}/files"),
    ("POST", "/planning/events/{event}/series"),
    ("POST", "/planning/avoided-periods/new"),
    ("POST", "/planning/preparation-items/new"),
]


@pytest.mark.parametrize(("method", "path"), CHANGES)
def test_who_may_only_read_changes_nothing(reader: FlaskClient, method: str, path: str) -> None:
    event = make.event()
    with transaction(CONSOLE, NOW) as session:
        task = preparing.add_task(session, event, "场地", 1)
    address = path.format(event=event.id, task=task.id)
    assert reader.open(address, method=method).status_code == 403


def test_readers_see_no_buttons(reader: FlaskClient) -> None:
    event = make.event()
    with transaction(CONSOLE, NOW) as session:
        preparing.seed_preparation(session)
        preparing.make_tasks(session, event)
        media.invite(session, event, media.MediumFacts("日报"))
        avoiding.save_period(session, None, date(2027, 3, 3), date(2027, 3, 4), "两会")
    for path in (
        f"/planning/events/{event.id}",
        f"/planning/events/{event.id}/media",
        f"/planning/events/{event.id}/approval-form",
        "/planning/preparation",
        "/planning/preparation-items",
        "/planning/avoided-periods",
    ):
        page = reader.get(path)
        assert page.status_code == 200
        assert 'method="post" action="/planning' not in page.text, path


def test_pages_take_the_same_queries_for_little_as_for_much(
    press: FlaskClient, session: Session
) -> None:
    event = make.event(starts_at=TUESDAY)

    def fill(count: int) -> None:
        with transaction(CONSOLE, NOW) as writing:
            for n in range(count):
                preparing.add_task(writing, event, f"事项{n}", n)
                media.invite(writing, event, media.MediumFacts(f"媒体{n}"))

    fill(1)
    with transaction(CONSOLE, NOW) as writing:
        series.make_series(writing, event, "FREQ=WEEKLY;COUNT=2", CONSOLE, NOW)
    path = f"/planning/events/{event.id}"
    pages = (path, f"{path}/media", "/planning/preparation")
    session.expire_all()
    few = [count_queries(lambda page=page: press.get(page)) for page in pages]
    fill(15)
    for _ in range(5):
        other = make.event()
        with transaction(CONSOLE, NOW) as writing:
            other.series_id = event.series_id
            preparing.add_task(writing, other, "场地", 1)
    session.expire_all()
    assert [count_queries(lambda page=page: press.get(page)) for page in pages] == few
