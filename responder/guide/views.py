"""The pages that explain the product."""

from __future__ import annotations

from flask import Blueprint, render_template, send_from_directory
from werkzeug.wrappers import Response

from responder.guide import chapters as guide
from responder.guide import glossary as words
from responder.guide import keys
from responder.web.access import signed_in

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
