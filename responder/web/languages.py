"""Simplified first; Traditional and English by switch."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from flask import Blueprint, Flask, redirect, request
from flask_babel import Babel, Domain, get_domain, get_locale, ngettext
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import escape
from werkzeug.wrappers import Response

from responder.web.access import public
from responder.web.preferences import preferences, remember
from responder.web.redirects import back_to

LANGUAGES = {"zh_Hans": "简体", "zh_Hant": "繁體", "en": "English"}
DEFAULT = "zh_Hans"
COUNTED = "count"  # the number that decides the form of a sentence
PLACE = f"%({COUNTED})s"
MANY = 2  # of what is not counted in whole ones: 1.5 messages a day


class CountingDomain(Domain):
    """A sentence with a ``count`` in it has a form for one and a form for many, where it needs two.

    So no caller has to say a sentence twice: Chinese has one form for every number, and which
    English sentences have two is a matter of the English catalogue alone.
    """

    def worded(self, message: str, values: Mapping[str, object]) -> str:
        """The translation, its places still open."""
        found = self.get_translations()
        if PLACE not in message:
            return str(found.ugettext(message))
        count = values.get(COUNTED)
        return str(found.ungettext(message, message, count if isinstance(count, int) else MANY))

    def gettext(self, string: str, **variables: object) -> str:
        text = self.worded(string, variables)
        return text % variables if variables else text


class CountingBabel(Babel):
    @cached_property
    def domain_instance(self) -> CountingDomain:
        return CountingDomain(domain=self.domain)


babel = CountingBabel()
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
    return _filled(context, get_domain().worded(message, values) if message else "", values)


@pass_eval_context
def _counted(context: EvalContext, one: str, several: str, num: int, /, **values: object) -> str:
    return _filled(context, ngettext(one, several, num), {"num": num, **values})


def _filled(context: EvalContext, found: str, values: dict[str, object]) -> str:
    text = escape(found) if context.autoescape else found
    # What somebody has written may hold a lone percent sign.
    return text % values if values else text.replace("%%", "%")
