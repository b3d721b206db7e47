"""The pages of sources: the list, one source, adding, trying out, pausing."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response
from wtforms import SelectField

from responder.core.database import db, transaction
from responder.core.errors import DomainError, Invalid, Stale
from responder.core.permissions import Permission
from responder.core.times import utc_now
from responder.intake.models import CHANNEL_LABELS
from responder.settings import Settings
from responder.sources import folders, kinds, service
from responder.sources.fetching import FetchFailed
from responder.sources.forms import KIND_FIELDS, SourceForm, facts, form_for
from responder.sources.kinds import FolderSettings
from responder.sources.models import KIND_LABELS, STATE_LABELS, Kind, Source
from responder.sources.service import SourceFacts, Trial
from responder.web.access import current_actor, requires
from responder.web.errors import STATUS
from responder.web.forms import seen_version, show_errors
from responder.web.sentences import spoken

blueprint = Blueprint("sources", __name__)

Page = str | Response | tuple[str, int]


@blueprint.context_processor
def _words() -> dict[str, object]:
    return {"kinds": KIND_LABELS, "states": STATE_LABELS, "channels": CHANNEL_LABELS}


@blueprint.get("/sources")
@requires(Permission.SOURCE_READ)
def index() -> str:
    return render_template("sources/index.html", sources=service.sources(db.session))


@blueprint.get("/sources/<int:source_id>")
@requires(Permission.SOURCE_READ)
def show(source_id: int) -> str:
    return _source_page(service.get(db.session, source_id))


@blueprint.post("/sources/<int:source_id>/trial")
@requires(Permission.SOURCE_EDIT)
def try_out(source_id: int) -> Page:
    source = service.get(db.session, source_id)
    try:
        wanted = kinds.parse(source.kind, source.settings)
        trial = service.try_out(wanted, _kept_facts(source), source.secret, _settings(), utc_now())
    except (FetchFailed, Invalid) as error:
        return _source_page(source, problem=spoken(error.message)), 422
    return _source_page(source, trial)


@blueprint.route("/sources/new", methods=["GET", "POST"])
@requires(Permission.SOURCE_EDIT)
def new() -> Page:
    kind = _asked_kind() or abort(404)
    form = form_for(kind)
    if not form.validate_on_submit():
        return _form_page(form, kind), 422 if form.is_submitted() else 200
    if form.trial.data:
        return _try_form(form, kind)
    try:
        with transaction(current_actor()) as session:
            source = service.add(session, kind, facts(form, kind), _settings(), utc_now())
    except Invalid as error:
        return _refused(form, kind, error)
    flash(_("已添加来源“%(name)s”，调度器马上去取第一次。", name=source.name), "success")
    return redirect(url_for("sources.show", source_id=source.id))


@blueprint.route("/sources/<int:source_id>/edit", methods=["GET", "POST"])
@requires(Permission.SOURCE_EDIT)
def edit(source_id: int) -> Page:
    source = service.get(db.session, source_id)
    kind = source.kind
    form = form_for(kind, source)
    if not form.validate_on_submit():
        return _form_page(form, kind, source), 422 if form.is_submitted() else 200
    if form.trial.data:
        return _try_form(form, kind, source)
    seen = seen_version() or 0
    try:
        with transaction(current_actor()) as session:
            source = service.get(session, source_id)
            service.edit(session, source, facts(form, kind), seen, _settings(), utc_now())
    except (Invalid, Stale) as error:
        return _refused(form, kind, error, service.get(db.session, source_id))
    flash(_("已保存来源“%(name)s”。", name=source.name), "success")
    return redirect(url_for("sources.show", source_id=source_id))


@blueprint.post("/sources/<int:source_id>/pause")
@requires(Permission.SOURCE_EDIT)
def pause(source_id: int) -> Response:
    with transaction(current_actor()) as session:
        source = service.get(session, source_id)
        service.pause(source)
    flash(_("已暂停“%(name)s”：恢复之前不再去取。", name=source.name), "success")
    return redirect(url_for("sources.show", source_id=source_id))


@blueprint.post("/sources/<int:source_id>/resume")
@requires(Permission.SOURCE_EDIT)
def resume(source_id: int) -> Response:
    with transaction(current_actor()) as session:
        source = service.get(session, source_id)
        service.resume(source, utc_now())
    flash(_("已恢复“%(name)s”，调度器马上去取。", name=source.name), "success")
    return redirect(url_for("sources.show", source_id=source_id))


@blueprint.post("/sources/<int:source_id>/run")
@requires(Permission.SOURCE_EDIT)
def run(source_id: int) -> Response:
    with transaction(current_actor()) as session:
        source = service.get(session, source_id)
        service.run_soon(session, source, utc_now())
    seconds = _settings().scheduler_interval_seconds
    flash(
        _("已排上“%(name)s”，约 %(seconds)s 秒内去取：请稍后刷新本页看结果。",
          name=source.name, seconds=seconds),
        "success",
    )  # fmt: skip
    return redirect(url_for("sources.show", source_id=source_id))


@blueprint.post("/sources/<int:source_id>/remove")
@requires(Permission.SOURCE_EDIT)
def remove(source_id: int) -> Response:
    with transaction(current_actor()) as session:
        source = service.get(session, source_id)
        name = source.name
        service.remove(session, source)
    flash(_("已删除来源“%(name)s”，它带来的留言都还在。", name=name), "success")
    return redirect(url_for("sources.index"))


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings


def _asked_kind() -> Kind | None:
    value = request.args.get("kind", "")
    return next((kind for kind in Kind if kind.value == value), None)


def _kept_facts(source: Source) -> SourceFacts:
    return SourceFacts(source.name, source.channel, source.interval_minutes, source.district)


def _source_page(source: Source, trial: Trial | None = None, problem: str = "") -> str:
    form = form_for(source.kind, source)
    return render_template(
        "sources/show.html",
        source=source,
        wanted=_said(source, form),
        runs=service.runs(db.session, source),
        messages=service.messages(db.session, source) if _reads_messages() else [],
        trial=trial,
        problem=problem,
        shown_fields=[name for name in KIND_FIELDS[source.kind] if name != "password"],
        form=form,
    )


def _said(source: Source, form: SourceForm) -> dict[str, Any]:
    """The settings in the words of the form; of a folder, where it is."""
    said = dict(source.settings)
    for name in KIND_FIELDS[source.kind]:
        if isinstance(form[name], SelectField) and name in said:
            labels = {choice.value: choice.label for choice in form[name].choices}
            said[name] = labels.get(said[name], said[name])
    wanted = kinds.parse(source.kind, source.settings)
    if isinstance(wanted, FolderSettings):
        with suppress(Invalid):  # it has come to lead out of the roots: the state says so
            said["folder"] = folders.locate(wanted, _settings())
    return said


def _reads_messages() -> bool:
    """Whether whoever asks may read messages at all (an administrator may not)."""
    return current_actor().may(Permission.MESSAGE_READ)


def _form_page(
    form: SourceForm,
    kind: Kind,
    source: Source | None = None,
    trial: Trial | None = None,
    problem: str = "",
) -> str:
    return render_template(
        "sources/form.html",
        form=form,
        kind=kind,
        fields=KIND_FIELDS[kind],
        source=source,
        trial=trial,
        problem=problem,
    )


def _try_form(form: SourceForm, kind: Kind, source: Source | None = None) -> Page:
    """The form again, with what it would bring."""
    said = facts(form, kind)
    try:
        wanted = service.checked(db.session, kind, said, _settings())
        service.needs_secret(source, wanted, said.secret)
        secret = said.secret or (source.secret if source else "")
        trial = service.try_out(wanted, said, secret, _settings(), utc_now())
    except Invalid as error:
        return _refused(form, kind, error, source)
    except FetchFailed as error:
        return _form_page(form, kind, source, problem=spoken(error.message)), 422
    return _form_page(form, kind, source, trial)


def _refused(
    form: SourceForm, kind: Kind, error: DomainError, source: Source | None = None
) -> tuple[str, int]:
    for name, sentence in error.fields.items():
        show_errors(form, Invalid(sentence, {name: sentence}))
    if not error.fields:
        show_errors(form, error)
    return _form_page(form, kind, source), STATUS[type(error)]
