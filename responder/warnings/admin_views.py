"""What the office sets of warnings: steps, quiet hours, channels; and what was sent."""

from __future__ import annotations

from collections import defaultdict

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response
from wtforms.fields import SelectChoice

from responder.accounts import service as accounts
from responder.core.clocks import Unit, all_rules
from responder.core.database import db, transaction
from responder.core.errors import DomainError, Invalid, Stale
from responder.core.permissions import Permission
from responder.core.times import utc_now
from responder.sources.fetching import Network
from responder.warnings import posting, service, settings
from responder.warnings.declared_deliveries import DELIVERIES
from responder.warnings.forms import (
    COUNTED_IN,
    ChannelForm,
    QuietForm,
    StepForm,
    target_choices,
    target_of,
)
from responder.warnings.models import DeliveryState, WarningStep
from responder.warnings.posting import KIND_LABELS
from responder.warnings.rules import Timing
from responder.warnings.service import ChannelFacts, StepFacts
from responder.web import listing
from responder.web.access import current_actor, requires
from responder.web.errors import STATUS
from responder.web.forms import seen_version, show_errors

blueprint = Blueprint("warning_rules", __name__)

Page = str | Response | tuple[str, int]


def step_moment(step: WarningStep) -> str:
    """When a step comes, in words."""
    unit = _("小时") if step.unit == "hours" else _("个工作日")
    if step.timing is Timing.SHARE:
        return str(_("用去百分之 %(share)s 时", share=step.amount))
    if step.timing is Timing.DUE:
        return str(_("到期之时"))
    if step.timing is Timing.AFTER:
        every = _(
            "逾期后每 %(amount)s %(unit)s，最多 %(repeats)s 次",
            amount=step.amount, unit=unit, repeats=step.repeats,
        )  # fmt: skip
        return str(every)
    if step.amount == 0:
        return str(_("到期当天"))
    return str(_("到期前 %(amount)s %(unit)s", amount=step.amount, unit=unit))


@blueprint.get("/warnings/steps")
@requires(Permission.CLOCK_READ)
def steps() -> str:
    groups: defaultdict[tuple[str, Unit], list[WarningStep]] = defaultdict(list)
    for step in service.steps(db.session):
        groups[step.rule.name if step.rule else "", step.unit].append(step)
    return render_template("warnings/steps.html", groups=groups, counted_in=COUNTED_IN)


@blueprint.route("/warnings/steps/new", methods=["GET", "POST"])
@requires(Permission.CLOCK_EDIT)
def new_step() -> Page:
    form = _step_form(None)
    if not form.validate_on_submit():
        return _step_page(form, None), 422 if form.is_submitted() else 200
    try:
        with transaction(current_actor()) as session:
            service.add_step(session, _step_facts(form))
    except Invalid as error:
        show_errors(form, error)
        return _step_page(form, None), 422
    flash(_("已添加，一分钟内生效。"), "success")
    return redirect(url_for("warning_rules.steps"))


@blueprint.route("/warnings/steps/<int:step_id>", methods=["GET", "POST"])
@requires(Permission.CLOCK_EDIT)
def edit_step(step_id: int) -> Page:
    form = _step_form(service.find_step(db.session, step_id))
    if not form.validate_on_submit():
        return _step_page(form, step_id), 422 if form.is_submitted() else 200
    try:
        with transaction(current_actor()) as session:
            step = service.find_step(session, step_id)
            service.edit_step(session, step, _step_facts(form), seen_version())
    except (Invalid, Stale) as error:
        show_errors(form, error)
        return _step_page(form, step_id), STATUS[type(error)]
    flash(_("已保存，一分钟内生效。"), "success")
    return redirect(url_for("warning_rules.steps"))


@blueprint.post("/warnings/steps/<int:step_id>/switch")
@requires(Permission.CLOCK_EDIT)
def switch_step(step_id: int) -> Response:
    with transaction(current_actor()) as session:
        step = service.find_step(session, step_id)
        service.switch_step(session, step, request.form.get("active") == "1")
        done = _("已启用“%(name)s”。", name=step.name)
        message = done if step.active else _("已停用“%(name)s”。", name=step.name)
    flash(message, "success")
    return redirect(url_for("warning_rules.steps"))


@blueprint.route("/warnings/quiet-hours", methods=["GET", "POST"])
@requires(Permission.CLOCK_EDIT)
def quiet_hours() -> Page:
    row = settings.current(db.session)
    form = QuietForm(obj=row, data={"version": row.version_id})
    if not form.validate_on_submit():
        return render_template(
            "warnings/quiet.html", form=form
        ), 422 if form.is_submitted() else 200
    try:
        with transaction(current_actor()) as session:
            settings.edit(
                session,
                night_from=form.night_from.data,
                night_to=form.night_to.data,
                rest_days=form.rest_days.data,
                digest_over=form.digest_over.data,
                version=seen_version(),
            )
    except (Invalid, Stale) as error:
        show_errors(form, error)
        return render_template("warnings/quiet.html", form=form), STATUS[type(error)]
    flash(_("已保存。"), "success")
    return redirect(url_for("warning_rules.quiet_hours"))


@blueprint.get("/warnings/channels")
@requires(Permission.WEBHOOK_EDIT)
def channels() -> str:
    return _channels_page(_channel_form())


@blueprint.post("/warnings/channels")
@requires(Permission.WEBHOOK_EDIT)
def add_channel() -> Page:
    form, now = _channel_form(), utc_now()
    if not form.validate():
        return _channels_page(form), 422
    try:
        facts = _channel_facts(form)  # asks the resolver, and so before anything is locked
        with transaction(current_actor(), now) as session:
            service.add_channel(session, facts, now)
    except Invalid as error:
        show_errors(form, error)
        return _channels_page(form), 422
    flash(_("已添加“%(name)s”：请试送一条。", name=facts.name), "success")
    return redirect(url_for("warning_rules.channels"))


@blueprint.route("/warnings/channels/<int:channel_id>", methods=["GET", "POST"])
@requires(Permission.WEBHOOK_EDIT)
def edit_channel(channel_id: int) -> Page:
    channel = service.find_channel(db.session, channel_id)
    shown = {
        "name": channel.name, "roles": channel.posts, "unit_id": channel.unit_id or 0,
        "version": channel.version_id,
    }  # fmt: skip
    form = _channel_form(shown)
    if not form.validate_on_submit():
        return _channel_page(form, channel_id), 422 if form.is_submitted() else 200
    try:
        facts = _channel_facts(form)
        with transaction(current_actor()) as session:
            channel = service.find_channel(session, channel_id)
            service.edit_channel(session, channel, facts, seen_version())
    except (Invalid, Stale) as error:
        return _channel_refused(form, channel_id, error)
    flash(_("已保存。"), "success")
    return redirect(url_for("warning_rules.channels"))


@blueprint.post("/warnings/channels/<int:channel_id>/trial")
@requires(Permission.WEBHOOK_EDIT)
def try_out(channel_id: int) -> Response:
    channel = service.find_channel(db.session, channel_id)
    to = service.address_of(db.session, current_actor())
    network = Network.of(current_app.extensions["settings"])
    outcome = service.try_out(channel, to, network)
    if outcome.state == posting.SENT:
        flash(_("“%(name)s”收下了试送的一条。", name=channel.name), "success")
    else:
        flash(_("“%(name)s”没有收下：%(why)s", name=channel.name, why=outcome.why), "danger")
    return redirect(url_for("warning_rules.channels"))


@blueprint.post("/warnings/channels/<int:channel_id>/switch")
@requires(Permission.WEBHOOK_EDIT)
def switch_channel(channel_id: int) -> Response:
    with transaction(current_actor()) as session:
        channel = service.find_channel(session, channel_id)
        service.switch_channel(session, channel, request.form.get("active") == "1")
        done = _("已启用“%(name)s”。", name=channel.name)
        message = done if channel.active else _("已停用“%(name)s”。", name=channel.name)
    flash(message, "success")
    return redirect(url_for("warning_rules.channels"))


@blueprint.get("/warnings/deliveries")
@requires(Permission.WEBHOOK_EDIT)
def deliveries() -> str:
    return render_template("warnings/deliveries.html", listed=listing.show(DELIVERIES))


listing.add_list_pages(
    blueprint,
    "/warnings/deliveries",
    DELIVERIES,
    "deliveries",
    frozenset({Permission.WEBHOOK_EDIT}),
)


@blueprint.post("/warnings/deliveries/<int:delivery_id>/again")
@requires(Permission.WEBHOOK_EDIT)
def send_again(delivery_id: int) -> Response:
    with transaction(current_actor()) as session:
        service.send_again(session, delivery_id, utc_now())
    seconds = current_app.extensions["settings"].scheduler_interval_seconds
    flash(_("已排上，约 %(seconds)s 秒内重发：请稍后刷新本页看结果。", seconds=seconds), "success")
    return redirect(url_for("warning_rules.deliveries"))


def _step_form(step: WarningStep | None) -> StepForm:
    shown: dict[str, object] = {"repeats": 1}
    if step is not None:
        target = f"rule:{step.rule_id}" if step.rule_id else f"unit:{step.unit.value}"
        shown = {"target": target, "version": step.version_id}
    form = StepForm(obj=step, data=shown)
    form.target.choices = target_choices([(one.id, one.name) for one in all_rules(db.session)])
    return form


def _step_facts(form: StepForm) -> StepFacts:
    unit, rule_id = target_of(form.target.data)
    return StepFacts(
        form.name.data, unit, rule_id, form.timing.data, form.amount.data, form.repeats.data,
        form.severity.data, form.may_wait.data, form.escalates.data,
    )  # fmt: skip


def _step_page(form: StepForm, step_id: int | None) -> str:
    step = service.find_step(db.session, step_id) if step_id is not None else None
    return render_template("warnings/step.html", form=form, step=step)


def _channel_form(shown: dict[str, object] | None = None) -> ChannelForm:
    form = ChannelForm(data=shown)
    units = [SelectChoice(unit.id, unit.name) for unit in accounts.units(db.session)]
    form.unit_id.choices = [SelectChoice(0, _("不限")), *units]
    return form


def _channel_facts(form: ChannelForm) -> ChannelFacts:
    """:raises Invalid: the address leads nowhere, or where nothing may be sent."""
    destination = None
    if url := (form.url.data or "").strip():
        destination = posting.read(url)
        network = Network.of(current_app.extensions["settings"])
        try:
            posting.require_allowed(destination, network)
        except Invalid as error:
            raise Invalid(error.message, {"url": "不可用"}) from error
    return ChannelFacts(
        form.name.data, url, destination, form.roles.data or (), form.unit_id.data or None
    )


def _channels_page(form: ChannelForm) -> str:
    return render_template(
        "warnings/channels.html",
        form=form,
        channels=service.channels(db.session),
        counts=service.counts(db.session),
        kinds=KIND_LABELS,
        state=DeliveryState,
    )


def _channel_page(form: ChannelForm, channel_id: int) -> str:
    channel = service.find_channel(db.session, channel_id)
    return render_template("warnings/channel.html", form=form, channel=channel, kinds=KIND_LABELS)


def _channel_refused(form: ChannelForm, channel_id: int, error: DomainError) -> tuple[str, int]:
    show_errors(form, error)
    return _channel_page(form, channel_id), STATUS[type(error)]
