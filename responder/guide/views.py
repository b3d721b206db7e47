"""The pages that explain the product."""

from __future__ import annotations

from flask import (
    Blueprint,
    redirect,
    render_template,
    request,
    send_from_directory,
    session,
    url_for,
)
from werkzeug.wrappers import Response

from responder.guide import chapters as guide
from responder.guide import glossary as words
from responder.guide import keys, tours
from responder.web.access import signed_in
from responder.web.forms import plain_number
from responder.web.preferences import remember

blueprint = Blueprint("guide", __name__)
PICTURES_KEPT_SECONDS = 3600


@blueprint.get("/keys")
@signed_in
def all_keys() -> str:
    """Every key on a page of its own, for whoever has no JavaScript, and to print."""
    return render_template("guide/keys.html", groups=keys.of_all_pages())


@blueprint.get("/help")
@signed_in
def chapters() -> str:
    return render_template("guide/chapters.html", chapters=guide.chapters())


@blueprint.get("/help/<slug>")
@signed_in
def chapter(slug: str) -> str:
    one = guide.chapter(slug)
    return render_template(
        "guide/chapter.html", chapter=one, chapters=guide.chapters(), text=guide.as_page(one)
    )


@blueprint.get("/help/pictures/<name>")
@signed_in
def picture(name: str) -> Response:
    return send_from_directory(
        guide.FOLDER / "screenshots", name, max_age=PICTURES_KEPT_SECONDS, mimetype="image/png"
    )


@blueprint.get("/glossary")
@signed_in
def glossary() -> str:
    return render_template("guide/glossary.html", words=words.all_words())


@blueprint.post("/tour")
@signed_in
def tour() -> Response:
    """To a step of the tour, or away from it; ``again`` begins it anew."""
    wanted = request.form.get("step", "")
    stop = tours.at(plain_number(wanted) if wanted != "again" else 1)
    if stop is None:
        session.pop(tours.IN_SESSION, None)
        remember(tour_seen=True)
        return redirect(url_for(tours.START))
    if wanted == "again":
        remember(tour_seen=False)
    session[tours.IN_SESSION] = stop.number
    return redirect(url_for(stop.step.endpoint))
