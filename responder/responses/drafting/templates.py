"""Templates of answers: kept by the press office, filled with what an item says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from responder.core.errors import Invalid, NotFound
from responder.core.permissions import Actor
from responder.core.texts import clean
from responder.core.times import SHANGHAI, chinese_date, local
from responder.core.versions import check_seen
from responder.intake.models import Message, Nature
from responder.responses.drafting.formats import TextFormat
from responder.responses.drafting.lists import one_line, require_keeper
from responder.responses.drafting.models import AnswerTemplate
from responder.responses.models import ResponseItem
from responder.routing.models import Category, CategoryConfirmation
from responder.topics.models import Membership

LONGEST = 10_000

# What may stand between braces, and what it becomes.
PLACEHOLDERS = {
    "标题": "事项标题",
    "关切": "关切内容",
    "来源": "关切来源",
    "单位": "回应单位",
    "日期": "今天的日期",
}
_PLACE = re.compile(r"\{\{\s*([^{}\s]{1,12})\s*\}\}")


@dataclass(frozen=True)
class TemplateFacts:
    """What a person says of a template.

    :param category_id, nature: what it is for; None for all.
    """

    name: str
    text: str
    written: TextFormat
    category_id: int | None = None
    nature: Nature | None = None
    active: bool = True


def filled(text: str, values: Mapping[str, str]) -> str:
    """``text`` with its places filled; a place that nobody knows stays as it is."""
    return _PLACE.sub(lambda match: values.get(match[1], match[0]), text)


def values_of(item: ResponseItem, now: datetime, zone: ZoneInfo = SHANGHAI) -> dict[str, str]:
    """What an item says for each place."""
    return {
        "标题": item.title,
        "关切": item.concern,
        "来源": item.concern_source,
        "单位": item.unit.name,
        "日期": chinese_date(local(now, zone).date()),
    }


def templates(session: Session) -> list[AnswerTemplate]:
    """All of them, those in use first."""
    query = select(AnswerTemplate).options(joinedload(AnswerTemplate.category))
    return list(session.scalars(query.order_by(AnswerTemplate.active.desc(), AnswerTemplate.name)))


def offered(session: Session, item: ResponseItem) -> list[AnswerTemplate]:
    """Those in use, the ones made for what people ask of this item's topic first."""
    listed = [one for one in templates(session) if one.active]
    categories, nature = (
        _asked(session, item.topic_id) if listed and item.topic_id else (set(), None)
    )

    def fit(one: AnswerTemplate) -> int:
        if one.category_id not in (None, *categories) or one.nature not in (None, nature):
            return 2
        return 0 if one.category_id or one.nature else 1

    return sorted(listed, key=fit)


def _asked(session: Session, topic_id: int) -> tuple[set[int], Nature | None]:
    """What most messages of a topic were said to be about, with what stands above it, and their
    nature."""
    of_topic = select(Membership.message_id).where(Membership.topic_id == topic_id)
    counted = (
        select(CategoryConfirmation.category_id)
        .where(CategoryConfirmation.message_id.in_(of_topic))
        .group_by(CategoryConfirmation.category_id)
        .order_by(func.count().desc())
    )
    category_id = session.scalar(counted.limit(1))
    categories: set[int] = set()
    while category_id is not None and category_id not in categories:
        categories.add(category_id)
        category_id = session.scalar(select(Category.parent_id).where(Category.id == category_id))
    natures = (
        select(Message.nature)
        .where(Message.id.in_(of_topic), Message.nature.is_not(None))
        .group_by(Message.nature)
        .order_by(func.count().desc())
    )
    return categories, session.scalar(natures.limit(1))


def find_template(session: Session, template_id: int) -> AnswerTemplate:
    """One template.

    :raises NotFound: no such template.
    """
    found = session.get(AnswerTemplate, template_id)
    if found is None:
        raise NotFound("没有这个模板：请从答复模板重新进入")
    return found


def put_template(
    session: Session,
    row: AnswerTemplate | None,
    facts: TemplateFacts,
    actor: Actor,
    version: int | None = None,
) -> AnswerTemplate:
    """Add a template, or change one; one that is not in use is offered to nobody.

    :raises Forbidden: the person does not keep templates.
    :raises Invalid: no name, no text, a name that is taken, an unknown place.
    :raises Stale: somebody else changed it.
    """
    require_keeper(actor)
    if row is not None:
        check_seen(row, version)
    name = one_line(facts.name, 60, "name", "名称")
    text = clean(facts.text).strip()
    _require(session, row, name, text)
    row = row or AnswerTemplate()
    row.name, row.text, row.format = name, text, facts.written
    row.category_id, row.nature, row.active = facts.category_id, facts.nature, facts.active
    session.add(row)
    session.flush()
    return row


def _require(session: Session, row: AnswerTemplate | None, name: str, text: str) -> None:
    if not name:
        raise Invalid("请填写模板名称", {"name": "必填"})
    if not text or len(text) > LONGEST:
        raise Invalid(f"请填写模板正文，最多 {LONGEST} 字", {"text": "必填"})
    unknown = [place for place in _PLACE.findall(text) if place not in PLACEHOLDERS]
    if unknown:
        known = "、".join(f"{{{{{place}}}}}" for place in PLACEHOLDERS)
        raise Invalid(f"不认识“{{{{{unknown[0]}}}}}”：可用的是 {known}", {"text": "占位不对"})
    twin = session.scalar(select(AnswerTemplate).where(AnswerTemplate.name == name))
    if twin is not None and twin is not row:
        raise Invalid(f"已有名为“{name}”的模板：请换一个名称", {"name": "已有"})
