"""Pages of trainings and meetings: the year, one of them, its form, its files."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from responder.accounts import service as accounts
from responder.accounts.models import Unit
from responder.core import audit
from responder.core.database import db, transaction
from responder.core.errors import Forbidden, GuardRefused, Invalid, NotFound, Stale
from responder.core.lifecycle import Attempt
from responder.core.permissions import Permission
from responder.core.times import utc_now
from responder.intake.registers.columns import UnitNames
from responder.intake.registers.importing import TableImport
from responder.intake.registers.pages import RegisterPages, add_register_pages
from responder.openness.access import READERS
from responder.openness.attachments import chosen_files, give_out, let_files_in, office, put_away
from responder.openness.trainings import importing, service
from responder.openness.trainings.declared import TRAININGS
from responder.openness.trainings.exporting import FORMATS
from responder.openness.trainings.forms import OccasionForm
from responder.openness.trainings.models import Occasion, OccasionKind
from responder.openness.trainings.occasion_rows import occasion_columns, occasion_template
from responder.openness.trainings.service import OccasionFacts
from responder.openness.trainings.words import title_of
from responder.openness.years import asked_year, local_today
from responder.web import listing
from responder.web.access import current_actor, requires
from responder.web.errors import STATUS
from responder.web.forms import seen_version, show_errors, shown_version, unit_choices
from responder.web.overtaken import differences
from responder.web.sentences import spoken

blueprint = Blueprint("trainings", __name__)

Page = str | Response | tuple[str, int]
REFUSALS = (Invalid, GuardRefused, Forbidden)
FIELDS = (
    "held_on", "title", "place", "lecturers", "attendance", "units", "contents",
    "minutes_number", "remark",
)  # fmt: skip

let_files_in(blueprint, "add_files", Permission.OPENNESS_EDIT)


def attempt_now(note: str = "") -> Attempt:
    return Attempt(current_actor(), utc_now(), note)


def _take(path: Path, trial: bool) -> TableImport:
    attempt = attempt_now()
    file = importing.read_file(db.session, path, local_today())
    if trial:
        return importing.rehearse(db.session, file)
    with transaction(attempt.actor, attempt.now) as session:
        return importing.store(session, file, attempt)


add_register_pages(
    blueprint,
    "/openness/trainings",
    RegisterPages(
        code="trainings",
        title=_l("培训会议"),
        back="trainings.index",
        permissions=(Permission.OPENNESS_EDIT,),
        take=_take,
        template=lambda: occasion_template(accounts.units(db.session)),
        template_name=_l("培训会议模板.xlsx"),
        columns=lambda: occasion_columns(UnitNames(())),
    ),
)


@blueprint.get("/openness/trainings")
@requires(*READERS)
def index() -> str:
    listed = listing.show(TRAININGS)
    year = listed.asked.values["year"]
    return render_template(
        "openness/trainings/index.html",
        listed=listed,
        counts=service.counts(db.session, current_actor(), year),
        year=year,
        formats=FORMATS,
    )


listing.add_list_pages(blueprint, "/openness/trainings", TRAININGS, "index", frozenset(READERS))


@blueprint.get("/openness/trainings/<int:occasion_id>")
@requires(*READERS)
def show(occasion_id: int) -> str:
    occasion = service.find(db.session, occasion_id, current_actor())
    return render_template(
        "openness/trainings/show.html",
        occasion=occasion,
        history=audit.history(db.session, occasion),
    )


@blueprint.route("/openness/trainings/new", methods=["GET", "POST"])
@requires(Permission.OPENNESS_EDIT)
def create() -> Page:
    form = _form(OccasionForm(data={"kind": request.args.get("kind") or None, "organiser_id": 0}))
    if not form.validate_on_submit():
        return _form_page(form, None), 422 if form.is_submitted() else 200
    attempt = attempt_now()
    try:
        with transaction(attempt.actor, attempt.now) as session:
            occasion_id = service.create_occasion(session, _facts(session, form), attempt).id
    except REFUSALS as error:
        show_errors(form, error)
        return _form_page(form, None), STATUS[type(error)]
    flash(_("已登记。"), "success")
    return _to(occasion_id)


@blueprint.route("/openness/trainings/<int:occasion_id>/edit", methods=["GET", "POST"])
@requires(Permission.OPENNESS_EDIT)
def edit(occasion_id: int) -> Page:
    attempt = attempt_now()
    occasion = service.find(db.session, occasion_id, attempt.actor)
    form = _form(OccasionForm(data=_values(occasion)))
    if not form.validate_on_submit():
        return _form_page(form, occasion), 422 if form.is_submitted() else 200
    try:
        with transaction(attempt.actor, attempt.now) as session:
            occasion = service.find_to_change(session, occasion_id, attempt.actor, seen_version())
            service.edit_occasion(session, occasion, _facts(session, form), attempt)
    except Stale:
        occasion = service.find(db.session, occasion_id, attempt.actor)
        return _form_page(form, occasion, differences(form, _values(occasion))), STATUS[Stale]
    except REFUSALS as error:
        show_errors(form, error)
        occasion = service.find(db.session, occasion_id, attempt.actor)
        return _form_page(form, occasion), STATUS[type(error)]
    flash(_("已保存。"), "success")
    return _to(occasion_id)


@blueprint.post("/openness/trainings/<int:occasion_id>/remove")
@requires(Permission.OPENNESS_EDIT)
def remove(occasion_id: int) -> Response:
    attempt = attempt_now(request.form.get("note", ""))
    with transaction(attempt.actor, attempt.now) as session:
        occasion = service.find_to_change(session, occasion_id, attempt.actor, seen_version())
        year = occasion.held_on.year
        service.remove_occasion(session, occasion, attempt)
    flash(_("已删除；原内容和理由留在审计记录中。"), "success")
    return redirect(url_for("trainings.index", year=year))


@blueprint.post("/openness/trainings/<int:occasion_id>/files")
@requires(Permission.OPENNESS_EDIT)
def add_files(occasion_id: int) -> Response:
    attempt = attempt_now()
    service.find(db.session, occasion_id, attempt.actor)
    try:
        given = chosen_files()
        if not given:
            raise Invalid(_("请先选择要上传的文件，再点“上传”"), {"file": _("请选择文件")})
        kept = [put_away(office().training_files, one) for one in given]
        with transaction(attempt.actor, attempt.now) as session:
            occasion = service.find(session, occasion_id, attempt.actor)
            for content, name, media_type in kept:
                service.add_file(session, occasion, content, name, media_type, attempt)
        flash(_("已上传。"), "success")
    except REFUSALS as error:
        flash(spoken(error.message), "danger")
    return _to(occasion_id, "files")


@blueprint.get("/openness/trainings/files/<int:file_id>")
@requires(*READERS)
def download_file(file_id: int) -> Response:
    file = service.find_file(db.session, file_id)
    service.find(db.session, file.occasion_id, current_actor())
    return give_out(office().training_files, file)


@blueprint.post("/openness/trainings/files/<int:file_id>/remove")
@requires(Permission.OPENNESS_EDIT)
def remove_file(file_id: int) -> Response:
    attempt = attempt_now()
    with transaction(attempt.actor, attempt.now) as session:
        file = service.find_file(session, file_id)
        occasion_id, name = file.occasion_id, file.name
        service.remove_file(session, file, attempt)
    flash(_("已删除“%(name)s”；服务器上的内容随后清除。", name=name), "success")
    return _to(occasion_id, "files")


@blueprint.get("/openness/trainings/export.<string:kind>")
@requires(*READERS)
def export(kind: str) -> Response:
    wanted = FORMATS.get(kind)
    if wanted is None:
        raise NotFound(f"不能导出为 {kind}：可选 {'、'.join(FORMATS)}")
    year = asked_year()
    content = BytesIO(wanted.write(db.session, year, current_actor(), utc_now()))
    name = f"{title_of(year)}.{kind}"
    return send_file(content, wanted.media_type, as_attachment=True, download_name=name)


def _to(occasion_id: int, anchor: str | None = None) -> Response:
    return redirect(url_for("trainings.show", occasion_id=occasion_id, _anchor=anchor))


def _form(form: OccasionForm) -> OccasionForm:
    choices = unit_choices(accounts.units(db.session))
    choices[0].label = _("市政务公开办")  # whoever chooses none says that the office held it
    form.organiser_id.choices = choices
    return form


def _values(occasion: Occasion) -> dict[str, object]:
    return {
        **{name: getattr(occasion, name) for name in FIELDS},
        "kind": occasion.kind.value,
        "organiser_id": occasion.organiser_id or 0,
    }


def _facts(session: Session, form: OccasionForm) -> OccasionFacts:
    organiser = session.get(Unit, form.organiser_id.data) if form.organiser_id.data else None
    return OccasionFacts(
        kind=OccasionKind(form.kind.data),
        organiser=organiser,
        attendance=form.attendance.data,
        units=form.units.data,
        **{
            name: form[name].data or ""
            for name in ("title", "place", "lecturers", "contents", "minutes_number", "remark")
        },
        held_on=form.held_on.data,
    )


def _form_page(
    form: OccasionForm, occasion: Occasion | None, stored: dict[str, str] | None = None
) -> str:
    """:param stored: what somebody else saved meanwhile and the form says otherwise."""
    return render_template(
        "openness/trainings/form.html",
        form=form,
        occasion=occasion,
        version=shown_version(occasion, stored is not None),
        stored=stored,
    )
