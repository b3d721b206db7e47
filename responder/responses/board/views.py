"""The board of items by state; one step for all that were chosen on it."""

from __future__ import annotations

from typing import TypeVar

from flask import render_template, request
from flask_babel import gettext as _

from responder.accounts import proofs
from responder.accounts import service as accounts
from responder.accounts.proving import prove
from responder.core.database import db
from responder.core.errors import DomainError, Invalid
from responder.core.lifecycle import Attempt
from responder.core.permissions import Permission
from responder.core.times import utc_now
from responder.responses import service
from responder.responses.board import running
from responder.responses.board.declared import ITEMS
from responder.responses.board.service import (
    CARDS,
    MOST_AT_ONCE,
    STATES,
    columns,
    offered,
    open_for_some,
)
from responder.responses.lifecycle import DESK_PERMISSIONS
from responder.responses.models import ResponseItem
from responder.responses.views import blueprint, zone
from responder.web.access import current_actor, requires
from responder.web.errors import STATUS
from responder.web.forms import plain_number
from responder.web.listing import add_list_pages, show
from responder.web.sentences import spoken

SIGN = "sign"

Chosen = TypeVar("Chosen")


@blueprint.get("/responses")
@requires(Permission.RESPONSE_READ)
def index() -> str:
    return render_template("responses/index.html", listed=show(ITEMS))


add_list_pages(blueprint, "/responses", ITEMS, "index", frozenset({Permission.RESPONSE_READ}))


@blueprint.get("/responses/board")
@requires(Permission.RESPONSE_READ)
def board() -> str:
    asked = request.args.get("state", "")
    state = next((one for one in STATES if one.value == asked), None)
    unit_id = request.args.get("unit", type=int)
    return render_template(
        "responses/board.html",
        columns=columns(db.session, _attempts(), unit_id, state),
        states=STATES,
        state=state,
        unit_id=unit_id,
        units=accounts.units(db.session),
        cap=CARDS,
    )


@blueprint.get("/responses/bulk")
@requires(*DESK_PERMISSIONS)
def choose_step() -> str:
    numbers = [_seen(one)[0] for one in request.args.getlist("chosen")]
    items = service.find_several(db.session, _not_too_many(numbers))
    return _bulk_page(items, wanted=request.args.get("action", ""))


@blueprint.post("/responses/bulk")
@requires(*DESK_PERMISSIONS)
def take_step() -> str | tuple[str, int]:
    chosen = _not_too_many([_seen(one) for one in request.form.getlist("chosen")])
    action, note = request.form.get("action", ""), request.form.get("note", "")
    items = service.find_several(db.session, [item_id for item_id, _version in chosen])
    try:
        step = open_for_some(items, action, _attempts())
        if step is not None and step.needs_note and not note.strip():
            raise Invalid(f"请写明{step.label}的理由", {"note": "必填"})
        wanted = step is not None and action == SIGN
        given = request.form.get("proof", "")
        proven = prove(current_actor(), given, utc_now()) if wanted else None
    except DomainError as error:
        items = service.find_several(db.session, [item_id for item_id, _version in chosen])
        return _bulk_page(items, error, note), STATUS[type(error)]
    outcomes = running.run(
        chosen, action, Attempt(current_actor(), utc_now(), note), zone(), proven
    )
    label = _(step.label) if step else ""
    return render_template("responses/bulk_done.html", outcomes=outcomes, label=label)


def _bulk_page(
    items: list[ResponseItem],
    error: DomainError | None = None,
    note: str = "",
    wanted: str = "",
) -> str:
    """:param wanted: the one step that was asked for; all that are open where it is not."""
    steps = offered(items, _attempts())
    return render_template(
        "responses/bulk.html",
        items=items,
        steps=[one for one in steps if one.action == wanted] or steps,
        method=proofs.method_of(db.session, current_actor().id or 0),
        error=spoken(error.message) if error else "",
        note=note,
    )


def _attempts() -> list[Attempt]:
    return service.attempts_of(db.session, current_actor(), utc_now(), zone())


def _seen(text: str) -> running.Seen:
    """``12:3``: an item and the version that was seen; nonsense is nobody's item."""
    item_id, _colon, version = text.partition(":")
    return plain_number(item_id) or 0, plain_number(version) or 0


def _not_too_many(chosen: list[Chosen]) -> list[Chosen]:
    if len(chosen) > MOST_AT_ONCE:
        raise Invalid(f"一次最多办理 {MOST_AT_ONCE} 件：请分几次办理")
    return list(dict.fromkeys(chosen))
