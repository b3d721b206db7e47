"""Pages of what the catalogue is set up with: kinds, areas, feeds, and what goes where."""

from __future__ import annotations

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from responder.core.database import db, transaction
from responder.core.errors import Stale
from responder.core.permissions import Permission
from responder.core.versions import check_seen
from responder.openness.access import demand_sight
from responder.openness.catalogue import columns, queries, reading, reference, syncing
from responder.openness.catalogue.forms import AreaForm, FeedForm, KindForm
from responder.openness.catalogue.models import CatalogueColumn, CheckKind, KeyArea
from responder.openness.catalogue.rules import LimitUnit
from responder.openness.catalogue.syncing import Line
from responder.openness.catalogue.views import (
    EDIT,
    REFUSALS,
    Page,
    attempt_now,
    blueprint,
    to_column,
)
from responder.settings import Settings
from responder.web.access import current_actor, requires
from responder.web.errors import STATUS
from responder.web.forms import plain_number, seen_version, show_errors, shown_version
from responder.web.overtaken import differences
from responder.web.sentences import spoken


@blueprint.get("/openness/catalogue/settings")
@requires(Permission.OPENNESS_READ)
def settings() -> str:
    return render_template(
        "openness/catalogue/settings.html",
        kinds=reference.check_kinds(db.session),
        areas=reference.key_areas(db.session),
        lines=syncing.lines(db.session),
        waiting=syncing.waiting(db.session),
        feeds=reading.feeds(db.session),
        columns=queries.tree_rows(queries.all_columns(db.session), {}),
    )


@blueprint.route("/openness/catalogue/kinds/new", methods=["GET", "POST"])
@requires(EDIT)
def add_kind() -> Page:
    return _kind(None)


@blueprint.route("/openness/catalogue/kinds/<int:kind_id>", methods=["GET", "POST"])
@requires(EDIT)
def edit_kind(kind_id: int) -> Page:
    return _kind(reference.find_kind(db.session, kind_id))


def _kind(kind: CheckKind | None) -> Page:
    form, attempt = KindForm(data=_kind_values(kind) if kind else None), attempt_now()
    if not form.validate_on_submit():
        return _reference_page(form, kind, "kind"), 422 if form.is_submitted() else 200
    kind_id = kind.id if kind else None
    try:
        with transaction(attempt.actor, attempt.now) as session:
            held = reference.find_kind(session, kind_id) if kind_id else None
            if held is not None:
                check_seen(held, seen_version())
            unit = LimitUnit(form.limit_unit.data)
            reference.save_kind(
                session, held, form.name.data, form.limit.data, unit, form.source.data or ""
            )
    except Stale:
        assert kind_id is not None, "a new kind has no other version"
        kind = reference.find_kind(db.session, kind_id)
        stored = differences(form, _kind_values(kind))
        return _reference_page(form, kind, "kind", stored), STATUS[Stale]
    except REFUSALS as error:
        show_errors(form, error)
        return _reference_page(form, kind, "kind"), STATUS[type(error)]
    flash(_("已保存检查类别；各栏目的更新提醒随之重算。"), "success")
    return to_settings("kinds")


def _kind_values(kind: CheckKind) -> dict[str, object]:
    return {
        "name": kind.name, "limit": kind.limit, "limit_unit": kind.limit_unit.value,
        "source": kind.source,
    }  # fmt: skip


@blueprint.route("/openness/catalogue/areas/new", methods=["GET", "POST"])
@requires(EDIT)
def add_area() -> Page:
    return _area(None)


@blueprint.route("/openness/catalogue/areas/<int:area_id>", methods=["GET", "POST"])
@requires(EDIT)
def edit_area(area_id: int) -> Page:
    return _area(reference.find_area(db.session, area_id))


def _area(area: KeyArea | None) -> Page:
    form, attempt = AreaForm(data=_area_values(area) if area else None), attempt_now()
    if not form.validate_on_submit():
        return _reference_page(form, area, "area"), 422 if form.is_submitted() else 200
    area_id = area.id if area else None
    try:
        with transaction(attempt.actor, attempt.now) as session:
            held = reference.find_area(session, area_id) if area_id else None
            if held is not None:
                check_seen(held, seen_version())
            reference.save_area(
                session, held, form.name.data, form.source.data or "", form.active.data
            )
    except Stale:
        assert area_id is not None, "a new area has no other version"
        area = reference.find_area(db.session, area_id)
        stored = differences(form, _area_values(area))
        return _reference_page(form, area, "area", stored), STATUS[Stale]
    except REFUSALS as error:
        show_errors(form, error)
        return _reference_page(form, area, "area"), STATUS[type(error)]
    flash(_("已保存重点领域。"), "success")
    return to_settings("areas")


def _area_values(area: KeyArea) -> dict[str, object]:
    return {"name": area.name, "source": area.source, "active": area.active}


def _reference_page(
    form: KindForm | AreaForm,
    row: CheckKind | KeyArea | None,
    which: str,
    stored: dict[str, str] | None = None,
) -> str:
    return render_template(
        "openness/catalogue/reference_form.html",
        form=form,
        row=row,
        which=which,
        version=shown_version(row, stored is not None),
        stored=stored,
    )


@blueprint.post("/openness/catalogue/mapping")
@requires(EDIT)
def save_mapping() -> Response:
    """Say into which columns goes what is published here.

    Lines that somebody else has changed meanwhile stay as they are, unless they were not touched.
    """
    attempt = attempt_now()
    with transaction(attempt.actor, attempt.now) as session:
        syncing.hold_mapping(session)
        touched = [line for line in syncing.lines(session) if _chosen(line) != _seen(line)]
        overtaken = [line for line in touched if _stored(line) not in {_seen(line), _chosen(line)}]
        wanted = {
            (line.kind, line.detail): _chosen(line) for line in touched if line not in overtaken
        }
        syncing.save_mapping(session, wanted, attempt)
        told = [_overtaken_words(line) for line in overtaken]
    for sentence in told:
        flash(sentence, "warning")
    if wanted or not told:
        flash(_("已保存栏目对应；调度器随后登记，也可以点“立即登记”。"), "success")
    return to_settings("own")


def _chosen(line: Line) -> int | None:
    return plain_number(request.form.get(field_of(line))) or None


def _seen(line: Line) -> int | None:
    """What the line said when the page was opened."""
    return plain_number(request.form.get(f"was-{field_of(line)}")) or None


def _stored(line: Line) -> int | None:
    return line.column.id if line.column else None


def _overtaken_words(line: Line) -> str:
    chosen = db.session.get(CatalogueColumn, _chosen(line) or 0)
    nothing = _("没有指定")
    return str(
        _(
            "“%(line)s”没有改成您选的“%(mine)s”：别人刚改为“%(theirs)s”。核对后如仍要改，请再选一次。",
            line=spoken(line.label),
            mine=chosen.name if chosen else nothing,
            theirs=line.column.name if line.column else nothing,
        )
    )


@blueprint.app_template_filter("mapping_field")
def field_of(line: Line) -> str:
    """The name of a line's field."""
    return f"{line.kind.value}-{line.detail or 'all'}"


@blueprint.post("/openness/catalogue/sync")
@requires(EDIT)
def sync() -> Response:
    attempt, office = attempt_now(), _office()
    with transaction(attempt.actor, attempt.now) as session:
        found = syncing.sync(session, attempt, office.zone, office.public_url)
    told = _(
        "新登记 %(created)s 条，原已登记 %(known)s 条。", created=found.created, known=found.known
    )
    if found.unmapped:
        told += _("还有 %(count)s 条没有对应栏目：请先指定。", count=found.unmapped)
    if found.closed:
        told += _("有 %(count)s 条的栏目已停用：请改指定别的栏目。", count=found.closed)
    flash(told, "success")
    return to_settings("own")


def _office() -> Settings:
    found: Settings = current_app.extensions["settings"]
    return found


@blueprint.route("/openness/catalogue/columns/<int:column_id>/feed", methods=["GET", "POST"])
@requires(EDIT)
def edit_feed(column_id: int) -> Page:
    column, attempt = columns.find(db.session, column_id), attempt_now()
    demand_sight(current_actor(), column.unit_id)
    form = FeedForm(data=_feed_values(column))
    if not form.validate_on_submit():
        return _feed_page(form, column), 422 if form.is_submitted() else 200
    try:
        with transaction(attempt.actor, attempt.now) as session:
            column = columns.find(session, column_id)
            if column.feed is not None:
                check_seen(column.feed, seen_version())
            minutes = form.interval_minutes.data
            reading.save_feed(
                session, column, form.url.data or "", minutes, form.paused.data, attempt
            )
    except Stale:
        column = columns.find(db.session, column_id)
        stored = differences(form, _feed_values(column))
        return _feed_page(form, column, stored), STATUS[Stale]
    except REFUSALS as error:
        show_errors(form, error)
        return _feed_page(form, columns.find(db.session, column_id)), STATUS[type(error)]
    flash(_("已保存订阅；调度器马上去读。"), "success")
    return to_column(column_id)


def _feed_values(column: CatalogueColumn) -> dict[str, object]:
    feed = column.feed
    if feed is None:
        return {"url": "", "interval_minutes": 60, "paused": False}
    return {
        "url": feed.url, "interval_minutes": feed.interval_minutes,
        "paused": feed.state == "paused",
    }  # fmt: skip


def _feed_page(
    form: FeedForm, column: CatalogueColumn, stored: dict[str, str] | None = None
) -> str:
    return render_template(
        "openness/catalogue/feed_form.html",
        form=form,
        column=column,
        version=shown_version(column.feed, stored is not None),
        stored=stored,
    )


def to_settings(anchor: str) -> Response:
    return redirect(url_for("catalogue.settings", _anchor=anchor))
