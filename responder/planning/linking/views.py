"""What nothing answers, what needs no answer, and what people say of the suggested links."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from responder.core.database import db, transaction
from responder.core.errors import Invalid
from responder.core.permissions import Actor, Permission
from responder.core.times import utc_now
from responder.errands import service as errands
from responder.errands.kinds import Outcome, Progress, kind_of
from responder.planning import service
from responder.planning.linking import gaps as gap_list
from responder.planning.linking import restoring, verdicts
from responder.planning.linking.declared import GAPS, SETTLED_GAPS
from responder.planning.views import blueprint
from responder.topics import heat_settings
from responder.topics import service as topics
from responder.web import listing
from responder.web.access import current_actor, requires
from responder.web.forms import seen_version
from responder.web.redirects import back_to
from responder.web.sentences import spoken
from responder.web.undoing import flash_with_undo, sent_moment

SUGGEST = "planning.suggest"


@dataclass(frozen=True)
class _Refused:
    """What somebody typed of a topic that was not taken, and why."""

    topic_id: int
    reason: str
    message: str


@blueprint.get("/planning/gaps")
@requires(Permission.PLAN_READ)
def gaps() -> str:
    return _gaps_page()


def _gaps_page(refused: _Refused | None = None) -> str:
    session, attach = db.session, request.args.get("attach", type=int)
    return render_template(
        "planning/gaps.html",
        listed=listing.show(GAPS, "planning.gaps"),
        count=len(gap_list.open_topics(session)),
        duty=gap_list.duty(session),
        threshold=heat_settings.hot_from(session),
        attach=attach,
        events=service.linkable_events(session, utc_now()) if attach else [],
        refused=refused,
        longest=verdicts.LONGEST_REASON,
    )


listing.add_list_pages(
    blueprint, "/planning/gaps", GAPS, "gaps", frozenset({Permission.TOPIC_READ})
)


@blueprint.get("/planning/gaps/settled")
@requires(Permission.PLAN_READ)
def settled_gaps() -> str:
    return render_template("planning/settled_gaps.html", listed=listing.show(SETTLED_GAPS))


listing.add_list_pages(
    blueprint,
    "/planning/gaps/settled",
    SETTLED_GAPS,
    "settled_gaps",
    frozenset({Permission.TOPIC_READ}),
)


@blueprint.post("/planning/gaps/<int:topic_id>/no-answer")
@requires(Permission.EVENT_LINK)
def no_answer(topic_id: int) -> Response | tuple[str, int]:
    reason = request.form.get("reason", "")
    try:
        with transaction(current_actor()) as session:
            topic = topics.get_living(session, topic_id)
            verdicts.say_no_answer(session, topic, reason, current_actor(), utc_now())
    except Invalid as error:
        return _gaps_page(_Refused(topic_id, reason, spoken(error.message))), 422
    flash(_("已记为无需回应，可在“无需回应”中查到和撤回。"), "success")
    return _back()


@blueprint.post("/planning/verdicts/<int:verdict_id>/withdraw")
@requires(Permission.EVENT_LINK)
def withdraw_verdict(verdict_id: int) -> Response:
    with transaction(current_actor()) as session:
        verdict = verdicts.get_verdict(session, verdict_id)
        moment = utc_now()
        verdicts.withdraw(session, verdict, current_actor(), moment)
    done = _("已撤回，话题仍热时会回到清单。")
    flash_with_undo(done, "planning.restore_verdicts", {"at": moment.isoformat()})
    return redirect(back_to(request.form.get("next"), "planning.settled_gaps"))


@blueprint.post("/planning/verdicts/restore")
@requires(Permission.EVENT_LINK)
def restore_verdicts() -> Response:
    """What was withdrawn with one click holds again, told by its moment."""
    with transaction(current_actor()) as session:
        count = restoring.restore(session, current_actor(), sent_moment())
    flash(_("%(count)s 个话题恢复为无需回应。", count=count), "success")
    return redirect(url_for("planning.settled_gaps"))


@blueprint.post("/planning/links/refresh")
@requires(Permission.EVENT_LINK)
def refresh_suggestions() -> Response:
    now = utc_now()
    if service.has_many_candidates(db.session, now):
        with transaction(current_actor(), now) as session:
            errand_id = errands.ask(session, kind_of(SUGGEST), {}, current_actor(), now).id
        return redirect(url_for("errands.show", errand_id=errand_id))
    run = _suggest(current_actor())
    flash(
        _(
            "已更新关联建议：新增 %(added)s 条，保留 %(kept)s 条，撤下 %(removed)s 条。",
            added=run.added,
            kept=run.kept,
            removed=run.removed,
        ),
        "success",
    )
    return _back()


def suggest_as_errand(
    actor: Actor, _arguments: Mapping[str, str], progress: Progress, _path: Path
) -> Outcome:
    """The same, among however many events."""
    progress.tell(0)
    run = _suggest(actor)
    return Outcome(
        f"已更新关联建议：新增 {run.added} 条，保留 {run.kept} 条，撤下 {run.removed} 条"
    )


def _suggest(actor: Actor) -> service.SuggestionRun:
    """Computing holds nobody up; only the writing at the end does."""
    proposals = service.propose_links(db.session, utc_now())
    with transaction(actor) as session:
        return service.store_proposals(session, proposals)


@blueprint.post("/planning/links")
@requires(Permission.EVENT_LINK)
def link_by_hand() -> Response:
    topic_id = request.form.get("topic_id", type=int)
    event_id = request.form.get("event_id", type=int)
    if topic_id is None or event_id is None:
        raise Invalid("请先选择要关联的发布活动")
    with transaction(current_actor()) as session:
        topic = topics.get_living(session, topic_id)
        event = service.get_event(session, event_id)
        seen = request.form.get("decisions", default=-1, type=int)
        service.link_by_hand(session, topic, event, current_actor(), utc_now(), seen)
    flash(_("已关联。"), "success")
    return _back()


@blueprint.post("/planning/links/<int:link_id>/confirm")
@requires(Permission.EVENT_LINK)
def confirm_link(link_id: int) -> Response:
    _decide(link_id, confirmed=True)
    flash(_("已确认关联。"), "success")
    return _back()


@blueprint.post("/planning/links/<int:link_id>/refuse")
@requires(Permission.EVENT_LINK)
def refuse_link(link_id: int) -> Response:
    _decide(link_id, confirmed=False)
    flash(_("已记为不相关，以后不再建议。"), "success")
    return _back()


def _decide(link_id: int, confirmed: bool) -> None:
    with transaction(current_actor()) as session:
        link = service.hold_link(session, link_id)
        seen = seen_version() or 0
        service.decide_link(session, link, confirmed, current_actor(), utc_now(), seen)


def _back() -> Response:
    return redirect(back_to(request.form.get("next"), "planning.gaps"))
