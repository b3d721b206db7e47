"""Keeping what was settled beside an item."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from responder.core import audit
from responder.core.errors import Forbidden, Invalid, NotFound, Stale, WrongState
from responder.core.lifecycle import Attempt
from responder.core.permissions import Permission
from responder.responses import rules
from responder.responses.consulting.models import AgreedWording, Consultation, PolicyReference
from responder.responses.models import FILED, ResponseItem

LONGEST = 20_000


@dataclass(frozen=True)
class Beside:
    """All that is kept beside an item; of the first two the newest first."""

    consultations: list[Consultation]
    wordings: list[AgreedWording]
    references: list[PolicyReference]

    @property
    def wording(self) -> AgreedWording | None:
        """What stands now."""
        return self.wordings[0] if self.wordings else None


@dataclass(frozen=True)
class ReferenceFacts:
    """What is said of a policy document."""

    title: str
    number: str = ""
    issued_on: date | None = None
    url: str = ""
    passage: str = ""


def beside(session: Session, item_id: int) -> Beside:
    """What is kept beside an item."""
    consultations = select(Consultation).where(Consultation.item_id == item_id)
    wordings = select(AgreedWording).where(AgreedWording.item_id == item_id)
    references = select(PolicyReference).where(PolicyReference.item_id == item_id)
    newest = (Consultation.held_at.desc(), Consultation.id.desc())
    return Beside(
        list(session.scalars(consultations.order_by(*newest))),
        list(session.scalars(wordings.order_by(AgreedWording.number.desc()))),
        list(session.scalars(references.order_by(PolicyReference.id))),
    )


def consult(
    session: Session,
    item: ResponseItem,
    attempt: Attempt,
    *,
    held_at: datetime,
    units: str,
    people: str,
    conclusion: str,
) -> Consultation:
    """Record a consultation.

    :param held_at: aware, not after the attempt.
    :raises Forbidden, WrongState: see :func:`_require`.
    :raises Invalid: nobody took part, nothing was concluded, or it lies ahead.
    """
    _require(item, attempt)
    if held_at > attempt.now:
        raise Invalid("会商时间尚未到来：请填写实际会商的时间", {"held_at": "不能晚于现在"})
    record = Consultation(
        item_id=item.id,
        held_at=held_at,
        units=_needed("units", units, "请填写参加会商的单位", 500),
        people=_short("people", people, 500),
        conclusion=_needed("conclusion", conclusion, "请填写会商结论", LONGEST),
        recorded_by_id=attempt.actor.id,
        recorded_by_name=attempt.actor.name,
        recorded_at=attempt.now,
    )
    session.add(record)
    audit.record(session, "consult", item, {"units": record.units}, "", attempt.actor)
    return record


def agree(
    session: Session,
    item: ResponseItem,
    attempt: Attempt,
    *,
    text: str,
    agreed_by: str,
    consultation_id: int | None = None,
    seen: int,
) -> AgreedWording | None:
    """Keep a wording as the newest version; None when it is what stands.

    :param seen: the number of the version that the person had before them; 0 for none.
    :raises Forbidden, WrongState: see :func:`_require`.
    :raises Invalid: nothing is said, or nobody agreed.
    :raises Stale: another version came meanwhile.
    """
    _require(item, attempt)
    query = select(AgreedWording).where(AgreedWording.item_id == item.id)
    last = session.scalar(query.order_by(AgreedWording.number.desc()).limit(1))
    number = last.number if last else 0
    text = _needed("text", text, "请填写口径", LONGEST)
    if last is not None and last.text == text:
        return None
    if number != seen:
        raise Stale("您打开页面之后，口径已有新的版本：请对照下面的现行口径，核对后再保存")
    wording = AgreedWording(
        item_id=item.id,
        consultation_id=_of_item(session, item, consultation_id),
        number=number + 1,
        text=text,
        agreed_by=_needed("agreed_by", agreed_by, "请填写由谁商定、同意", 300),
        recorded_by_id=attempt.actor.id,
        recorded_by_name=attempt.actor.name,
        recorded_at=attempt.now,
    )
    session.add(wording)
    told = {"version": [number or None, wording.number]}
    audit.record(session, "agree_wording", item, told, "", attempt.actor)
    return wording


def _of_item(session: Session, item: ResponseItem, consultation_id: int | None) -> int | None:
    if not consultation_id:
        return None
    found = session.get(Consultation, consultation_id)
    if found is None or found.item_id != item.id:
        raise Invalid("请选择本事项的会商记录", {"consultation_id": "请选择"})
    return found.id


def refer(
    session: Session, item: ResponseItem, facts: ReferenceFacts, attempt: Attempt
) -> PolicyReference:
    """Note that the answer rests on a policy document.

    :raises Forbidden, WrongState: see :func:`_require`.
    :raises Invalid: no title, or an address that is none of the web.
    """
    _require(item, attempt)
    url = facts.url.strip()
    if url and not url.startswith(("https://", "http://")):
        raise Invalid("链接须以 https:// 或 http:// 开头", {"url": "不是网址"})
    reference = PolicyReference(
        item_id=item.id,
        title=_needed("title", facts.title, "请填写文件标题", 200),
        number=_short("number", facts.number, 100),
        issued_on=facts.issued_on,
        url=_short("url", url, 500),
        passage=_short("passage", facts.passage, LONGEST),
        added_by_name=attempt.actor.name,
        added_at=attempt.now,
    )
    session.add(reference)
    told = {"title": reference.title, "number": reference.number}
    audit.record(session, "refer", item, told, "", attempt.actor)
    return reference


def drop_reference(
    session: Session, item: ResponseItem, reference_id: int, attempt: Attempt
) -> None:
    """:raises NotFound: the item has no such reference."""
    _require(item, attempt)
    reference = session.get(PolicyReference, reference_id)
    if reference is None or reference.item_id != item.id:
        raise NotFound("本事项没有这条依据：请刷新页面")
    told = {"title": reference.title, "number": reference.number}
    session.delete(reference)
    audit.record(session, "drop_reference", item, told, "", attempt.actor)


def wordings_now(session: Session, item_ids: Sequence[int]) -> dict[int, str]:
    """Item id → the wording that stands, for those that have one."""
    newest = (
        select(AgreedWording.item_id, func.max(AgreedWording.number).label("number"))
        .where(AgreedWording.item_id.in_(item_ids))
        .group_by(AgreedWording.item_id)
        .subquery()
    )
    query = select(AgreedWording.item_id, AgreedWording.text).join(
        newest,
        (newest.c.item_id == AgreedWording.item_id) & (newest.c.number == AgreedWording.number),
    )
    found: dict[int, str] = dict(session.execute(query).all())
    return found


def _require(item: ResponseItem, attempt: Attempt) -> None:
    """:raises Forbidden: not of the desk. :raises WrongState: the item is filed away."""
    if not attempt.actor.may(Permission.RESPONSE_OPEN):
        raise Forbidden("您没有登记会商、口径和依据的权限，请联系研判员、编辑或新闻办")
    if item.state in FILED:
        raise WrongState("本事项已归档或已办结，不能再登记")


def _needed(field: str, text: str, sentence: str, longest: int) -> str:
    kept = _short(field, text, longest)
    if not kept:
        raise Invalid(sentence, {field: "必填"})
    return kept


def _short(field: str, text: str, longest: int) -> str:
    kept = rules.clean(text)
    if len(kept) > longest:
        raise Invalid(f"最多 {longest} 字：请精简", {field: "太长"})
    return kept
