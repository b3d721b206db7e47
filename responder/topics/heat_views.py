"""The page of weights and thresholds; what templates may ask of heat."""

from __future__ import annotations

from flask import Flask, current_app, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from responder.core.database import db, transaction
from responder.core.errors import DomainError, Invalid, Stale
from responder.core.permissions import Permission
from responder.core.times import local
from responder.topics import corrections, heat_series, heat_settings
from responder.topics.heat_forms import HeatForm, values_of
from responder.topics.heat_models import TopicDay
from responder.topics.models import Topic
from responder.topics.rules import FULL, LEVEL_LABELS, PART_LABELS, SHIPPED, Scale, problems
from responder.topics.views import blueprint
from responder.web.access import current_actor, requires
from responder.web.errors import STATUS
from responder.web.forms import seen_version, show_errors
from responder.web.sentences import spoken

CURVE_DAYS = 30


def register(app: Flask) -> None:
    """Filters and globals by these names."""
    app.add_template_global(topic_heat_series)
    app.add_template_global(heat_scale)
    app.jinja_env.globals["level_labels"] = LEVEL_LABELS


def topic_heat_series(topic: Topic) -> list[TopicDay]:
    """The points of a topic's curve, oldest first."""
    last_day = local(topic.ranked_as_of, current_app.extensions["settings"].zone).date()
    return heat_series.series(db.session, topic.id, last_day, CURVE_DAYS)


def heat_scale() -> Scale:
    """The office's weights and thresholds."""
    return heat_settings.current(db.session)


@blueprint.get("/topics/heat")
@requires(Permission.HEAT_EDIT)
def heat_setting() -> str:
    return _page(_form())


def _form() -> HeatForm:
    values = values_of(heat_settings.current(db.session), heat_settings.version(db.session))
    return HeatForm(data=values)


@blueprint.post("/topics/heat")
@requires(Permission.HEAT_EDIT)
def save_heat_setting() -> str | Response | tuple[str, int]:
    form = _form()
    if not form.validate():
        return _page(form), 422
    scale = form.scale()
    if wrong := problems(scale):
        return _refused(form, Invalid("", wrong))
    if form.preview.data:
        return _page(form, heat_settings.preview(db.session, scale))
    return _save(form, scale, seen_version() or 0)


@blueprint.post("/topics/heat/reset")
@requires(Permission.HEAT_EDIT)
def reset_heat_setting() -> Response | str | tuple[str, int]:
    form = HeatForm(formdata=None, data=values_of(SHIPPED, seen_version() or 0))
    return _save(form, SHIPPED, seen_version() or 0)


def _save(form: HeatForm, scale: Scale, version: int) -> Response | tuple[str, int]:
    try:
        with transaction(current_actor()) as session:
            corrections.lock_topics(session)
            count = heat_settings.save(session, scale, version)
    except (Invalid, Stale) as error:
        return _refused(form, error)
    flash(_("已保存，%(count)s 个话题的热度已按新的权重计算。", count=count), "success")
    return redirect(url_for("topics.heat_setting"))


def _refused(form: HeatForm, error: DomainError) -> tuple[str, int]:
    if isinstance(error, Stale):
        show_errors(form, error)
        return _page(form), STATUS[Stale]
    for sentence in error.fields.values() or [spoken(error.message)]:
        show_errors(form, Invalid(sentence))
    return _page(form), STATUS[type(error)]


def _page(form: HeatForm, preview: list[heat_settings.Preview] | None = None) -> str:
    return render_template(
        "topics/heat_setting.html",
        form=form,
        parts=PART_LABELS,
        total=sum(form[name].data or 0 for name in PART_LABELS),
        full=FULL,
        preview=preview,
        shipped=heat_settings.current(db.session) == SHIPPED,
    )
