"""Simplified first; Traditional and English by switch."""

from __future__ import annotations

from flask import Blueprint, Flask, redirect, request
from flask_babel import Babel, get_locale, gettext, ngettext
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import escape
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
    # Jinja's own would mark each message as safe, also one that somebody has written: a category's
    # name is looked up in the catalogue too.
    app.jinja_env.globals.update(_=_translated, gettext=_translated, ngettext=_counted)
    app.jinja_env.globals["languages"] = LANGUAGES
    app.add_template_global(lambda: str(get_locale()).replace("_", "-"), "language_tag")


@pass_eval_context
def _translated(context: EvalContext, message: str, /, **values: object) -> str:
    """A message of a template, escaped as any other value is."""
    return _filled(context, gettext(message) if message else "", values)


@pass_eval_context
def _counted(context: EvalContext, one: str, several: str, num: int, /, **values: object) -> str:
    return _filled(context, ngettext(one, several, num), {"num": num, **values})


def _filled(context: EvalContext, found: str, values: dict[str, object]) -> str:
    text = escape(found) if context.autoescape else found
    # What somebody has written may hold a lone percent sign.
    return text % values if values else text.replace("%%", "%")
