"""Whoever saves second is told, sees both versions, loses nothing and decides.

``EDITS`` is the inventory of what is edited: a form of a page that comes filled in stands there, or
in ``NO_EDITS`` with the reason. One that stands nowhere fails.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit
from xml.etree.ElementTree import Element

import html5lib
import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException

from tests.pages.conftest import Readers
from tools import pages
from tools.forms import Press, presses


@dataclass(frozen=True)
class Edit:
    """A form that is saved twice.

    :ivar page: of the inventory in ``tools.pages``.
    :ivar field: what both people change.
    :ivar values: what the first and the second one fill in; two endings of a text by default.
    :ivar beside: what has to be filled in, too: by both, or by each their own.
    :ivar shown: what the second one reads of the first one's value, where it is no text.
    """

    page: str
    field: str
    values: tuple[str, str] = ("", "")
    beside: tuple[dict[str, str], dict[str, str]] = ({}, {})
    shown: str = ""


def both(**filled: str) -> tuple[dict[str, str], dict[str, str]]:
    return filled, filled


# Endpoint that a form is sent to → how it is edited.
EDITS: dict[str, Edit] = {
    "accounts.edit_person": Edit("accounts.edit_person", "display_name"),
    "after.evaluate": Edit("after.show", "findings"),
    "alerts.edit_rule": Edit("alerts.edit_rule", "name"),
    "annual.save_template": Edit("annual.template", "text"),
    "applications.edit": Edit("applications.edit", "content"),
    "applications.edit_outcome": Edit("applications.edit_outcome", "label"),
    "applications.edit_proceeding": Edit("applications.edit_proceeding", "body"),
    "assessment.criteria": Edit(
        "assessment.criteria", "name-1", beside=both(**{"group-1": "一", "points-1": "8"})
    ),
    "assessment.edit": Edit("assessment.edit", "name"),
    "catalogue.edit_area": Edit("catalogue.edit_area", "name"),
    "catalogue.edit_column": Edit("catalogue.edit_column", "name"),
    "catalogue.edit_kind": Edit("catalogue.edit_kind", "name"),
    "catalogue.edit_publication": Edit("catalogue.edit_publication", "title"),
    "deadlines.edit_rule": Edit("deadlines.edit_rule", "name", beside=both(reason="试一试")),
    "documents.edit": Edit("documents.edit", "summary"),
    "drafting.edit_name": Edit("drafting.edit_name", "name"),
    "drafting.edit_template": Edit("drafting.edit_template", "name"),
    "drafting.edit_word": Edit("drafting.edit_word", "word"),
    "evaluations.circular_template": Edit("evaluations.circular_template", "title"),
    "evaluations.edit": Edit("evaluations.edit", "name"),
    "evaluations.indicators": Edit("evaluations.indicators", "group-1"),
    "evaluations.save_unit": Edit("evaluations.unit", "group"),
    "findings.edit": Edit("findings.edit", "inspection"),
    "orders.revise": Edit("orders.revise", "title"),
    "packages.edit": Edit("packages.edit", "title"),
    "packages.edit_column": Edit("packages.edit_column", "name"),
    "packages.edit_material": Edit("packages.edit_material", "author"),
    "packages.plan": Edit("packages.plan", "form-1"),
    "planning.edit_event": Edit("planning.edit_event", "theme"),
    "planning.edit_item": Edit("planning.edit_item", "name"),
    "planning.edit_medium": Edit("planning.edit_medium", "outlet"),
    "planning.edit_period": Edit("planning.edit_period", "name"),
    "planning.edit_plan_rule": Edit("planning.edit_plan_rule", "name"),
    "planning.edit_task": Edit("planning.edit_task", "name"),
    "planning.plan_change": Edit("planning.plan_change", "theme", beside=both(reason="试一试")),
    "planning.plan_entry": Edit("planning.plan_entry", "theme"),
    "planning.save_statement": Edit("planning.show_event", "text"),
    "responses.agree_wording": Edit(
        "responses.agree_wording", "text", beside=both(agreed_by="某某")
    ),
    "responses.ask_anew": Edit("responses.ask_anew", "task"),
    "responses.edit_priority_kind": Edit("responses.edit_priority_kind", "name"),
    "responses.judge": Edit(
        "responses.judge",
        "grade",
        ("general", "larger"),
        both(reason="试一试"),
        "已保存为“一般突发事件”",
    ),
    "responses.material": Edit("responses.material", "text"),
    "responses.revise": Edit("responses.revise", "title"),
    "responses.save_draft": Edit("responses.show#draft", "text"),
    "routing.edit_category": Edit("routing.edit_category", "name"),
    "sources.edit": Edit("sources.edit", "name"),
    "statistics.edit_entered": Edit("statistics.edit_entered", "name"),
    "tasks.edit": Edit("tasks.edit", "title"),
    "tasks.milestones": Edit("tasks.milestones", "what-1"),
    "topics.rename": Edit("topics.show", "label"),
    "topics.save_heat_setting": Edit(
        "topics.heat_setting",
        "volume",
        ("44", "43"),
        ({"speed": "13"}, {"speed": "14"}),
        "已保存为“44”",
    ),
    "trainings.edit": Edit("trainings.edit", "title"),
    "warning_rules.edit_channel": Edit("warning_rules.edit_channel", "name"),
    "warning_rules.edit_step": Edit("warning_rules.edit_step", "name"),
    "warning_rules.quiet_hours": Edit(
        "warning_rules.quiet_hours", "digest_over", ("3", "4"), shown="已保存为“3”"
    ),
    "webhooks.edit": Edit("webhooks.edit", "name"),
}
MAKES = "makes something new, which nobody wrote before"
NO_EDITS: dict[str, str] = {
    **dict.fromkeys(
        (
            "absences.index", "alerts.new_rule", "applications.new", "catalogue.add_area",
            "catalogue.add_column", "catalogue.add_kind", "catalogue.add_publication",
            "changing.propose", "channels.record", "desk.index", "drafting.add_template",
            "evaluations.new", "findings.add", "orders.open_order", "packages.add_column",
            "packages.propose", "planning.add_item", "planning.new_event",
            "planning.new_plan_rule", "responses.assign", "responses.consult",
            "responses.open_item", "sources.new", "tasks.create", "tasks.report",
            "tokens.issue", "warning_rules.new_step",
        ),
        MAKES,
    ),
    "planning.adopt": "a step, refused once the plan is adopted",
    "intake.import_columns": "an import is its uploader's; its run is refused once it has begun",
    "intake.import_table": "an import is its uploader's; its run is refused once it has begun",
    "tasks.tasks_take": "a file of its uploader's",
    "catalogue.edit_feed": "new in the demo; its edits: tests/openness/catalogue/test_views.py",
    "catalogue.save_mapping": "merged line by line: tests/openness/catalogue/test_views.py",
    "identity.change": "asked twice before it is stored: tests/intake/identity/test_views.py",
}  # fmt: skip
ASIDE = ("preferences.", "languages.", "proofs.", "passwords.", "saved_views.", "sessions.")
KINDS_OF_TEXT = {
    "text",
    "search",
    "email",
    "url",
    "tel",
    "number",
    "date",
    "datetime-local",
    "time",
}
IDS = range(1, 60)


class Office:
    """The demo, and its people at their browsers."""

    def __init__(self, app: Flask) -> None:
        app.config["WTF_CSRF_ENABLED"] = False
        self.readers = Readers(app)
        # Of who looks at a page, the first: auditors come last, and change nothing.
        self.pages = {page.name: page for page in reversed(pages.pages(app))}
        self._routes = app.url_map.bind("localhost")

    def endpoint(self, address: str) -> str:
        """What takes a form; empty where nothing does."""
        try:
            return str(self._routes.match(urlsplit(address).path, method="POST")[0])
        except HTTPException:
            return ""

    def open(self, endpoint: str, edit: Edit) -> Iterator[Press]:
        """The form as somebody opens it: of the page's record, or of another that may be edited."""
        page = self.pages[edit.page]
        others = (re.sub(r"\d+", str(number), page.address, count=1) for number in IDS)
        for address in dict.fromkeys((page.address, *others)):
            answer = self.readers.client(page.who).get(address, buffered=True)
            if answer.status_code == 200:
                yield from self.form(answer.text, address, endpoint, edit)

    def form(self, text: str, address: str, endpoint: str, edit: Edit) -> Iterator[Press]:
        """Of a form's buttons the one that saves; others foresee, or leave."""
        found = (
            one
            for one in presses(text, address)
            if self.endpoint(one.address) == endpoint and edit.field in dict(one.fields)
        )
        yield from sorted(found, key=lambda one: "保存" not in one.label)

    def send(self, edit: Edit, press: Press, which: int, without: tuple[str, ...] = ()):
        """What the first (0) or the second (1) person sends."""
        value = edit.values[which] or dict(press.fields)[edit.field] + ENDINGS[which]
        sent = press.sent(**{edit.field: value, **edit.beside[which]})
        fields = MultiDict([one for one in sent if one[0] not in without])
        client = self.readers.client(self.pages[edit.page].who)
        return client.post(press.address, data=fields, buffered=True)


ENDINGS = ("〔甲〕", "〔乙〕")
VERSIONS = ("version", "version_id", "seen")


@pytest.fixture(scope="module")
def office(opened) -> Office:
    return Office(opened())


@pytest.mark.parametrize("endpoint", EDITS)
def test_the_second_saver_sees_both_and_decides(office: Office, endpoint: str) -> None:
    edit = EDITS[endpoint]
    opened = first = None
    for opened in office.open(endpoint, edit):
        first = office.send(edit, opened, 0)
        if first.status_code == 302:
            break
    assert first is not None, "no such form, or nothing in it"
    assert first.status_code == 302, _read(first.text)[:200]
    second = office.send(edit, opened, 1)
    assert second.status_code == 409
    theirs = edit.shown or edit.values[0] or ENDINGS[0]
    mine = edit.values[1] or ENDINGS[1]
    assert theirs in _read(second.text)
    shown = office.form(second.text, opened.address, endpoint, edit)
    again = next(one for one in shown if mine in dict(one.fields)[edit.field])
    blind = office.send(edit, opened, 1, without=VERSIONS)
    assert blind.status_code in {409, 422}
    filled = {name: value for name, value in edit.beside[1].items() if name in dict(again.fields)}
    client = office.readers.client(office.pages[edit.page].who)
    decided = client.post(again.address, data=MultiDict(again.sent(**filled)), buffered=True)
    assert decided.status_code == 302, _read(decided.text)[:400]
    kept = next(one for one in office.open(endpoint, edit) if one.address == opened.address)
    assert mine in dict(kept.fields)[edit.field]


def test_every_form_that_comes_filled_in_is_in_the_inventory(office: Office) -> None:
    found: dict[str, str] = {}
    for page in office.pages.values():
        answer = office.readers.get(page)
        if answer.status_code == 200:
            for address in _filled_in(answer.text, page.address):
                found.setdefault(office.endpoint(address), page.name)
    unknown = {
        endpoint: name
        for endpoint, name in found.items()
        if endpoint and not endpoint.startswith(ASIDE) and endpoint not in {*EDITS, *NO_EDITS}
    }
    assert unknown == {}, "say in EDITS how it is edited, or in NO_EDITS why it is not"


def _read(text: str) -> str:
    """What is read on a page; what stands in its fields is not."""
    document = html5lib.parse(text, namespaceHTMLElements=False)
    main = next(one for one in document.iter("main"))
    return " ".join(_texts(main))


def _texts(part: Element) -> Iterator[str]:
    if part.tag not in {"textarea", "select", "script"}:
        yield part.text or ""
        for inner in part:
            yield from _texts(inner)
            yield inner.tail or ""


def _filled_in(text: str, address: str) -> Iterator[str]:
    """Where the forms are sent that hold something which a person would type or choose."""
    document = html5lib.parse(text, namespaceHTMLElements=False)
    elsewhere = [one for one in document.iter() if one.get("form")]
    for form in document.iter("form"):
        if (form.get("method") or "").lower() == "post":
            outside = (one for one in elsewhere if one.get("form") == form.get("id"))
            if any(map(_holds_something, (*form.iter(), *outside))):
                yield urljoin(address, form.get("action") or address)


def _holds_something(part: Element) -> bool:
    if not part.get("name") or {"disabled", "readonly"} & part.attrib.keys():
        return False
    if part.tag == "textarea":
        return bool("".join(part.itertext()).strip())
    if part.tag == "select":
        chosen = (one for one in part.iter("option") if "selected" in one.attrib)
        return any(one.get("value", "x") not in {"", "0"} for one in chosen)
    kind = part.get("type", "text")
    if kind in {"checkbox", "radio"}:
        return "checked" in part.attrib
    return part.tag == "input" and kind in KINDS_OF_TEXT and bool(part.get("value", "").strip())
