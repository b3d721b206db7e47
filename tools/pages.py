"""Every page of the product: who looks at it, and how a real one is found in the demo.

One inventory for all that walk through the product: the tests, ``python -m tools.axe``, the
contact sheet and the benchmarks. A page is written ``endpoint?query#case``; an address that is
nobody's begins with a slash. ``tests/meta/test_pages.py`` fails when a route stands nowhere.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask, url_for
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.routing import Rule

from responder.accounts import service as accounts
from responder.accounts.models import User
from responder.accounts.sessions import service as sessions
from responder.accounts.sessions.entering import TOKEN
from responder.accounts.sessions.models import Method
from responder.core.database import db, transaction
from responder.core.times import utc_now
from responder.intake.registers.pages import RESULT
from responder.web.callers import Caller
from tools.objects import OBJECTS

HERE = Caller("127.0.0.*", "", "")  # where whoever signs in without typing a password is
Inventory = Mapping[str | None, tuple[str, ...]]

# Who looks at which pages; None is whoever comes by.
PAGES: Inventory = {
    None: (
        "accounts.sign_in", "api.docs", "publishing.index", "publishing.index?q=公交",
        "publishing.index?q=没有这样的事", "publishing.show", "ratings.thanks",
        "interpretations.index", "interpretations.show", "interpretations.documents",
        "interpretations.document", "/no-such-page",
    ),
    "operator": (
        "reports.today", "desk.index", "intake.index", "intake.index?q=停车", "intake.show",
        "orders.index", "orders.show", "orders.revise", "orders.open_order", "orders.monthly",
        "preferences.index", "guide.chapters", "guide.chapter", "guide.glossary",
        "guide.all_keys", "/audit",
    ),
    "analyst": (
        "reports.today", "intake.imports", "intake.import_run", "intake.import_batch",
        "intake.import_undo_page", "intake.same", "topics.index", "topics.index?level=1",
        "topics.index?dismissed=1", "topics.show", "topics.choose_other", "topics.why",
        "topics.heat_setting", "alerts.index", "alerts.rules", "alerts.edit_rule",
        "routing.index", "routing.versions", "routing.edit_category",
        "routing.new_category", "sources.index", "sources.show", "sources.edit",
        "sources.new?kind=feed", "sources.hot", "sources.hot_entry", "responses.open_item",
        "alerts.new_rule?kind=keyword",
        "responses.open_item?message_id=1", "responses.judge", "responses.assign",
        "responses.ask_anew", "responses.priority_kinds", "responses.consult", "after.show",
        "errands.index", "errands.show",
    ),
    "press": (
        "reports.today", "reports.due", "screen.show", "planning.calendar",
        "planning.calendar?view=quarter",
        "planning.calendar?view=year", "planning.calendar?view=agenda",
        "planning.calendar?state=held&unit=1", "planning.events", "planning.show_event",
        "planning.edit_event", "planning.new_event", "planning.move", "planning.media_list",
        "planning.edit_medium", "planning.approval_form", "planning.briefing",
        "planning.briefing_template", "planning.make_series", "planning.add_task",
        "planning.edit_task", "planning.preparation", "planning.preparation_items",
        "planning.add_item", "planning.edit_item", "planning.avoided_periods",
        "planning.add_period", "planning.edit_period", "planning.feed_list",
        "planning.import_ics", "planning.gaps", "planning.settled_gaps", "planning.plan",
        "planning.plan#collecting", "planning.plan_baseline", "planning.plan_addition",
        "planning.plan_change", "planning.plan_entry", "planning.plan_status",
        "planning.plan_figure", "planning.plan_rules", "planning.edit_plan_rule",
        "planning.new_plan_rule", "planning.plan_import_result", "responses.index",
        "responses.show", "responses.feed_back", "packages.index", "packages.show",
        "packages.edit", "packages.add_material", "packages.edit_material", "packages.plan",
        "packages.propose", "packages.slip", "packages.interpretation_columns",
        "packages.edit_column", "packages.add_column", "bundles.index", "bundles.show",
        "changing.index", "changing.show", "changing.propose?kind=correct",
        "channels.index", "webhooks.log", "drafting.edit_name", "drafting.edit_template",
        "drafting.add_template", "drafting.edit_word",
    ),
    "liaison": (
        "reports.today", "responses.materials", "responses.material", "orders.index",
        "orders.show", "planning.plan#collecting", "catalogue.edit_publication", "tasks.report",
        "findings.send",
    ),
    "editor": (
        "responses.index?state=draft", "responses.show#draft", "responses.revise",
        "responses.drafts", "responses.compare_drafts", "responses.agree_wording",
        "responses.refer", "responses.board", "earlier.index", "drafting.names",
        "drafting.answer_templates", "drafting.words", "absences.index", "proofs.index",
        "sessions.index", "passwords.own",
    ),
    "first": ("responses.show#first_review", "responses.choose_step"),
    "openness": (
        "tasks.index", "tasks.show", "tasks.edit", "tasks.milestones",
        "tasks.overdue", "tasks.waiting", "tasks.by_unit", "tasks.create", "tasks.tasks_show",
        "tasks.tasks_result", "findings.index", "findings.index?list=closings",
        "findings.show", "findings.edit", "findings.add", "findings.by_unit",
        "findings.findings_show", "findings.findings_result", "catalogue.index",
        "catalogue.show", "catalogue.due", "catalogue.publications", "catalogue.adjustments",
        "catalogue.settings", "catalogue.edit_area", "catalogue.add_area",
        "catalogue.edit_kind", "catalogue.add_kind", "catalogue.edit_column",
        "catalogue.add_column", "catalogue.edit_feed", "catalogue.add_publication",
        "catalogue.columns_show", "catalogue.columns_result", "catalogue.publications_show",
        "catalogue.publications_result", "applications.index", "applications.show",
        "applications.edit", "applications.new", "applications.list_outcomes",
        "applications.edit_outcome", "applications.list_proceedings",
        "applications.edit_proceeding", "applications.new_proceeding", "applications.table",
        "applications.applications_show", "applications.applications_result",
        "evaluations.index", "evaluations.show", "evaluations.unit", "evaluations.edit",
        "evaluations.indicators", "evaluations.new", "evaluations.circular",
        "evaluations.circular_template", "evaluations.import_scores",
        "evaluations.import_result", "assessment.index", "assessment.unit",
        "assessment.evidence", "assessment.criteria", "assessment.edit", "trainings.index",
        "trainings.show", "trainings.edit", "trainings.create", "trainings.trainings_show",
        "trainings.trainings_result", "statistics.index", "statistics.show",
        "statistics.new_entered", "statistics.edit_entered", "documents.index",
        "documents.show", "documents.edit", "documents.compose", "documents.make",
        "annual.template",
    ),
    "supervisor": (
        "deadlines.rules", "deadlines.edit_rule", "deadlines.year", "deadlines.show_change",
        "responses.edit_priority_kind", "responses.new_priority_kind", "warnings.index",
        "warnings.index?view=ended", "warning_rules.steps", "warning_rules.edit_step",
        "warning_rules.new_step", "warning_rules.quiet_hours",
    ),
    "auditor": (
        "reports.audit_trail", "reports.audit_trail?kind=response_item", "responses.show",
        "planning.show_event", "tasks.show", "statistics.edit_entered",
    ),
    "admin": (
        "accounts.people", "accounts.edit_person", "accounts.new_person", "accounts.units",
        "sessions.of_person",
        "tokens.index", "identity.index", "webhooks.index", "webhooks.edit",
        "warning_rules.channels", "warning_rules.edit_channel", "warning_rules.deliveries",
        "gallery.components", "scheduling.index",
    ),
}  # fmt: skip

# What answers with something else: a file, a feed, a part of a page, the way to another page.
OTHERS: Inventory = {
    None: (
        "accounts.sign_in_code",  # leads back, unless a password was typed just now
        "publishing.feed", "publishing.json_feed", "publishing.sitemap", "interpretations.feed",
        "interpretations.json_feed", "interpretations.sitemap", "interpretations.attachment",
        "api.document", "planning.feed", "static", "bootstrap.static", "publishing.theme",
        "publishing.logo", "operating.alive", "operating.metrics", "operating.ready",
    ),
    "operator": (
        "desk.places?q=淮", "orders.index_export", "orders.export_monthly", "guide.picture",
    ),
    "analyst": (
        "intake.import_errors", "intake.import_progress", "intake.import_template",
        "intake.index_export", "intake.imports_export", "topics.index_export",
        "alerts.index_export", "errands.progress", "errands.result",
    ),
    "press": (
        "planning.briefing_file", "planning.download_file", "planning.export_media",
        "planning.export_plan", "planning.kept_briefing_template",
        "planning.plan_import_errors", "planning.plan_template_file",
        "planning.shipped_briefing_template", "planning.year_file", "packages.download_file",
        "packages.slip_word", "archiving.download", "planning.events_export",
        "responses.index_export", "screen.part", "planning.gaps_export",
        "planning.settled_gaps_export", "planning.preparation_export", "packages.index_export",
        "changing.index_export",
        "channels.index_export", "bundles.index_export", "webhooks.log_export",
    ),
    "liaison": ("responses.materials_export",),
    "editor": (
        "responses.template_text?template=1", "absences.index_export",
        "proofs.recovery_codes",  # leads back, unless some were made just now
    ),
    "openness": (
        "openness.index",  # leads to the register that one may read
        "tasks.export", "tasks.download_file", "tasks.tasks_errors", "tasks.tasks_template",
        "findings.export", "findings.download", "findings.findings_errors",
        "findings.findings_template", "catalogue.export", "catalogue.columns_errors",
        "catalogue.columns_template", "catalogue.publications_errors",
        "catalogue.publications_template", "applications.export",
        "applications.download_file", "applications.export_tables",
        "applications.applications_errors", "applications.applications_template",
        "evaluations.circular_file", "evaluations.export", "evaluations.import_errors",
        "evaluations.score_template", "assessment.export", "trainings.export",
        "trainings.download_file", "trainings.trainings_errors",
        "trainings.trainings_template", "statistics.export", "documents.export",
        "tasks.index_export", "findings.index_export", "catalogue.publications_export",
        "applications.index_export", "trainings.index_export", "tasks.waiting_export",
        "catalogue.due_export", "catalogue.adjustments_export",
        "applications.list_proceedings_export", "evaluations.index_export",
        "documents.index_export",
    ),
    "supervisor": (
        "deadlines.calendar",  # leads to this year's
        "warnings.index_export",
    ),
    "auditor": ("reports.audit_trail_export",),
    "admin": ("accounts.people_export", "warning_rules.deliveries_export"),
}  # fmt: skip


@dataclass(frozen=True)
class Page:
    """One page of the inventory, where it is, and who looks at it."""

    name: str
    who: str | None
    address: str


def pages(app: Flask, inventory: Inventory = PAGES) -> list[Page]:
    """All pages with the addresses of real things of this installation.

    :raises LookupError: something is missing: the demo has none, or was not furnished.
    """
    return [
        Page(name, who, address_of(app, name)) for who, names in inventory.items() for name in names
    ]


def lists(app: Flask) -> list[Page]:
    """The pages that name no thing: what an empty product shows too."""
    return [
        Page(name, who, address_of(app, name))
        for who, names in PAGES.items()
        for name in names
        if not name.startswith("/") and not _rule(app, endpoint_of(name)).arguments
    ]


def endpoint_of(name: str) -> str:
    """The route of an entry of the inventory."""
    return name.partition("#")[0].partition("?")[0]


def client_of(app: Flask, who: str | None) -> FlaskClient:
    """Flask's own client, at which this person has signed in."""
    client = app.test_client()
    if who is not None:
        with app.app_context():
            user = accounts.find_user(db.session, who)
            assert user is not None, who
            sign_in(client, user)
    return client


def sign_in(client: FlaskClient, user: User) -> None:
    """Sign somebody in without typing a password."""
    now = utc_now()
    with transaction(user.actor, now) as session:
        token = sessions.begin(session, user, user.seal, Method.PASSWORD, HERE, now)
    with client.session_transaction() as cookies:
        cookies[TOKEN] = token


def address_of(app: Flask, name: str) -> str:
    """Where an entry of the inventory is in this installation.

    :raises LookupError: there is no such thing here.
    """
    if name.startswith("/"):
        return name
    endpoint, (_head, mark, query) = endpoint_of(name), name.partition("#")[0].partition("?")
    with app.test_request_context():
        values = _values(app, name, endpoint, _rule(app, endpoint).arguments)
        return url_for(endpoint, **values) + mark + query


def _rule(app: Flask, endpoint: str) -> Rule:
    """The route that is read; a form's endpoint may have a second one, for what it sends."""
    return next(
        rule for rule in app.url_map.iter_rules(endpoint) if rule.methods and "GET" in rule.methods
    )


def _values(app: Flask, name: str, endpoint: str, arguments: Iterable[str]) -> dict[str, Any]:
    query = OBJECTS.get(name) or OBJECTS.get(endpoint)
    row = db.session.execute(text(query)).mappings().first() if query else None
    found: dict[str, Any] = dict(row or {})
    room = endpoint.partition(".")[0]
    for argument in set(arguments) - set(found):
        if argument == "key":
            found[argument] = _kept_import(app, endpoint)
        elif query := OBJECTS.get(f"{room}.{argument}") or OBJECTS.get(argument):
            found[argument] = db.session.scalar(text(query))
    if missing := [one for one in arguments if found.get(one) is None]:
        raise LookupError(f"{name}: there is no {', '.join(missing)}")
    return found


def _kept_import(app: Flask, endpoint: str) -> str | None:
    """The key of a table that came in: not in the database, but beside its refused rows."""
    register = endpoint.partition(".")[2].rpartition("_")[0].replace("plan_import", "")
    register = register.replace("import", "scores")
    for path in app.extensions["settings"].uploads.glob(f"*/{RESULT}.json"):
        if json.loads(path.read_text("utf-8")).get("register", "") == register:
            return str(path.parent.name)
    return None
