"""Verbs and questions on changes of published entries."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from responder.accounts.proofs import Proven, signed_by
from responder.core import audit
from responder.core.errors import Forbidden, GuardRefused, Invalid, NotFound, Stale
from responder.core.lifecycle import Attempt
from responder.core.permissions import Permission
from responder.publishing.changing.lifecycle import (
    ENTRY_CHANGE,
    PERSONAL_GUARDS,
    SIGN,
    is_fit_for_the_public,
    leads_to_what_is_public,
    why_not,
)
from responder.publishing.models import (
    ChangeKind,
    ChangeState,
    Entry,
    EntryChange,
    Texts,
)
from responder.publishing.webhooks.outbox import tell
from responder.responses import rules as response_rules


def propose(
    session: Session,
    entry: Entry,
    kind: ChangeKind,
    attempt: Attempt,
    *,
    base: int | None,
    texts: Texts | None = None,
    replacement: str = "",
) -> EntryChange:
    """Propose to correct, replace or withdraw an entry; another person releases it.

    :param attempt: its note is what citizens will read.
    :param base: ``last_change_id`` of the entry as the person had it before them.
    :param texts: of a correction, all of them, changed or not.
    :param replacement: of a replacement, the 索引号 of the published entry that stands instead.
    :raises Forbidden: the person may not publish.
    :raises Invalid: no note, no change, no such replacement.
    :raises Stale: the entry was changed since.
    :raises GuardRefused: private data, an entry that is withdrawn, another proposal waits.
    """
    if not attempt.actor.may(Permission.PUBLISH):
        raise Forbidden("您没有提出更正的权限，请联系新闻办的同事办理")
    if reason := why_not(entry, kind) or _waits(entry):
        raise GuardRefused(reason)
    if base != entry.last_change_id:
        raise Stale(
            "您打开页面之后，这条内容又有更改：请复制下面您写的，重新打开本页，对照现在公开的内容再提出"
        )
    change = _drawn_up(entry, kind, base, attempt)
    with session.no_autoflush:
        session.add(change)
        if kind is ChangeKind.CORRECT:
            _put_texts(change, _cleaned(entry, texts))
        elif kind is ChangeKind.REPLACE:
            change.replacement = _replacement(session, entry, replacement)
        reason = is_fit_for_the_public(change, attempt) or leads_to_what_is_public(change, attempt)
    if reason:
        raise GuardRefused(reason)
    session.flush()
    return change


def _drawn_up(entry: Entry, kind: ChangeKind, base: int | None, attempt: Attempt) -> EntryChange:
    note = response_rules.clean(attempt.note)
    if not note:
        raise Invalid("请写明公开说明：群众会读到它", {"note": "必填"})
    return EntryChange(
        entry=entry,
        base_id=base,
        kind=kind,
        note=note,
        proposed_at=attempt.now,
        proposed_by_id=attempt.actor.id,
        proposed_by_name=attempt.actor.name,
        title="",
        concern="",
        concern_source="",
        answer="",
    )


def settle(
    session: Session,
    change: EntryChange,
    action: str,
    attempt: Attempt,
    proven: Proven | None = None,
) -> None:
    """Release, decline or take back a proposal.

    Released, it is public from this moment on, and whoever is to hear of it hears.

    :param proven: that the signer has just proved who they are.
    :raises Forbidden, WrongState: as :meth:`Lifecycle.advance`.
    :raises GuardRefused: as there; or the signer's proof is wanting.
    """
    session.refresh(change.entry, with_for_update=True)  # two changes of one entry take turns
    if action == SIGN:
        ENTRY_CHANGE.allow(change, action, attempt)
        change.proof = signed_by(attempt.actor, proven)
    details = {"proof": change.proof} if action == SIGN else None
    ENTRY_CHANGE.advance(session, change, action, attempt, details)
    if absent := attempt.on_behalf_of:
        change.on_behalf_of_id, change.on_behalf_of_name = absent.id, absent.name
    change.decided_at = attempt.now
    change.decided_by_id = attempt.actor.id
    change.decided_by_name = attempt.actor.name
    change.decision_note = response_rules.clean(attempt.note)
    if change.state is ChangeState.RELEASED:
        change.entry.changed_at = attempt.now
        audit.record(
            session, change.kind.value, change.entry, {"change": change.id}, change.note,
            attempt.actor,
        )  # fmt: skip
        tell(session, change.entry, attempt.now, change)
    session.flush()


def find_change(session: Session, change_id: int, version: int | None = None) -> EntryChange:
    """One change; with a ``version``, as somebody had it before them.

    :raises NotFound: no such change.
    :raises Stale: it was settled since.
    """
    change = session.get(EntryChange, change_id)
    if change is None:
        raise NotFound("没有这条更改：请从事项页面重新进入")
    if version is not None and version != change.version_id:
        raise Stale("您打开页面之后，这条更改已经办理：请刷新页面查看结果")
    return change


def listed(
    state: ChangeState | None = None, kind: ChangeKind | None = None, text: str = ""
) -> Select[EntryChange]:
    """Changes, those that wait first, then the newest.

    :param text: in the 索引号 of the entry, or in what the public reads of the change.
    """
    query = (
        select(EntryChange)
        .join(EntryChange.entry)
        .order_by(EntryChange.state != ChangeState.PROPOSED, EntryChange.id.desc())
        .options(contains_eager(EntryChange.entry))
    )
    if state is not None:
        query = query.where(EntryChange.state == state)
    if kind is not None:
        query = query.where(EntryChange.kind == kind)
    if text:
        named = Entry.index_number.contains(text, autoescape=True)
        query = query.where(named | EntryChange.note.contains(text, autoescape=True))
    return query


def waiting_for(session: Session, attempts: Sequence[Attempt]) -> list[EntryChange]:
    """The proposals that somebody may sign, in one name or another, the oldest first.

    One counts when no guard refuses the *person*: what may no longer be made is to be declined.
    """
    step = ENTRY_CHANGE.find(SIGN, ChangeState.PROPOSED)
    signing = [attempt for attempt in attempts if attempt.may(step.permission)]
    if not signing:
        return []
    query = select(EntryChange).where(EntryChange.state == ChangeState.PROPOSED)
    query = query.options(joinedload(EntryChange.entry)).order_by(EntryChange.id)
    return [
        change
        for change in session.scalars(query)
        if not all(any(guard(change, one) for guard in PERSONAL_GUARDS) for one in signing)
    ]


def _waits(entry: Entry) -> str | None:
    if any(change.state is ChangeState.PROPOSED for change in entry.changes):
        return f"{entry.index_number} 已有一条更改待签发：请先办理或收回它"
    return None


def _cleaned(entry: Entry, texts: Texts | None) -> Texts:
    if texts is None:
        raise Invalid("请填写更正后的内容", {"answer": "必填"})
    kept = Texts(
        " ".join(response_rules.clean(texts.title).split()),
        response_rules.clean(texts.concern),
        " ".join(response_rules.clean(texts.concern_source).split()),
        response_rules.clean(texts.answer),
        texts.answer_format,
    )
    for name, label in (("title", "标题"), ("concern", "关切内容"), ("answer", "回应内容")):
        if not getattr(kept, name):
            raise Invalid(f"请填写更正后的{label}", {name: "必填"})
    if kept == entry.texts:
        raise Invalid("内容与现在公开的相同：请改动需要更正的地方", {"answer": "没有变化"})
    return kept


def _put_texts(change: EntryChange, texts: Texts) -> None:
    change.title, change.concern = texts.title, texts.concern
    change.concern_source, change.answer = texts.concern_source, texts.answer
    change.answer_format = texts.answer_format


def _replacement(session: Session, entry: Entry, number: str) -> Entry:
    wanted = number.strip().upper()
    found = session.scalar(select(Entry).where(Entry.index_number == wanted))
    if found is None:
        raise Invalid(
            f"没有索引号为“{number.strip()[:48]}”的公开条目：请先发布新的回应，再填写它的索引号",
            {"replacement": "没有"},
        )
    if found.id == entry.id or found.replaced:
        raise Invalid(
            "用来替换的须是另一条、且自己没有被替换的公开条目：请核对索引号",
            {"replacement": "不能用"},
        )
    return found
