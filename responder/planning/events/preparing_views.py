"""The checklist of an event, what is due of all of them, and the office's own list."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from responder.core.database import db, transaction
from responder.core.errors import Invalid, Stale
from responder.core.permissions import Permission
from responder.core.times import utc_now
from responder.core.versions import check_seen
from responder.planning import service
from responder.planning.events import checklist, preparing
from responder.planning.events.declared import PREPARATION, SHOWN_DAYS
from responder.planning.events.models import PreparationItem, PreparationTask
from responder.planning.events.small_forms import ItemForm, TaskForm
from responder.planning.models import Form, PressEvent
from responder.planning.views import blueprint, zone
from responder.web import listing
from responder.web.access import current_actor, requires
from responder.web.errors import STATUS
from responder.web.forms import seen_version, show_errors, shown_version
from responder.web.overtaken import differences
from responder.web.redirects import back_to
from responder.web.undoing import sent_moment

Page = str | Response | tuple[str, int]

TASK_FIELDS = ("name", "days", "before_confirmation", "responsible", "note")


@blueprint.get("/planning/preparation")
@requires(Permission.PLAN_READ)
def preparation() -> str:
    """What is due within two weeks, whichever event it is for."""
    return render_template(
        "planning/preparation.html", listed=listing.show(PREPARATION), days=SHOWN_DAYS
    )


listing.add_list_pages(
    blueprint,
    "/planning/preparation",
    PREPARATION,
    "preparation",
    frozenset({Permission.PLAN_READ}),
)


@blueprint.post("/planning/events/<int:event_id>/tasks/from-template")
@requires(Permission.PLAN_EDIT)
def make_tasks(event_id: int) -> Response:
    with transaction(current_actor()) as session:
        event = service.get_event(session, event_id)
        made = len(preparing.make_tasks(session, event, zone()))
    flash(
        _("已按模板加入 %(count)s 个筹备事项。", count=made)
        if made
        else _("模板上的事项都已在清单里。"),
        "success",
    )
    return _to_checklist(event_id)


@blueprint.route("/planning/events/<int:event_id>/tasks/new", methods=["GET", "POST"])
@requires(Permission.PLAN_EDIT)
def add_task(event_id: int) -> Page:
    event = service.get_event(db.session, event_id)
    form = TaskForm()
    if not form.validate_on_submit():
        return _task_page(form, event, None)
    try:
        with transaction(current_actor()) as session:
            event = service.get_event(session, event_id)
            preparing.add_task(
                session, event, form.name.data, form.days.data, zone(),
                responsible=form.responsible.data or "", note=form.note.data or "",
                before_confirmation=form.before_confirmation.data,
            )  # fmt: skip
    except Invalid as error:
        show_errors(form, error)
        return _task_page(form, event, None), 422
    return _to_checklist(event_id)


@blueprint.route("/planning/tasks/<int:task_id>/edit", methods=["GET", "POST"])
@requires(Permission.PLAN_EDIT)
def edit_task(task_id: int) -> Page:
    task = preparing.find_task(db.session, task_id)
    form = TaskForm(obj=task)
    if not form.validate_on_submit():
        return _task_page(form, task.event, task)
    try:
        with transaction(current_actor()) as session:
            task = preparing.hold_task(session, task_id)
            check_seen(task, seen_version())
            preparing.edit_task(
                session, task, form.name.data, form.days.data, form.responsible.data or "",
                form.note.data or "", zone(), before_confirmation=form.before_confirmation.data,
            )  # fmt: skip
    except Stale:
        task = preparing.find_task(db.session, task_id)
        stored = differences(form, {name: getattr(task, name) for name in TASK_FIELDS})
        return _task_page(form, task.event, task, stored), STATUS[Stale]
    return _to_checklist(task.event_id)


def _task_page(
    form: TaskForm,
    event: PressEvent,
    task: PreparationTask | None,
    stored: dict[str, str] | None = None,
) -> str:
    """:param stored: what somebody else saved meanwhile and the form says otherwise."""
    version = shown_version(task, stored is not None)
    return render_template(
        "planning/task_form.html", form=form, event=event, task=task, version=version,
        stored=stored,
    )  # fmt: skip


@blueprint.post("/planning/tasks/<int:task_id>/finish")
@requires(Permission.PLAN_EDIT)
def finish_task(task_id: int) -> Response:
    with transaction(current_actor()) as session:
        task = preparing.hold_task(session, task_id)
        preparing.finish_task(session, task, current_actor(), utc_now())
    return redirect(back_to(request.form.get("next") or _checklist(task.event_id)))


@blueprint.post("/planning/tasks/<int:task_id>/reopen")
@requires(Permission.PLAN_EDIT)
def reopen_task(task_id: int) -> Response:
    with transaction(current_actor()) as session:
        task = preparing.hold_task(session, task_id)
        preparing.reopen_task(session, task, current_actor())
    return _to_checklist(task.event_id)


@blueprint.post("/planning/preparation/reopen")
@requires(Permission.PLAN_EDIT)
def reopen_finished() -> Response:
    """What was finished with one click is open again, told by its moment."""
    with transaction(current_actor()) as session:
        count = preparing.reopen_finished(session, current_actor(), sent_moment())
    flash(_("%(count)s 个筹备事项恢复为未完成。", count=count), "success")
    return redirect(url_for("planning.preparation"))


@blueprint.post("/planning/tasks/<int:task_id>/remove")
@requires(Permission.PLAN_EDIT)
def remove_task(task_id: int) -> Response:
    with transaction(current_actor()) as session:
        task = preparing.hold_task(session, task_id)
        check_seen(task, seen_version())
        event_id, name = task.event_id, task.name
        preparing.remove_task(session, task)
    flash(_("已从清单删除“%(name)s”。", name=name), "success")
    return _to_checklist(event_id)


def _to_checklist(event_id: int) -> Response:
    return redirect(_checklist(event_id))


def _checklist(event_id: int) -> str:
    return url_for("planning.show_event", event_id=event_id, _anchor="checklist")


@blueprint.get("/planning/preparation-items")
@requires(Permission.PLAN_READ)
def preparation_items() -> str:
    return render_template("planning/preparation_items.html", items=checklist.items(db.session))


@blueprint.route("/planning/preparation-items/new", methods=["GET", "POST"])
@requires(Permission.PLAN_EDIT)
def add_item() -> Page:
    return _item_page(None, ItemForm(data={"position": checklist.next_position(db.session)}))


@blueprint.route("/planning/preparation-items/<int:item_id>/edit", methods=["GET", "POST"])
@requires(Permission.PLAN_EDIT)
def edit_item(item_id: int) -> Page:
    item = checklist.find_item(db.session, item_id)
    return _item_page(item, ItemForm(data=_values(item)))


def _values(item: PreparationItem) -> dict[str, object]:
    return {
        "name": item.name,
        "days": item.days,
        "position": item.position,
        "form": item.form.value if item.form else "",
        "before_confirmation": item.before_confirmation,
        "source": item.source,
        "active": item.active,
    }


def _item_page(item: PreparationItem | None, form: ItemForm) -> Page:
    if not form.validate_on_submit():
        return _item_form(form, item)
    facts = checklist.ItemFacts(
        name=form.name.data,
        days=form.days.data,
        position=form.position.data,
        form=Form(form.form.data) if form.form.data else None,
        source=form.source.data or "",
        active=form.active.data,
        before_confirmation=form.before_confirmation.data,
    )
    try:
        with transaction(current_actor()) as session:
            stored = checklist.find_item(session, item.id) if item else None
            if stored is not None:
                check_seen(stored, seen_version())
            checklist.save_item(session, stored, facts)
    except Invalid as error:
        show_errors(form, error)
        return _item_form(form, item), STATUS[Invalid]
    except Stale:
        assert item is not None, "a new line has no other version"
        item = checklist.find_item(db.session, item.id)
        return _item_form(form, item, differences(form, _values(item))), STATUS[Stale]
    flash(_("清单模板已保存；已经生成的清单不变。"), "success")
    return redirect(url_for("planning.preparation_items"))


def _item_form(
    form: ItemForm, item: PreparationItem | None, stored: dict[str, str] | None = None
) -> str:
    """:param stored: see :func:`_task_page`."""
    version = shown_version(item, stored is not None)
    return render_template(
        "planning/preparation_item.html", form=form, item=item, version=version, stored=stored
    )
