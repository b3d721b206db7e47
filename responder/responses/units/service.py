"""Asking units, and what they answer.

The office reads every part. A liaison knows of the parts of the own unit alone, and of an item
only its outline; where a report (举报) is among the sources, not even that: the unit may be the
one reported on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, case, exists, false, func, select
from sqlalchemy.orm import Session, contains_eager, defer, joinedload, selectinload
from sqlalchemy.orm.attributes import flag_modified

from responder.accounts.models import Unit
from responder.core import audit
from responder.core.errors import Forbidden, GuardRefused, Invalid, NotFound, WrongState
from responder.core.lifecycle import Attempt
from responder.core.permissions import Actor, Permission
from responder.core.times import is_too_far
from responder.core.versions import check_seen
from responder.responses import rules
from responder.responses.models import SETTLED, ItemState, ResponseItem
from responder.responses.sourcing.service import with_reports
from responder.responses.units.models import ItemPart, PartMaterial

LONGEST_MATERIAL = 20_000
LONGEST_TASK = 2_000

STATE_LABELS = {"owed": "待报送", "sent": "已报送", "closed": "已不再收"}
# Of a part, joined with its item: where it stands for its unit.
_STATE: ColumnElement[str] = case(
    (exists().where(PartMaterial.part_id == ItemPart.id), "sent"),
    (ResponseItem.state.in_(SETTLED), "closed"),
    else_="owed",
)
_IS_OWED = _STATE == "owed"
_OUTLINED = (
    ResponseItem.title, ResponseItem.state, ResponseItem.unit_id, ResponseItem.topic_id,
)  # fmt: skip


@dataclass(frozen=True)
class Ask:
    """What is asked of a unit. ``due_at``: aware, and not before the attempt."""

    unit: Unit
    task: str
    due_at: datetime


@dataclass(frozen=True)
class Outline:
    """A part as its unit sees it. ``withheld``: neither title nor concern may be told."""

    part: ItemPart
    withheld: bool

    @property
    def state(self) -> str:
        """One of ``STATE_LABELS``."""
        if self.part.material:
            return "sent"
        return "closed" if self.part.item.state in SETTLED else "owed"


def parts_of(session: Session, item: ResponseItem) -> list[ItemPart]:
    """The parts of an item, that of the leading unit first."""
    query = select(ItemPart).where(ItemPart.item_id == item.id).options(joinedload(ItemPart.unit))
    parts = list(session.scalars(query.order_by(ItemPart.id)))
    return sorted(parts, key=lambda part: not part.leads)


def find_part(session: Session, item_id: int, part_id: int) -> ItemPart:
    """:raises NotFound: the item has no such part."""
    part = session.get(ItemPart, part_id)
    if part is None or part.item_id != item_id:
        raise NotFound("本事项没有这项交办：请从事项页面重新进入")
    return part


def assign(session: Session, item: ResponseItem, ask: Ask, attempt: Attempt) -> ItemPart:
    """Ask something of a unit.

    :raises Forbidden, WrongState, Invalid: see :func:`_require`; or the unit was asked already.
    """
    task = _require(item, ask, attempt)
    known = select(ItemPart.id).where(ItemPart.item_id == item.id, ItemPart.unit == ask.unit)
    if session.scalar(known) is not None:
        raise Invalid(f"已经交办过{ask.unit.name}：请修改原来的交办内容", {"unit_id": "已经交办过"})
    part = ItemPart(
        item=item, unit=ask.unit, task=task, due_at=ask.due_at, assigned_at=attempt.now,
        assigned_by_id=attempt.actor.id, assigned_by_name=attempt.actor.name,
    )  # fmt: skip
    session.add(part)
    told = {"unit": ask.unit.name, "due_at": ask.due_at.isoformat()}
    audit.record(session, "assign", item, told, "", attempt.actor)
    return part


def ask_anew(
    session: Session, part: ItemPart, ask: Ask, attempt: Attempt, version: int | None
) -> None:
    """Change what is asked of a unit, or until when.

    :raises Forbidden, WrongState, Invalid: as :func:`assign`.
    :raises Stale: it has changed since.
    """
    check_seen(part, version)
    task = _require(part.item, ask, attempt)
    told = {"unit": part.unit.name, "due_at": [part.due_at.isoformat(), ask.due_at.isoformat()]}
    part.task, part.due_at = task, ask.due_at
    audit.record(session, "assign_anew", part.item, told, "", attempt.actor)


def withdraw(session: Session, part: ItemPart, attempt: Attempt, version: int | None) -> None:
    """Ask it no longer, while the unit has sent nothing.

    :raises GuardRefused: the unit has sent something, which is kept.
    """
    _require_office(part.item, attempt)
    check_seen(part, version)
    if part.materials:
        raise GuardRefused("该单位已经报送材料，不能取消交办：材料随事项留存")
    item, name = part.item, part.unit.name
    session.delete(part)
    audit.record(session, "withdraw_part", item, {"unit": name}, "", attempt.actor)


def lead(session: Session, item: ResponseItem, unit: Unit, attempt: Attempt) -> None:
    """Let another unit lead: citizens will read its name, so before the reviews alone.

    :raises WrongState: the text is under review, or signed.
    """
    _require_office(item, attempt)
    if item.state is not ItemState.DRAFT:
        raise WrongState("稿件已提交审签，不能再改牵头单位：如需修改，请审签人员退回")
    if unit is item.unit:
        return
    if not attempt.note.strip():
        raise GuardRefused("请写明改由该单位牵头的理由", {"note": "必填"})
    before, item.unit = item.unit.name, unit
    told = {"unit": [before, unit.name]}
    audit.record(session, "lead", item, told, attempt.note.strip(), attempt.actor)


def _require(item: ResponseItem, ask: Ask, attempt: Attempt) -> str:
    """What is asked, as it is kept.

    :raises Forbidden: the person may not ask.
    :raises WrongState: the answer is out.
    :raises Invalid: nothing is asked, too much, or until a time that has passed.
    """
    _require_office(item, attempt)
    task = rules.clean(ask.task)
    if not task:
        raise Invalid("请写明需要该单位提供什么", {"task": "必填"})
    if len(task) > LONGEST_TASK:
        raise Invalid(f"最多 {LONGEST_TASK} 字：请精简", {"task": "太长"})
    if ask.due_at <= attempt.now:
        raise Invalid("报送时限已过：请改为以后的时间", {"due_at": "已过"})
    if is_too_far(ask.due_at, attempt.now):
        raise Invalid("报送时限太远：最多定在两年以内，请核对年份", {"due_at": "太远"})
    return task


def _require_office(item: ResponseItem, attempt: Attempt) -> None:
    if not attempt.actor.may(Permission.RESPONSE_OPEN):
        raise Forbidden("您没有交办的权限，请联系研判员、编辑或新闻办")
    if item.state in SETTLED:
        raise WrongState("本事项已发布或已办结，不再交办")


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The parts that a liaison may know of: those of the own unit, or none."""
    if actor.unit_id is None or not actor.may(Permission.RESPONSE_ASSIST):
        return false()
    return ItemPart.unit_id == actor.unit_id


def asked_of(actor: Actor, state: str | None = None) -> Select[ItemPart]:
    """What is asked of a liaison's unit: what it still owes first, the soonest due first.

    Without the texts: they are long, and a list shows none of them.

    :param state: one of ``STATE_LABELS``.
    """
    query = (
        select(ItemPart)
        .join(ItemPart.item)
        .where(visible_to(actor))
        .order_by(_IS_OWED.desc(), ItemPart.due_at, ItemPart.id)
        .options(
            defer(ItemPart.task),
            contains_eager(ItemPart.item).load_only(*_OUTLINED),
            selectinload(ItemPart.materials).defer(PartMaterial.text),
        )
    )
    return query if state is None else query.where(_STATE.in_((state,)))


def counts_by_state(
    session: Session, actor: Actor, *conditions: ColumnElement[bool]
) -> dict[str | None, int]:
    """How many parts of a liaison's unit stand where; None: all of them."""
    seen = select(_STATE.label("state")).select_from(ItemPart).join(ItemPart.item)
    found = seen.where(visible_to(actor), *conditions).subquery()
    grouped = select(found.c.state, func.count()).group_by(found.c.state)
    counts: dict[str | None, int] = dict(session.execute(grouped).all())
    return {None: sum(counts.values()), **counts}


def outlines(session: Session, parts: Sequence[ItemPart]) -> list[Outline]:
    """Some parts as their unit sees them."""
    hidden = with_reports(session, [part.item for part in parts])
    return [Outline(part, part.item_id in hidden) for part in parts]


def owed(session: Session, actor: Actor, limit: int) -> list[Outline]:
    """What a liaison's unit has not sent yet, the soonest due first."""
    parts = session.scalars(asked_of(actor).where(_IS_OWED).limit(limit))
    return outlines(session, list(parts))


def outline_for(session: Session, part_id: int, actor: Actor) -> Outline:
    """One part, for a liaison of its unit.

    :raises NotFound: there is none, or none that this person may know of.
    """
    part = session.scalar(select(ItemPart).where(ItemPart.id == part_id, visible_to(actor)))
    if part is None:
        raise NotFound("没有这项交办，或它不在您的单位：请从“单位材料”重新进入")
    return Outline(part, bool(with_reports(session, [part.item])))


def send(
    session: Session, part: ItemPart, text: str, attempt: Attempt, version: int | None
) -> PartMaterial | None:
    """Keep what a unit sends as the newest version; None when nothing changed.

    :raises Forbidden: the person is not of this unit.
    :raises WrongState: the answer is out.
    :raises Stale: a colleague has sent something since.
    :raises Invalid: it is empty, or too long.
    """
    actor = attempt.actor
    if not actor.may(Permission.RESPONSE_ASSIST) or actor.unit_id != part.unit_id:
        raise Forbidden("这是其他单位的任务，不能由您报送")
    if part.item.state in SETTLED:
        raise WrongState("本事项已发布或已办结，不再收材料：如有新情况，请联系新闻办")
    check_seen(part, version)
    text = rules.clean(text)
    if not text:
        raise Invalid("请填写情况：查到什么、做了什么、有何依据", {"text": "必填"})
    if len(text) > LONGEST_MATERIAL:
        raise Invalid(f"最多 {LONGEST_MATERIAL} 字：请精简", {"text": "太长"})
    if part.material is not None and part.material.text == text:
        return None
    material = PartMaterial(
        number=len(part.materials) + 1, text=text, author_id=actor.id, author_name=actor.name,
        sent_at=attempt.now,
    )  # fmt: skip
    part.materials.append(material)
    flag_modified(part, "task")  # of two colleagues at once the second is told
    told = {"unit": part.unit.name, "version": [material.number - 1 or None, material.number]}
    audit.record(session, "send_material", part.item, told, "", actor)
    return material
