"""What the demo leaves empty, put in as its people would: so that every page has something.

Forms are filled in and sent one after the other by whoever may; a refused one ends it. Only
what no form makes by itself (a hot-search list, items that go out together) is stored directly.
An installation is furnished once.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from io import BytesIO
from typing import cast
from xml.etree.ElementTree import Element

import html5lib
import python_calamine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from responder import jobs
from responder.accounts import service as accounts
from responder.core.database import transaction
from responder.core.permissions import CONSOLE
from responder.core.times import local, utc_now
from responder.errands.models import Errand, ErrandState
from responder.errands.service import result_path
from responder.intake.models import Channel
from responder.openness.assessment.models import AssessmentScheme
from responder.openness.tasks.models import Report, TaskFile
from responder.openness.trainings.models import OccasionFile
from responder.planning.briefing.layout import shipped_template
from responder.planning.calendars.models import CalendarFeed
from responder.planning.linking import verdicts
from responder.publishing.bundles.models import Bundle
from responder.publishing.channels.models import Channel as PostedOn
from responder.publishing.channels.models import ChannelPost
from responder.publishing.models import Entry
from responder.publishing.packages.models import PackageFile, PolicyPackage, ReturnSlip
from responder.publishing.packages.released import Attachment, PolicyDocument
from responder.publishing.webhooks import outbox
from responder.responses.models import ItemState, ResponseItem
from responder.settings import Settings
from responder.sources.models import HotEntry, HotPoint, Kind, Source
from responder.topics.models import Topic
from responder.warnings.models import (
    ClockWarning,
    DeliveryState,
    WarningChannel,
    WarningDelivery,
)
from tools.objects import FEED_TOKEN
from tools.pages import address_of, client_of

PAPER = ("会议材料.txt", "一、基本情况\n二、下一步工作\n".encode())
CALLS = (
    "来电.csv",
    "编号,内容,姓名,时间\nA1,浣溪路垃圾三天没有人清运,王女士,2026-03-05 09:30\n"
    "A2,浣溪路路灯不亮,李先生,昨天\n".encode(),
)
# Where a register's table comes in, and the workbook that says what its columns are called.
TABLES = (
    ("openness", "tasks.tasks_show", "tasks.tasks_template"),
    ("openness", "findings.findings_show", "findings.findings_template"),
    ("openness", "catalogue.columns_show", "catalogue.columns_template"),
    ("openness", "catalogue.publications_show", "catalogue.publications_template"),
    ("openness", "applications.applications_show", "applications.applications_template"),
    ("openness", "trainings.trainings_show", "trainings.trainings_template"),
    ("openness", "evaluations.import_scores", "evaluations.score_template"),
    ("press", "planning.plan#collecting", "planning.plan_template_file"),
)


@dataclass(frozen=True)
class Deed:
    """One form that somebody fills in and sends.

    :param page: where the form stands, as the inventory writes it.
    :param action: how the form's own address ends; empty for one that goes to its page.
    """

    who: str
    page: str
    values: dict[str, str] = field(default_factory=dict)
    action: str = ""
    file: tuple[str, bytes] | None = None


def deeds(year: int) -> Sequence[Deed]:
    """In the order in which they are done."""
    return (
        Deed("press", "planning.add_period", {
            "name": "市人大会议", "first_day": f"{year}-12-12", "last_day": f"{year}-12-16"}),
        Deed("press", "planning.show_event", {}, "/files", PAPER),
        Deed("press", "planning.briefing_template", {}, "", ("模板.docx", shipped_template())),
        Deed("press", "packages.show", {}, "/files", ("起草说明.pdf", b"%PDF-1.4\n%%EOF\n")),
        Deed("press", "changing.propose?kind=correct", {
            "note": "更正一处地名。", "title": "更正后的标题"}),
        Deed("admin", "webhooks.index", {
            "name": "门户网站", "url": "http://127.0.0.1:9/hook"}, "/webhooks"),
        Deed("analyst", "sources.new?kind=feed", {
            "name": "市民论坛", "url": "https://forum.example/feed.xml", "channel": "forum"}),
        Deed("openness", "statistics.new_entered", {
            "name": "举办开放日", "value": "6", "measure": "场", "meaning": "向市民开放的场次",
            "basis": "各单位报送"}),
        Deed("openness", "applications.show", {}, "/files", PAPER),
        Deed("openness", "trainings.show", {}, "/files", PAPER),
        Deed("editor", "absences.index", {
            "first_day": f"{year + 1}-02-01", "last_day": f"{year + 1}-02-03", "deputy_id": "14"}),
        Deed("supervisor", "deadlines.edit_rule", {"length": "4", "reason": "市里要求更快"}),
        Deed("liaison", "findings.send", {"text": "已逐项整改，材料附后。"}, "", PAPER),
    )  # fmt: skip


def furnish(app: Flask) -> None:
    """Fill what the demo leaves empty.

    :raises RuntimeError: a form was refused; with what its page says.
    """
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context():
        _store()
        year = local(utc_now()).year
    for deed in deeds(year):
        send(app, deed)
    for who, page, template in TABLES:
        send(app, Deed(who, page, {"trial": "1"}, "", ("来件.csv", _bad_table(app, who, template))))
    _import_calls(app)
    send(app, Deed("analyst", "intake.imports", {}, "/files", ("未完.csv", CALLS[1] + b" ")))
    with app.app_context():
        _store_sent()
        _store_files(app.extensions["settings"])
        _store_errand(app.extensions["settings"])


def send(app: Flask, deed: Deed) -> TestResponse:
    """Open the page, fill the form in over what stands in it, and send it."""
    client, address = client_of(app, deed.who), address_of(app, deed.page)
    form = _form(client, address, deed.action, with_file=deed.file is not None)
    values: dict[str, object] = {**standing(form), **deed.values}
    if deed.file:
        kinds = {one.get("type"): one.get("name") for one in form.iter("input")}
        values[kinds["file"] or "file"] = (BytesIO(deed.file[1]), deed.file[0])
    answer = client.post(form.get("action") or address, data=values)
    if answer.status_code != 302:
        raise RuntimeError(f"{deed.page} answers {answer.status_code}: {_alert(answer)}")
    return answer


def standing(form: Element) -> dict[str, str]:
    """What a browser would send of a form that nobody has touched."""
    found: dict[str, str] = {}
    for part in form.iter():
        name, kind = part.get("name"), part.get("type", "text")
        if not name:
            continue
        if part.tag == "textarea":
            found[name] = part.text or ""
        elif part.tag == "select":
            options = [one for one in part.iter("option") if one.get("disabled") is None]
            chosen = [one for one in options if one.get("selected") is not None] or options[:1]
            for one in chosen:
                found[name] = one.get("value", "")
        elif part.tag == "input" and kind in ("checkbox", "radio"):
            if part.get("checked") is not None:
                found[name] = part.get("value", "on")
        elif part.tag == "input" and kind not in ("submit", "file"):
            found[name] = part.get("value", "")
    return found


def _form(client: FlaskClient, address: str, action: str, with_file: bool) -> Element:
    """The page's form whose address ends so."""
    answer = client.get(address)
    for form in html5lib.parse(answer.text, namespaceHTMLElements=False).iter("form"):
        goes_to = form.get("action", "")
        takes_file = any(one.get("type") == "file" for one in form.iter("input"))
        is_there = goes_to.endswith(action) if action else goes_to in ("", address)
        if form.get("method", "get").lower() == "post" and (
            is_there or (not action and with_file and takes_file)
        ):
            return cast("Element", form)
    raise RuntimeError(f"{address} answers {answer.status_code} and has no form to …{action}")


def _alert(answer: TestResponse) -> str:
    document = html5lib.parse(answer.text, namespaceHTMLElements=False)
    said = [
        " ".join("".join(one.itertext()).split())
        for one in document.iter()
        if one.get("role") == "alert" or "invalid-feedback" in (one.get("class") or "")
    ]
    return "；".join(said)


def _bad_table(app: Flask, who: str, template: str) -> bytes:
    """A table with the right columns and one row that no register takes."""
    book = client_of(app, who).get(address_of(app, template)).data
    rows = python_calamine.load_workbook(BytesIO(book)).get_sheet_by_index(0).to_python()
    headings = [str(cell) for cell in max(rows[:4], key=lambda row: sum(bool(one) for one in row))]
    return "\n".join((",".join(headings), ",".join("不对" for _cell in headings))).encode()


def _import_calls(app: Flask) -> None:
    """A file of calls, one of which is refused, from the upload to the end."""
    began = send(app, Deed("analyst", "intake.imports", {}, "/files", CALLS)).location
    client = client_of(app, "analyst")
    columns = {"column-0": "external_id", "column-1": "body", "column-2": "author",
               "column-3": "occurred_at", "channel": "hotline"}  # fmt: skip
    for step, values in (("columns", columns), ("start", {})):
        client.post(f"{began}/{step}", data=values)
        with app.app_context():
            for name in ("look-into-uploads", "import-files"):
                while jobs.WATCHES[name](app.extensions["settings"], lambda: True):
                    pass


def _store() -> None:
    """What comes from outside, or of many steps."""
    now = utc_now()
    with transaction(CONSOLE, now) as session:
        _add_hot_list(session, now)
        session.add(_bundle(session, now))
        package = session.scalars(select(PolicyPackage).order_by(PolicyPackage.id.desc())).first()
        session.add(
            ReturnSlip(
                package=package, title="加装电梯实施细则", addressee="市住房和城乡建设局",
                missing="解读方案", reason="解读方案不完整，请补充后重报。", issued_at=now,
                issued_by_name="顾清和",
            )
        )  # fmt: skip
        session.add(AssessmentScheme(year=2030, name="考核方案", total=8, share=4, allowance=2))
        reader = accounts.find_user(session, "press")
        digest = sha256(FEED_TOKEN.encode()).hexdigest()
        session.add(CalendarFeed(digest=digest, name="手机日历", user=reader, created_at=now))


def _add_hot_list(session: Session, now: datetime) -> None:
    hours = [now - timedelta(hours=back) for back in range(5, 0, -1)]
    entry = HotEntry(title="江澜大桥早高峰", first_seen_at=hours[0], last_seen_at=hours[-1])
    entry.source = Source(
        kind=Kind.HOT_LIST, name="同城热搜", channel=Channel.WEIBO, interval_minutes=60,
        settings={"url": "https://hot.example/list.json"}, next_run_at=now + timedelta(days=9),
    )  # fmt: skip
    session.add(entry)
    session.flush()
    session.add_all(
        HotPoint(entry_id=entry.id, at=at, rank=9 - place, heat=900)
        for place, at in enumerate(hours)
    )


def _bundle(session: Session, now: datetime) -> Bundle:
    query = select(ResponseItem).where(ResponseItem.state == ItemState.SCHEDULED)
    items = list(session.scalars(query))
    return Bundle(
        name="城建答复一组", publish_at=items[0].publish_at or now, made_at=now,
        made_by_name="顾清和", items=items,
    )  # fmt: skip


def _store_sent() -> None:
    """What went out to others, and a hot topic that needs no answer."""
    now = utc_now()
    with transaction(CONSOLE, now) as session:
        entry = session.scalars(select(Entry).order_by(Entry.id)).first()
        robot, warning = (
            session.scalar(select(WarningChannel)),
            session.scalar(select(ClockWarning)),
        )
        tepid = select(Topic).where(Topic.heat > 0, Topic.merged_into_id.is_(None))
        topic = session.scalars(tepid.order_by(Topic.heat)).first()
        assert entry is not None
        assert robot is not None
        assert warning is not None
        assert topic is not None
        session.add(
            ChannelPost(
                entry=entry, channel=PostedOn.WEIBO, url="https://weibo.example/1", posted_at=now,
                recorded_by_name="顾清和",
            )
        )  # fmt: skip
        outbox.tell(session, entry, now)
        session.add(
            WarningDelivery(
                warning=warning, receiver=f"robot:{robot.id}", channel=robot,
                state=DeliveryState.FAILED, send_from=now, tries=1, tried_at=now,
                last_answer="机器人已停用",
            )
        )  # fmt: skip
        verdicts.keep(session, topic, "谣言，已由公安机关澄清", CONSOLE, now)


def _store_errand(settings: Settings) -> None:
    """What came of a large export that somebody asked for: its file is there to fetch."""
    now = utc_now()
    with transaction(CONSOLE, now) as session:
        asker = accounts.find_user(session, "analyst")
        assert asker is not None
        errand = Errand(
            kind="topics.refresh", arguments={}, asked_by_id=asker.id, asked_at=now,
            state=ErrandState.DONE, begun_at=now, ended_at=now, done=2, total=2,
            told="已聚合：新增留言 2 条，新话题 1 个", file_name=CALLS[0],
        )  # fmt: skip
        session.add(errand)
        session.flush()
        path = result_path(settings.errand_files, errand.id)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(CALLS[1])


def _store_files(settings: Settings) -> None:
    """Files that hang on what the demo has settled: of a report of a task, of a document."""
    now = utc_now()
    with transaction(CONSOLE, now) as session:
        paper = session.scalars(select(OccasionFile)).one()
        shutil.copytree(settings.training_files, settings.task_files, dirs_exist_ok=True)
        session.add(
            TaskFile(
                report=session.scalars(select(Report)).first(), name=paper.name, size=paper.size,
                media_type=paper.media_type, digest=paper.digest, added_at=now,
                added_by_name="许承办",
            )
        )  # fmt: skip
        document = session.scalars(select(PolicyDocument)).first()
        draft = session.scalars(select(PackageFile)).first()
        assert document is not None
        assert draft is not None
        session.add(
            Attachment(
                document_id=document.id, name=draft.name, media_type=draft.media_type,
                size=draft.size, digest=draft.digest,
            )
        )  # fmt: skip
