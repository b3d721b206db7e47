"""Proposing a change of a published entry, and releasing it."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from responder.accounts import proofs
from responder.accounts.proving import prove
from responder.core.database import db, transaction
from responder.core.errors import DomainError, Forbidden, GuardRefused, Invalid, Stale
from responder.core.lifecycle import Attempt
from responder.core.permissions import Permission
from responder.core.times import utc_now
from responder.publishing import service as publishing
from responder.publishing.answers import office
from responder.publishing.changing import service
from responder.publishing.changing.declared import CHANGES
from responder.publishing.changing.forms import ChangeForm, form_for
from responder.publishing.changing.lifecycle import ENTRY_CHANGE, FIELD_LABELS, SIGN, why_not
from responder.publishing.models import CHANGE_LABELS, ChangeKind, Entry, EntryChange
from responder.responses import service as responses
from responder.responses.drafting.formats import FORMAT_LABELS
from responder.responses.rules import difference
from responder.web.access import current_actor, requires
from responder.web.errors import STATUS
from responder.web.forms import plain_number, seen_version, show_errors
from responder.web.listing import add_list_pages
from responder.web.listing import show as show_list
from responder.web.sentences import spoken

blueprint = Blueprint("changing", __name__)

Page = str | Response | tuple[str, int]
DESK = (Permission.PUBLISH, Permission.RESPONSE_SIGN)


@blueprint.get("/publishing/changes")
@requires(*DESK)
def index() -> str:
    return render_template("publishing/changes.html", listed=show_list(CHANGES))


add_list_pages(blueprint, "/publishing/changes", CHANGES, "index", frozenset(DESK))


@blueprint.route("/publishing/entries/<int:entry_id>/changes/new", methods=["GET", "POST"])
@requires(Permission.PUBLISH)
def propose(entry_id: int) -> Page:
    kind = _asked_kind() or abort(404)
    entry = publishing.find_entry(db.session, entry_id)
    form = form_for(kind, entry)
    if not form.validate_on_submit():
        return _form_page(entry, kind, form), 422 if form.is_submitted() else 200
    attempt = Attempt(current_actor(), utc_now(), form.note.data or "")
    try:
        with transaction(attempt.actor, attempt.now) as session:
            entry = publishing.find_entry(session, entry_id)
            seen = plain_number(form.base.data)
            change = service.propose(
                session, entry, kind, attempt,
                base=-1 if seen is None else seen or None,  # -1: nobody knows what was seen
                texts=form.texts(), replacement=form.number(),
            )  # fmt: skip
            change_id = change.id
    except (Invalid, GuardRefused, Stale) as error:
        return _refused(entry_id, kind, form, error)
    flash(_("已提出，等签发人签发后公布。"), "success")
    return redirect(url_for("changing.show", change_id=change_id))


@blueprint.get("/publishing/changes/<int:change_id>")
@requires(*DESK)
def show(change_id: int) -> str:
    return _change_page(change_id)


def _change_page(change_id: int, not_proven: str = "") -> str:
    """:param not_proven: why the signer's proof was not taken."""
    change, actor = service.find_change(db.session, change_id), current_actor()
    attempts = responses.attempts_of(db.session, actor, utc_now(), office().zone)
    return render_template(
        "publishing/change.html",
        change=change,
        entry=change.entry,
        choices=ENTRY_CHANGE.choices_among(change, attempts),
        method=proofs.method_of(db.session, actor.id or 0),
        not_proven=not_proven,
        differences=_differences(change),
    )


@blueprint.post("/publishing/changes/<int:change_id>/<string:action>")
@requires(*DESK)
def settle(change_id: int, action: str) -> Page:
    actor, now, seen = current_actor(), utc_now(), seen_version() or 0
    note = request.form.get("note", "")
    attempts = responses.attempts_of(db.session, actor, now, office().zone, note)
    proven = None
    if action == SIGN:
        # Nobody's code is used up by a step that could not be taken anyway.
        change = service.find_change(db.session, change_id, seen)
        ENTRY_CHANGE.attempt_for(change, action, attempts)
        try:
            proven = prove(actor, request.form.get("proof", ""), now)
        except Forbidden as error:
            return _change_page(change_id, spoken(error.message)), STATUS[type(error)]
    with transaction(actor, now) as session:
        change = service.find_change(session, change_id, seen)
        attempt = ENTRY_CHANGE.attempt_for(change, action, attempts)
        service.settle(session, change, action, attempt, proven)
        label = ENTRY_CHANGE.states[change.state]
    flash(_("已办理：%(step)s。", step=_(label)), "success")
    return redirect(url_for("changing.show", change_id=change_id))


def _asked_kind() -> ChangeKind | None:
    asked = request.args.get("kind", "")
    return next((kind for kind in ChangeKind if kind.value == asked), None)


def _differences(change: EntryChange) -> list[tuple[str, list[object]]]:
    """Field by field, what a correction changes, against the wording before it."""
    if change.kind is not ChangeKind.CORRECT:
        return []
    versions = change.entry.versions
    numbers = [n for n, version in enumerate(versions) if version.change is change]
    before = versions[numbers[0] - 1 if numbers else -1].texts
    names = ("title", "concern", "concern_source", "answer")
    pairs = [(name, getattr(before, name), getattr(change, name)) for name in names]
    told: list[tuple[str, list[object]]] = [
        (FIELD_LABELS[n], [*difference(old, new)]) for n, old, new in pairs if old != new
    ]
    formats = FORMAT_LABELS[before.answer_format], FORMAT_LABELS[change.answer_format]
    if formats[0] != formats[1]:
        told.append(("格式", [*difference(*formats)]))
    return told


def _refused(
    entry_id: int, kind: ChangeKind, form: ChangeForm, error: DomainError
) -> tuple[str, int]:
    show_errors(form, error)
    entry = publishing.find_entry(db.session, entry_id)
    return _form_page(entry, kind, form), STATUS[type(error)]


def _form_page(entry: Entry, kind: ChangeKind, form: ChangeForm) -> str:
    return render_template(
        "publishing/propose.html",
        entry=entry,
        kind=kind,
        kind_label=CHANGE_LABELS[kind],
        form=form,
        obstacle=why_not(entry, kind),
    )
