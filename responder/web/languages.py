"""Simplified first; Traditional and English by switch."""

from __future__ import annotations

from flask import Blueprint, Flask, has_request_context, redirect, request
from flask_babel import Babel, get_locale
from werkzeug.wrappers import Response

from responder.web.access import public
from responder.web.preferences import preferences, remember
from responder.web.redirects import back_to

LANGUAGES = {"zh_Hans": "简体", "zh_Hant": "繁體", "en": "English"}
DEFAULT = "zh_Hans"

babel = Babel()
blueprint = Blueprint("languages", __name__)


def chosen_language() -> str:
    """The language of whoever sent this request; commands and jobs speak the source's."""
    if not has_request_context():
        return DEFAULT
    language = preferences().language
    return language if language in LANGUAGES else DEFAULT


@blueprint.post("/language")
@public
def switch() -> Response:
    language = request.form.get("language", DEFAULT)
    if language in LANGUAGES:
        remember(language=language)
    return redirect(back_to(request.form.get("next")))


def init_app(app: Flask) -> None:
    babel.init_app(app, default_locale=DEFAULT, locale_selector=chosen_language)
    app.register_blueprint(blueprint)
    app.jinja_env.globals["languages"] = LANGUAGES
    app.add_template_global(lambda: str(get_locale()).replace("_", "-"), "language_tag")
