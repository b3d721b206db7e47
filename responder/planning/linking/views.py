"""What nothing answers, what needs no answer, and what people say of the suggested links."""

from __future__ import annotations

from dataclasses import dataclass

from flask import flash, redirect, render_template, request, send_file
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from responder.core.database import db, transaction
from responder.core.errors import Forbidden, Invalid
from responder.core.permissions import Permission
from responder.core.times import local, utc_now
from responder.planning import service
from responder.planning.linking import exporting, verdicts
from responder.planning.linking import gaps as gap_list
from responder.planning.views import asked_for, blueprint, zone
from responder.topics import heat_settings
from responder.topics import service as topics
from responder.web.access import current_actor, requires
from responder.web.forms import seen_version
from responder.web.media_types import XLSX
from responder.web.paging import Page, paginate, requested_page
from responder.web.redirects import back_to
from responder.web.sentences import spoken

PAGE_SIZE = 20


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
    session, order = db.session, _asked_order()
    found = gap_list.open_gaps(session, order, zone())
    number = min(requested_page(), max(1, -(-len(found) // PAGE_SIZE)))
    chosen = found[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    attach = request.args.get("attach", type=int)
    return render_template(
        "planning/gaps.html",
        page=Page(gap_list.load_gaps(session, chosen, zone()), number, PAGE_SIZE, len(found)),
        order=order,
        orders=gap_list.Order,
        duty=gap_list.duty(session),
        threshold=heat_settings.hot_from(session),
        attach=attach,
        events=service.linkable_events(session, utc_now()) if attach else [],
        refused=refused,
        longest=verdicts.LONGEST_REASON,
    )


def _asked_order() -> gap_list.Order:
    return asked_for(gap_list.Order, "order") or gap_list.Order.HEAT


@blueprint.get("/planning/gaps.xlsx")
@requires(Permission.PLAN_READ)
def gaps_workbook() -> Response:
    if not current_actor().may(Permission.TOPIC_READ):
        raise Forbidden("您没有查看话题的权限，不能导出清单：请联系新闻办办理")
    found = gap_list.open_gaps(db.session, _asked_order(), zone())
    now = utc_now()
    content = exporting.gaps_workbook(gap_list.load_gaps(db.session, found, zone()), now, zone())
    name = _("待安排的热点") + f"-{local(now, zone()):%Y%m%d}.xlsx"
    return send_file(content, XLSX, as_attachment=True, download_name=name)


@blueprint.get("/planning/gaps/settled")
@requires(Permission.PLAN_READ)
def settled_gaps() -> str:
    page = paginate(db.session, verdicts.settled(), requested_page())
    open_ids = {gap.topic_id for gap in gap_list.open_gaps(db.session, zone=zone())}
    return render_template(
        "planning/settled_gaps.html",
        page=page,
        living=verdicts.living_topics(db.session, page.rows),
        open_ids=open_ids,
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
        verdicts.withdraw(session, verdict, current_actor(), utc_now())
    flash(_("已撤回，话题仍热时会回到清单。"), "success")
    return redirect(back_to(request.form.get("next"), "planning.settled_gaps"))


@blueprint.post("/planning/links/refresh")
@requires(Permission.EVENT_LINK)
def refresh_suggestions() -> Response:
    proposals = service.propose_links(db.session, utc_now())
    with transaction(current_actor()) as session:
        run = service.store_proposals(session, proposals)
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
