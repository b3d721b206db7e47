"""Whether an installation is whole: the schema, the references, the files, the keys, and whatever
else the rooms say must hold (``core.soundness``)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import Table
from sqlalchemy.orm import Session

from responder.core import soundness
from responder.core.database import Schema, schema, schema_problem
from responder.core.identity_keys import KeysUnusable
from responder.intake.identity.authors import keys_of
from responder.intake.identity.rotating import usage
from responder.intake.models import Message
from responder.intake.searching.models import MessageSearch
from responder.operating import portable
from responder.operating.backing_up import named_contents
from responder.settings import Settings

MOST_TOLD = 20
BLOCK = 1 << 20

Look = Callable[[Session, Settings], Iterable[str]]


@dataclass(frozen=True)
class Finding:
    """What one check found.

    :ivar problems: a sentence each, at most :data:`MOST_TOLD`.
    :ivar more: there are others.
    """

    label: str
    problems: tuple[str, ...]
    more: bool = False

    @property
    def is_clean(self) -> bool:
        return not self.problems


def verify(session: Session, settings: Settings) -> Iterator[Finding]:
    """One finding for each check, as it is done; none after a schema of another version."""
    for label, look in LOOKS.items():
        finding = _finding(label, look(session, settings))
        yield finding
        if look is _schema and not finding.is_clean:
            return
    for label, check in soundness.checks().items():
        yield _finding(label, check(session))


def _finding(label: str, problems: Iterable[str]) -> Finding:
    told = tuple(islice(problems, MOST_TOLD + 1))
    return Finding(label, told[:MOST_TOLD], len(told) > MOST_TOLD)


def _schema(_session: Session, _settings: Settings) -> Iterator[str]:
    found = schema()
    if found is not Schema.CURRENT:
        yield schema_problem(found)


def _database_file(session: Session, _settings: Settings) -> Iterator[str]:
    """PostgreSQL looks after its files itself."""
    if session.get_bind().dialect.name != "sqlite":
        return
    for line in session.scalars(sa.text("PRAGMA integrity_check(20)")):
        if line != "ok":
            yield f"数据库文件已损坏（{line}）：请从备份恢复"


def _references(session: Session, _settings: Settings) -> Iterator[str]:
    for table in portable.stored_tables(session.connection()):
        for key in table.foreign_key_constraints:
            lost = session.scalar(_lost(table, key)) or 0
            if lost:
                names = "、".join(column.name for column in key.columns)
                yield (
                    f"{table.name} 有 {lost} 行的 {names} 指向 {key.referred_table.name} 中"
                    "不存在的记录：请从备份恢复"
                )


def _lost(table: Table, key: sa.ForeignKeyConstraint) -> sa.Select[int]:
    """How many rows refer to what is not there."""
    other = key.referred_table.alias()
    pairs = [(element.parent, other.c[element.column.name]) for element in key.elements]
    missing = ~sa.exists().where(*(there == here for here, there in pairs))
    named = [here.is_not(None) for here, _ in pairs]
    return sa.select(sa.func.count()).select_from(table).where(*named, missing)


def _contents(session: Session, settings: Settings) -> Iterator[str]:
    connection = session.connection()
    named = named_contents(connection, portable.stored_tables(connection), settings)
    for name in sorted(named):
        path = settings.state_dir / name
        if not path.is_file():
            yield f"文件 {name} 不在磁盘上：请从备份放回"
        elif _digest(path) != path.name:
            yield f"文件 {name} 的内容与其摘要不符，已被改动或损坏：请从备份放回"


def _digest(path: Path) -> str:
    summed = sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            summed.update(block)
    return summed.hexdigest()


def _identities(session: Session, settings: Settings) -> Iterator[str]:
    stored = usage(session)
    try:
        known = set(keys_of(session).names)
    except KeysUnusable as error:
        if any(stored.values()):
            yield error.message
        return
    for column, counts in stored.items():
        for name, count in counts.items():
            if name not in known:
                yield (
                    f"{column} 有 {count} 项用密钥 {name} 保存，"
                    f"{settings.resolved_identity_keys} 里没有这把密钥：请从备份放回"
                )


def _search_index(session: Session, _settings: Settings) -> Iterator[str]:
    messages = session.scalar(sa.select(sa.func.count()).select_from(Message)) or 0
    indexed = session.scalar(sa.select(sa.func.count()).select_from(MessageSearch)) or 0
    if messages != indexed:
        yield f"{messages - indexed} 条留言还检索不到：请运行 responder search reindex"


# In the order in which they are asked: what the others rest on first.
LOOKS: dict[str, Look] = {
    "数据库版本": _schema,
    "数据库文件": _database_file,
    "记录之间的引用": _references,
    "文件内容与摘要": _contents,
    "身份信息的密钥": _identities,
    "检索索引": _search_index,
}
