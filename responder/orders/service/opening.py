"""Opening an order from a message, and putting right what it is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from responder.accounts.models import Unit
from responder.core import audit, privacy
from responder.core.errors import Invalid, Stale, WrongState
from responder.core.permissions import Actor
from responder.core.times import SHANGHAI, local
from responder.core.work_calendar import hold_calendar
from responder.intake import rules as texts
from responder.intake.models import Message, Nature
from responder.orders import rules
from responder.orders.lifecycle import WORK_ORDER
from responder.orders.models import OrderState, WorkOrder
from responder.orders.service import clocks
from responder.orders.service.messages import order_of, place, require_dispatcher
from responder.routing import service as routing
from responder.topics import service as topics
from responder.topics.models import Topic

MAX_TITLE_LENGTH = 200
MAX_BRIEF_LENGTH = 4000

# Any number that nothing else in this database locks by.
NUMBER_LOCK = 20_171_235


@dataclass(frozen=True)
class Matter:
    """What an order is about, as a form says it."""

    title: str
    brief: str
    nature: Nature
    urgent: bool
    category_id: int | None = None
    reported_unit: Unit | None = None


def open_from_message(
    session: Session,
    message: Message,
    actor: Actor,
    now: datetime,
    *,
    title: str = "",
    brief: str = "",
    nature: Nature | None = None,
    urgent: bool | None = None,
    topic: Topic | None = None,
    category_id: int | None = None,
    reported_unit: Unit | None = None,
    zone: ZoneInfo = SHANGHAI,
) -> WorkOrder:
    """Open an order; what is not given is taken from the message, its category, its topic.

    :raises Forbidden: the person may not open orders.
    :raises WrongState: the message is in an order already.
    """
    require_dispatcher(actor)
    if (held := order_of(session, message.id)) is not None:
        raise WrongState(f"这条留言已在工单 {held.number} 里：请在那里办理")
    nature = nature or message.nature or Nature.OTHER
    confirmed = routing.of_message(session, [message.id]).get(message.id)
    order = WorkOrder(
        title=_title(title, message, nature),
        brief=_bounded(brief),
        nature=nature,
        urgent=message.urgent if urgent is None else urgent,
        topic=topic or topic_of_message(session, message),
        category_id=category_id or (confirmed.category_id if confirmed else None),
        reported_unit=reported_unit,
        opened_by_id=actor.id,
        opened_at=now,
        changed_at=now,
        merged_into=None,
        answerer_ids=[],
    )
    order.year, order.serial = next_number(session, now, zone)
    session.add(order)
    place(order, message, actor, now, first=True)
    audit.record(session, "open", order, {"message_id": message.id}, "", actor)
    return order


def _title(typed: str, message: Message, nature: Nature) -> str:
    """What was typed; of a report not what its message is headed, which the form may offer."""
    title = one_line(typed)
    offered = default_title(message, Nature.OTHER)
    return default_title(message, nature) if title in ("", offered) else title


def default_title(message: Message, nature: Nature) -> str:
    """What an order is called before somebody has named it: a report by nothing it says."""
    if nature is Nature.REPORT:
        return rules.REPORT_TITLE
    return one_line(privacy.mask(message.title))


def revise(
    session: Session,
    order: WorkOrder,
    matter: Matter,
    actor: Actor,
    version: int | None,
    zone: ZoneInfo = SHANGHAI,
) -> None:
    """Put right what an order is about, as long as no unit has it. Another nature, another clock.

    :raises Forbidden: the person may not dispatch orders.
    :raises WrongState: it has been dispatched.
    :raises Stale: somebody else saved meanwhile.
    :raises Invalid: there is no title.
    """
    require_dispatcher(actor)
    if order.state not in (OrderState.RECEIVED, OrderState.ACCEPTED):
        label = WORK_ORDER.states[order.state]
        raise WrongState(f"本单现在是“{label}”，不能再改：如需修改，请先撤回派单")
    if version != order.version_id:
        raise Stale("您打开页面之后，本工单已有变化：请刷新页面后再改")
    title = one_line(matter.title)
    if not title:
        raise Invalid("请填写标题", {"title": "必填"})
    hold_calendar(session)
    became_report = matter.nature is Nature.REPORT and order.nature is not Nature.REPORT
    order.title = rules.REPORT_TITLE if became_report and title == order.title else title
    order.brief, order.urgent = _bounded(matter.brief), matter.urgent
    order.category_id, order.reported_unit = matter.category_id, matter.reported_unit
    if matter.nature is not order.nature:
        order.nature = matter.nature
        clocks.choose_again(session, order, zone)
    session.flush()


def next_number(session: Session, now: datetime, zone: ZoneInfo) -> tuple[int, int]:
    """(year, number) of the next order; one transaction at a time gets one."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(NUMBER_LOCK)))
    year = local(now, zone).year
    last = session.scalar(select(func.max(WorkOrder.serial)).where(WorkOrder.year == year))
    return year, (last or 0) + 1


def one_line(text: str) -> str:
    """A short text as it is kept: on one line, without stray blanks, within its column."""
    return " ".join(texts.parse_text(text).split())[:MAX_TITLE_LENGTH]


def _bounded(text: str) -> str:
    brief = texts.parse_text(text)
    if len(brief) > MAX_BRIEF_LENGTH:
        raise Invalid(f"交办内容最多 {MAX_BRIEF_LENGTH} 字：请精简", {"brief": "太长"})
    return brief


def topic_of_message(session: Session, message: Message) -> Topic | None:
    """The living topic that a message belongs to, if a refresh has seen it."""
    found = topics.topic_of(session, message.id)
    return topics.survivor(session, found) if found else None
