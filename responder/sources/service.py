"""What people do with sources: add, change, pause, resume, run soon, remove, try out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from responder.core import audit
from responder.core.errors import GuardRefused, Invalid, NotFound, Stale, WrongState
from responder.intake.models import Channel, Message
from responder.settings import Settings
from responder.sources import connectors, folders, kinds, rules
from responder.sources.fetching import Network
from responder.sources.harvest import Harvest, Look
from responder.sources.kinds import FolderSettings, MailboxSettings, SourceSettings
from responder.sources.models import Kind, Source, SourceItem, SourceRun, SourceState

TRIED_ITEMS = 10
SHOWN_RUNS = 20
SHOWN_MESSAGES = 10


@dataclass(frozen=True)
class SourceFacts:
    """What a person says of a source.

    :param settings: by the names of its kind's model.
    :param secret: a mailbox's password; empty keeps the one there is.
    """

    name: str
    channel: Channel
    interval_minutes: int
    district: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    secret: str = ""


def sources(session: Session) -> list[Source]:
    """Every source, by kind and name."""
    order = list(Kind)
    found = session.scalars(select(Source).order_by(Source.name, Source.id))
    return sorted(found, key=lambda source: order.index(source.kind))


def failing(session: Session) -> list[Source]:
    """The sources whose last run failed, the longest failing first."""
    query = select(Source).where(Source.state == SourceState.FAILING)
    return list(session.scalars(query.order_by(Source.errors.desc(), Source.id)))


def get(session: Session, source_id: int) -> Source:
    """:raises NotFound: no such source."""
    source = session.get(Source, source_id)
    if source is None:
        raise NotFound(f"没有编号为 {source_id} 的来源：请从来源列表重新进入")
    return source


def runs(session: Session, source: Source) -> list[SourceRun]:
    """The last runs, newest first."""
    query = select(SourceRun).where(SourceRun.source_id == source.id)
    return list(session.scalars(query.order_by(SourceRun.id.desc()).limit(SHOWN_RUNS)))


def messages(session: Session, source: Source) -> list[Message]:
    """The last messages that a feed or mailbox brought, newest first."""
    query = (
        select(Message)
        .join(SourceItem, SourceItem.message_id == Message.id)
        .where(SourceItem.source_id == source.id)
        .order_by(Message.id.desc())
    )
    return list(session.scalars(query.limit(SHOWN_MESSAGES)))


def add(
    session: Session, kind: Kind, facts: SourceFacts, settings: Settings, now: datetime
) -> Source:
    """A new source, due at once.

    :raises Invalid: with a sentence for each field that cannot be.
    """
    wanted = checked(session, kind, facts, settings)
    if isinstance(wanted, MailboxSettings) and not facts.secret:
        raise Invalid("请填写邮箱密码或授权码", {"password": "请填写邮箱密码或授权码"})
    source = Source(kind=kind, next_run_at=now)
    _put(source, facts, wanted)
    session.add(source)
    session.flush()
    return source


def edit(
    session: Session,
    source: Source,
    facts: SourceFacts,
    seen_version: int,
    settings: Settings,
    now: datetime,
) -> None:
    """Change a source. Told of another place, it forgets what it remembered of the old one.

    :raises Invalid: with a sentence for each field that cannot be; also where a password
        would go to another place than the one it was given for.
    :raises Stale: somebody else changed it meanwhile.
    """
    if source.version_id != seen_version:
        raise Stale("这个来源刚被别人修改过：请刷新页面，看过最新内容后再保存")
    wanted = checked(session, source.kind, facts, settings)
    needs_secret(source, wanted, facts.secret)
    moved = wanted.model_dump(mode="json") != source.settings
    _put(source, facts, wanted)
    if moved or facts.secret:
        _start_again(source, now)
    if moved:
        source.cursor = {}
    session.flush()


def checked(session: Session, kind: Kind, facts: SourceFacts, settings: Settings) -> SourceSettings:
    """The settings of a kind, if all that was said can be.

    :raises Invalid: with a sentence for each field.
    """
    wanted = kinds.parse(kind, facts.settings)
    if not facts.name.strip():
        raise Invalid("请填写名称", {"name": "请填写名称"})
    if not rules.SHORTEST_INTERVAL <= facts.interval_minutes <= rules.LONGEST_INTERVAL:
        sentence = f"间隔须在 {rules.SHORTEST_INTERVAL} 到 {rules.LONGEST_INTERVAL} 分钟之间"
        raise Invalid(sentence, {"interval_minutes": sentence})
    if isinstance(wanted, FolderSettings):
        folders.locate(wanted, settings)
        _require_mapping(session, wanted)
    return wanted


def _require_mapping(session: Session, wanted: FolderSettings) -> None:
    try:
        folders.mapping_of(session, wanted)
    except Invalid as error:
        raise Invalid(error.message, {"mapping": error.message}) from error


def needs_secret(source: Source | None, wanted: SourceSettings, secret: str) -> None:
    """Refuse to send a kept password to a place that it was not given for.

    :raises Invalid: it must be typed again.
    """
    if not isinstance(wanted, MailboxSettings) or secret:
        return
    before = kinds.parse(source.kind, source.settings) if source else None
    if not isinstance(before, MailboxSettings) or before.login != wanted.login:
        sentence = "服务器、端口、加密方式或用户名有变：请重新填写密码或授权码"
        raise Invalid(sentence, {"password": sentence})


def _put(source: Source, facts: SourceFacts, wanted: SourceSettings) -> None:
    source.name = facts.name.strip()
    source.channel = facts.channel
    source.district = facts.district.strip()
    source.interval_minutes = facts.interval_minutes
    source.settings = wanted.model_dump(mode="json")
    if facts.secret:
        source.secret = facts.secret


def _start_again(source: Source, now: datetime) -> None:
    """Due now, with a clean slate; a run that is under way will find its claim gone."""
    source.next_run_at = now
    source.errors = 0
    source.last_error = ""
    source.claim = source.claimed_until = None
    if source.state is SourceState.FAILING:
        source.state = SourceState.ACTIVE


def pause(source: Source) -> None:
    """Let a source rest. A run that is under way still ends.

    :raises WrongState: it rests already.
    """
    if source.state is SourceState.PAUSED:
        raise WrongState("这个来源已经暂停：请刷新页面查看最新状态")
    source.state = SourceState.PAUSED


def resume(source: Source, now: datetime) -> None:
    """Let a source run again, at once.

    :raises WrongState: it runs already.
    """
    if source.state is not SourceState.PAUSED:
        raise WrongState("这个来源没有暂停：请刷新页面查看最新状态")
    source.state = SourceState.ACTIVE
    _start_again(source, now)


def run_soon(session: Session, source: Source, now: datetime) -> None:
    """Have the scheduler run a source at its next turn, whatever was put off.

    :raises WrongState: it is paused.
    """
    if source.state is SourceState.PAUSED:
        raise WrongState("来源已暂停：请先恢复，恢复后会立即取一次")
    source.next_run_at = now
    audit.record(session, "run", source)


def remove(session: Session, source: Source) -> None:
    """Forget a source with its run log and its series. The messages it brought stay.

    :raises GuardRefused: it still runs.
    """
    if source.state is not SourceState.PAUSED:
        raise GuardRefused("请先暂停这个来源，再删除")
    session.delete(source)


@dataclass(frozen=True)
class Trial:
    """What a source would bring; nothing is stored.

    :ivar files: of a watched folder: the files that wait there; None of any other source.
    """

    found: Harvest
    files: tuple[str, ...] | None = None


def try_out(
    wanted: SourceSettings,
    facts: SourceFacts,
    secret: str,
    settings: Settings,
    now: datetime,
    network: Network | None = None,
) -> Trial:
    """Look at a source without storing anything (试取).

    :raises FetchFailed: nothing usable came.
    :raises Invalid: a folder outside the roots.
    """
    if isinstance(wanted, FolderSettings):
        return Trial(Harvest(), folders.waiting_in(wanted, settings))
    look = Look.of(
        facts.channel, facts.district, settings, now, secret=secret, most_items=TRIED_ITEMS
    )
    return Trial(connectors.look_at(wanted, look, network or Network.of(settings)))
