"""One's own preferences: the page where they are chosen, and the row that keeps them."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from responder.accounts.preference_forms import PreferenceForm
from responder.accounts.preference_models import Preference
from responder.core.database import db, transaction
from responder.core.permissions import Actor
from responder.core.turns import take_turns
from responder.web.access import public, signed_in
from responder.web.languages import chosen_language
from responder.web.preferences import Preferences, Scheme, preferences, remember
from responder.web.redirects import back_to

blueprint = Blueprint("preferences", __name__)

FIELDS = tuple(Preferences.__dataclass_fields__)


class PersonalRows:
    """Keeps the preferences of people as rows of ``preference``."""

    def find(self, actor: Actor) -> Preferences | None:
        # Asked for in the midst of anything, for the language of a message: it stores nothing.
        with db.session.no_autoflush:
            row = db.session.get(Preference, actor.id)
        return Preferences(**{name: getattr(row, name) for name in FIELDS}) if row else None

    def keep(self, actor: Actor, wanted: Preferences) -> None:
        with transaction(actor) as session:
            take_turns(session, actor)
            values = {name: getattr(wanted, name) for name in FIELDS}
            session.merge(Preference(user_id=actor.id, **values))


@blueprint.route("/preferences", methods=["GET", "POST"])
@signed_in
def index() -> str | Response | tuple[str, int]:
    own = preferences()
    form = PreferenceForm(
        data={"scheme": own.scheme, "density": own.density, "keys": own.keys},
        language=chosen_language(),
    )
    if not form.validate_on_submit():
        page = render_template("accounts/preferences.html", form=form)
        return (page, 422) if form.is_submitted() else page
    chosen = ("scheme", "density", "language", "keys")
    remember(**{name: form[name].data for name in chosen})
    with force_locale(form.language.data):
        flash(_("已保存界面偏好。"), "success")
    return redirect(url_for("preferences.index"))


@blueprint.post("/scheme")
@public
def switch_scheme() -> Response:
    """Light, dark or as the system has it, from wherever somebody is."""
    scheme = request.form.get("scheme")
    if scheme in list(Scheme):
        remember(scheme=Scheme(scheme))
    return redirect(back_to(request.form.get("next")))
