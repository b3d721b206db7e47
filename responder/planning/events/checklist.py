"""The office's own checklist (筹备清单模板), from which that of each event is made."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from responder.core.errors import Invalid, NotFound
from responder.planning.events.models import PreparationItem
from responder.planning.events.preparing import MOST_DAYS
from responder.planning.models import Form


@dataclass(frozen=True)
class ItemFacts:
    """A line as a person writes it. ``days``: working days before; below 0, after."""

    name: str
    days: int
    position: int
    form: Form | None = None
    source: str = ""
    active: bool = True
    before_confirmation: bool = False


def items(session: Session) -> list[PreparationItem]:
    """All lines, in their order; those that were shut off too."""
    query = select(PreparationItem).order_by(PreparationItem.position, PreparationItem.id)
    return list(session.scalars(query))


def next_position(session: Session) -> int:
    """The place of a line that comes after all others."""
    return (session.scalar(select(func.max(PreparationItem.position))) or 0) + 1


def find_item(session: Session, item_id: int) -> PreparationItem:
    """:raises NotFound: no such line."""
    found = session.get(PreparationItem, item_id)
    if found is None:
        raise NotFound("清单模板里没有这一项：请刷新页面")
    return found


def save_item(session: Session, item: PreparationItem | None, facts: ItemFacts) -> PreparationItem:
    """Add a line (None), or change one. Checklists that were made already stay as they are.

    A line that is shut off makes no task, and stands in nobody's way but a new one's.

    :raises Invalid: no name, out of reach, or a line of this name stands there for one of the
        same forms.
    """
    name = facts.name.strip()
    if not name:
        raise Invalid("请填写筹备事项的名称", {"name": "必填"})
    if not -MOST_DAYS <= facts.days <= MOST_DAYS:
        raise Invalid(
            f"提前或之后的工作日最多 {MOST_DAYS} 个：请改小", {"days": f"不超过 {MOST_DAYS}"}
        )
    twins = (
        one
        for one in items(session)
        if one is not item and one.name == name and (one.active or item is None)
    )
    if facts.active and any(_share_a_form(one.form, facts.form) for one in twins):
        raise Invalid(f"清单模板里已有“{name}”：请直接修改那一项", {"name": "已有"})
    if item is None:
        item = PreparationItem()
        session.add(item)
    item.name, item.days, item.position = name, facts.days, facts.position
    item.form, item.source, item.active = facts.form, facts.source.strip(), facts.active
    item.before_confirmation = facts.before_confirmation
    session.flush()
    return item


def _share_a_form(one: Form | None, other: Form | None) -> bool:
    """Whether some event would take both lines; None is every form."""
    return one is None or other is None or one is other
