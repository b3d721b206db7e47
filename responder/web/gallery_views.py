"""``/components``: every part that pages are made of, in every state, to be looked at."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from flask import Blueprint, Flask, render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice

from responder.core.charts.figures import ChartKind, Figures
from responder.core.times import utc_now
from responder.web.access import signed_in
from responder.web.paging import Page

blueprint = Blueprint("gallery", __name__)

# How far from now the clocks of the page end: passed, soon, far.
CLOCKS = (-timedelta(hours=3), timedelta(hours=5), timedelta(days=2))
SERIES = (0, 2, 5, 3, 9, 14, 8)
_CHOICES = [SelectChoice(code, label) for code, label in (("a", _l("甲")), ("b", _l("乙")))]


class SampleForm(FlaskForm):
    """A field of each kind."""

    plain = StringField(_l("一行文字"), description=_l("说明写在下面，说清楚填什么。"))
    wrong = StringField(_l("填错的一行"))
    text = TextAreaField(_l("一段文字"))
    one_of = SelectField(_l("菜单"), choices=_CHOICES)
    choice = RadioField(_l("几选一"), choices=_CHOICES, default="a")
    tick = BooleanField(_l("勾选"))
    switch = BooleanField(_l("开关"), default=True, description=_l("改了就生效的，用开关。"))


@blueprint.get("/components")
@signed_in
def components() -> str:
    form = SampleForm()
    form.wrong.errors = [_("请填写至少四个字")]
    now, first = utc_now(), date(2026, 3, 1)
    return render_template(
        "components/gallery.html",
        form=form,
        clocks=[now + length for length in CLOCKS],
        page=Page(rows=list(range(20)), number=2, total=60, size=20),
        series=[(first + timedelta(days=day), count) for day, count in enumerate(SERIES)],
        drawings=list(_drawings()),
    )


def _drawings() -> Iterator[Figures]:
    """A chart of each kind."""
    names = tuple(f"03-{day + 1:02}" for day in range(len(SERIES)))
    numbers = tuple(map(float, SERIES))
    for kind in ChartKind:
        yield Figures(kind, _("留言数"), _("条"), names, ((_("留言"), numbers),))


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
