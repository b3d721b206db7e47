"""The pages of errands: one's own, how far each is, and what came of it."""

from __future__ import annotations

import json
from collections.abc import Mapping

from flask import Blueprint, current_app, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response

from responder.core.database import db, transaction
from responder.core.errors import Invalid, NotFound
from responder.core.times import utc_now
from responder.errands import service
from responder.errands.kinds import Kind, kind_of
from responder.errands.models import Errand
from responder.errands.rules import seconds_left
from responder.settings import Settings
from responder.web.access import current_actor, signed_in
from responder.web.paging import paginate, requested_page

blueprint = Blueprint("errands", __name__)
MOST_CHARACTERS = 4_000


def offer(code: str, arguments: Mapping[str, object], count: int, back: str) -> str:
    """For a page whose work would take long: asks whether to do it as an errand.

    :param back: the address of the page from which it was asked.
    """
    sent = json.dumps(dict(arguments), ensure_ascii=False, sort_keys=True)
    return render_template(
        "errands/offer.html", kind=kind_of(code), arguments=sent, count=count, back=back
    )


@blueprint.get("/errands")
@signed_in
def index() -> str:
    query = service.of_person(current_actor())
    return render_template(
        "errands/index.html",
        page=paginate(db.session, query, requested_page()),
        label_of=lambda errand: kind_of(errand.kind).label,
    )


@blueprint.post("/errands")
@signed_in
def ask() -> Response:
    kind = kind_of(request.form.get("kind", ""))
    with transaction(current_actor()) as session:
        errand = service.ask(session, kind, _arguments(), current_actor(), utc_now())
    return redirect(url_for("errands.show", errand_id=errand.id))


def _arguments() -> dict[str, object]:
    text = request.form.get("arguments", "{}")
    try:
        found = json.loads(text) if len(text) <= MOST_CHARACTERS else None
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Invalid("请求不完整：请返回上一页重新办理")
    return found


@blueprint.get("/errands/<int:errand_id>")
@signed_in
def show(errand_id: int) -> str:
    return _page("errands/show.html", service.find(db.session, errand_id, current_actor()))


@blueprint.get("/errands/<int:errand_id>/progress")
@signed_in
def progress(errand_id: int) -> str:
    return _page("errands/_progress.html", service.find(db.session, errand_id, current_actor()))


def _page(template: str, errand: Errand) -> str:
    kind: Kind = kind_of(errand.kind)
    left = seconds_left(errand.done, errand.total, errand.begun_at, utc_now())
    ahead = service.ahead_of(db.session, errand)
    return render_template(template, errand=errand, kind=kind, left=left, ahead=ahead)


@blueprint.post("/errands/<int:errand_id>/cancel")
@signed_in
def cancel(errand_id: int) -> Response:
    with transaction(current_actor()) as session:
        service.cancel(service.find(session, errand_id, current_actor()), utc_now())
    return redirect(url_for("errands.show", errand_id=errand_id))


@blueprint.get("/errands/<int:errand_id>/result")
@signed_in
def result(errand_id: int) -> Response:
    errand = service.find(db.session, errand_id, current_actor())
    settings: Settings = current_app.extensions["settings"]
    path = service.result_path(settings.errand_files, errand.id)
    if not errand.file_name or not path.exists():
        raise NotFound("没有这项任务的结果，或结果已过期：请重新办理")
    return send_file(path, as_attachment=True, download_name=errand.file_name)
