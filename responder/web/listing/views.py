"""The pages that each list has: itself, its files, its print, one step for many rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import (
    Blueprint,
    Flask,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from responder.core import audit, privacy
from responder.core.database import db, transaction
from responder.core.errors import DomainError, Forbidden, Invalid, NotFound
from responder.core.permissions import Actor
from responder.core.times import utc_now
from responder.web.access import current_actor, declare, may, taken_along
from responder.web.errors import STATUS
from responder.web.listing import exporting
from responder.web.listing.bulk import Bulk, Outcome, Seen, Step, common, read_chosen
from responder.web.listing.declared import Asker, Listing
from responder.web.listing.rules import Asked, Filter, read
from responder.web.listing.showing import PRINT, ListView, said, sentence
from responder.web.listing.sources import source_of
from responder.web.undoing import flash_with_undo

LISTS = "listings"


@dataclass(frozen=True)
class Known:
    """A list and the endpoint of its page."""

    listing: Listing
    endpoint: str


def init_app(app: Flask) -> None:
    app.extensions[LISTS] = {}


def known(code: str) -> Known:
    """:raises NotFound: no list of this name."""
    found: Known | None = current_app.extensions[LISTS].get(code)
    if found is None:
        raise NotFound("没有这个列表：请从导航重新进入")
    return found


def asker_now() -> Asker:
    """Whoever sent this request, and the present moment."""
    return Asker(db.session, current_actor(), utc_now(), current_app.extensions["settings"].zone)


def asked_of(listing: Listing, asker: Asker, args: Any) -> tuple[Asked, list[Filter]]:
    """What an address asks of a list, and the filters that read it."""
    filters = list(listing.filters(asker))
    return read(args, filters, listing.sortable, listing.sort_name), filters


def address_of(endpoint: str, asked: Asked, **place: Any) -> str:
    """The address of a list that asks for the same."""
    args: dict[str, Any] = {**place, **asked.address}
    return url_for(endpoint, **args)


def show(listing: Listing, endpoint: str = "") -> ListView:
    """The page of the list that the present address asks for; the last one beyond the end."""
    asker = asker_now()
    asked, filters = asked_of(listing, asker, request.args)
    source = source_of(listing, asked, asker)
    total = source.count()
    number = min(asked.page, max(1, -(-total // asked.size)))
    rows = source.part((number - 1) * asked.size, asked.size)
    bulk = listing.bulk
    return ListView(
        listing,
        asker,
        asked,
        filters,
        endpoint or str(request.endpoint),
        rows,
        listing.prepare(rows, asker, asked.values),
        total,
        number,
        bulk.steps(rows, asker) if bulk is not None and _chooses(bulk) else {},
    )


def _chooses(bulk: Bulk) -> bool:
    """Whether whoever asks may take any step with many rows."""
    return not bulk.permissions or any(map(may, bulk.permissions))


def add_list_pages(
    blueprint: Blueprint, address: str, listing: Listing, endpoint: str, access: object
) -> None:
    """The files and the bulk steps of a list, beside its page.

    :param endpoint: the name of the page's view within the blueprint; ``access``: what it declares.
    """
    name = f"{blueprint.name}.{endpoint}"
    blueprint.record_once(
        lambda state: state.app.extensions[LISTS].update({listing.code: Known(listing, name)})
    )

    def add(suffix: str, address: str, view: Callable[..., Any], method: str) -> None:
        view.__name__ = f"{endpoint}_{suffix}"
        blueprint.add_url_rule(address, view.__name__, declare(access)(view), methods=[method])

    # No filter of any list is called so: it would stand in for it in the address.
    @taken_along
    def export(file_format: str) -> Response | str | tuple[str, int]:
        return _exported(listing, file_format, name)

    add("export", f"{address}/list.<string:file_format>", export, "GET")
    if listing.bulk is not None and not listing.bulk.page:

        def bulk() -> Response | str | tuple[str, int]:
            return _bulk_page(listing, name)

        add("bulk", f"{address}/bulk", bulk, "POST")


def _exported(listing: Listing, kind: str, endpoint: str) -> Response | str | tuple[str, int]:
    if kind != PRINT and kind not in exporting.WRITERS:
        raise NotFound(f"不能导出为 {kind[:20]}：可选 xlsx、csv")
    asker = asker_now()
    asked, filters = asked_of(listing, asker, request.args)
    back = address_of(endpoint, asked)
    if asked.nonsense and kind != PRINT:
        return _refused(listing, asked, back)
    source = source_of(listing, asked, asker)
    most = exporting.MOST_PRINTED if kind == PRINT else exporting.MOST_EXPORTED
    count = source.whole()
    exporting.demand_few(count, most)
    told = [privacy.mask(said(one)) for filter_ in filters for one in filter_.told(asked)]
    if kind == PRINT:
        rows = list(exporting.cells_of(listing, source, asked, asker))
        _record_own(listing, kind, len(rows), told)
        return render_template(
            "components/listing/print.html",
            listing=listing,
            rows=rows,
            told=told,
            troubles=[sentence(one) for one in asked.nonsense],
            now=asker.now,
            back=back,
        )
    if count > exporting.MOST_AT_ONCE:
        large: exporting.LargeFiles = current_app.extensions[exporting.LARGE_FILES]
        return large(exporting.LargeFile(listing.code, kind, asked.address), count)
    file = exporting.file_of(listing, kind, source, asked, asker)
    _record_own(listing, kind, count, told)
    return send_file(file.data, file.media_type, as_attachment=True, download_name=file.name)


def _refused(listing: Listing, asked: Asked, back: str) -> tuple[str, int]:
    """No file: it would hold more than was meant, and nothing in it would say so."""
    troubles = [sentence(one) for one in asked.nonsense]
    page = render_template(
        "components/listing/refused.html", listing=listing, troubles=troubles, back=back
    )
    return page, 400


def _record_own(listing: Listing, kind: str, count: int, told: list[str]) -> None:
    record_export(listing, kind, count, told, current_user._get_current_object(), current_actor())


def record_export(
    listing: Listing, kind: str, count: int, told: list[str], person: audit.Audited, actor: Actor
) -> None:
    """The trail says who took what along."""
    with force_locale(exporting.SOURCE_LANGUAGE):
        what = {"list": str(listing.title), "format": kind, "rows": count, "conditions": told}
    with transaction(actor) as session:
        audit.record(session, "export", person, what)


def _bulk_page(listing: Listing, endpoint: str) -> Response | str | tuple[str, int]:
    """What may be done with all that was chosen; or it is done, when that was decided."""
    bulk = listing.bulk
    assert bulk is not None
    if not _chooses(bulk):
        raise Forbidden("您没有批量办理的权限：请联系系统管理员核对岗位")
    asker, form, back = asker_now(), request.form, _back(endpoint)
    chosen = read_chosen(form.getlist("chosen"))
    rows = bulk.load([one.id for one in chosen], asker)
    steps = common(bulk.steps(rows, asker), [row.id for row in rows])
    step = next((one for one in steps if one.action == form.get("action")), None)
    note, error = form.get("note", "").strip(), ""
    if step is not None and (not step.asks or form.get("decided") == "1"):
        if note or not step.needs_note:
            outcomes = _taken(listing, chosen, step, asker)
            return _outcome_page(listing, step, outcomes, back, asker.now)
        error = _("请写明%(step)s的理由", step=step.label)
    elif step is None and form.get("action"):
        error = _("所选各项中有的已经变化，不能再这样办理：下面是现在还能一并办理的。")
    page = render_template(
        "components/listing/bulk.html",
        listing=listing,
        rows=rows,
        extra=_beside(listing, rows, asker),
        steps=steps,
        step=step,
        chosen=chosen,
        back=back,
        error=error,
        note=note,
        **bulk.context(asker),
    )
    return (page, STATUS[Invalid]) if error else page


def _beside(listing: Listing, rows: Sequence[Any], asker: Asker) -> Any:
    return listing.prepare(rows, asker, asked_of(listing, asker, {})[0].values)


def _taken(listing: Listing, chosen: list[Seen], step: Step, asker: Asker) -> list[Outcome]:
    """Each row by itself, wholly or not at all; none that the asker is not shown."""
    bulk = listing.bulk
    assert bulk is not None
    assert bulk.take is not None, "a list without a page of its own for steps takes them"
    rows = bulk.load([one.id for one in chosen], asker)
    extra = _beside(listing, rows, asker)
    names = {row.id: bulk.name(row, extra) for row in rows}
    outcomes = []
    for seen in chosen:
        if seen.id not in names:
            gone = _("已不在列表里：可能别人刚办理过，请返回列表刷新后再看")
            outcomes.append(Outcome(f"#{seen.id}", gone))
            continue
        refusal = ""
        try:
            with transaction(asker.actor, asker.now) as session:
                bulk.take(session, seen, step.action, request.form, asker)
        except DomainError as error:
            refusal = error.message
        outcomes.append(Outcome(names[seen.id], refusal))
    return outcomes


def _outcome_page(
    listing: Listing, step: Step, outcomes: list[Outcome], back: str, moment: datetime
) -> Response | tuple[str, int]:
    """Back to the list; or a page of what was refused, and why."""
    assert listing.bulk is not None
    count = sum(not one.refusal for one in outcomes)
    undo = listing.bulk.undo.get(step.action)
    done = _("已%(step)s %(count)s 项。", step=step.label, count=count)
    if count and undo:
        flash_with_undo(done, undo, {"at": moment.isoformat()})
    elif count == len(outcomes):
        flash(done, "success")
    if count == len(outcomes):
        return redirect(back)
    page = render_template(
        "components/listing/bulk_done.html",
        listing=listing,
        step=step,
        outcomes=outcomes,
        back=back,
    )
    return page, 409


def _back(endpoint: str) -> str:
    """The list as it was filtered: only its own address counts."""
    own = url_for(endpoint)
    given = request.form.get("back", "")
    return given if given.partition("?")[0] == own else own
