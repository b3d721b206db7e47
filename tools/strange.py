"""A world of strange texts: everything that people write, in every table, at its full length.

    disturb(folder)

Texts without a space, Traditional, emoji with joiners, right to left, characters beyond the
first plane, zero width, markup, formulas. What a program writes (codes, digests, addresses,
what is chosen from a list) stays, or the product would rightly say that it is damaged.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Column, Enum, String, Table, select, update
from sqlalchemy.orm import Session

from responder import create_app
from responder.core.database import Base, db, transaction
from responder.core.identity import Sealed
from responder.core.permissions import CONSOLE
from tools.world import settings_in

LONGEST = 5_000
SEALED = 30  # a name; sealed it must fit in the column
PIECES = (
    "𠮷野家㙍𪚥龘𠀀",
    "👩‍👩‍👧‍👦🏳️‍🌈🇨🇳👍🏿",
    "مرحبا بالعالم ١٢٣",
    "שלום",
    "臺灣繁體裡後髮麵",
    "零\u200b宽\u200d连\u2060接\ufeff",
    "e\u0301\u0323o\u0308",
    "<b onclick=x>&amp;\"'</b>",
    "=1+1",
    "100%达标%s%(x)d{y}",
)
FOREIGN = PIECES[:7]  # what no program writes; each text has some of it, however short
UNBROKEN = "Donaudampfschifffahrtsgesellschaft" * 200
# Written by a program, or read by one.
KEYS = frozenset({
    "action", "address", "answer_format", "answer_key", "applicant_code", "applicant_contact",
    "applicant_phone", "author_key", "cadence", "channel", "channels", "claim", "closes", "code",
    "crossing", "cue_words", "decision", "detail", "digest", "document_number", "email",
    "external_id", "file_digest", "fingerprint", "folder", "format", "group", "host",
    "index_number", "initials", "key", "kind", "lead", "level", "link", "mapping", "mark",
    "measure", "media_type", "member", "names", "number", "object_type", "occasion", "own_key",
    "parcel", "password_hash", "pending", "phone", "pinyin", "prefix", "private_kinds", "proof",
    "receiver", "rule", "runner", "runner_id", "scheme", "scopes", "scoring", "secret",
    "series_uid", "sheet", "signature", "source_url", "stamp", "standing_key", "stands_in_for",
    "starts_from", "stopped_by", "subject", "token", "uid", "url", "username", "way",
})  # fmt: skip
# What the product ships and refers to by its words.
SHIPPED = frozenset({"message_search", "search_name", "summary_template", "audit_event"})


def text_for(row: int, limit: int) -> str:
    """A strange text of exactly this length, another one for each row."""
    pieces = PIECES[row % len(PIECES) :] + PIECES[: row % len(PIECES)]
    end = f"·{row}"
    return ("".join(pieces) + UNBROKEN)[: max(limit - len(end), 0)] + end[-limit:]


def written(table: Table) -> list[Column[str]]:
    """The columns of a table that hold what people write."""
    if table.name in SHIPPED or "id" not in table.columns:
        return []
    return [
        column
        for column in table.columns
        if isinstance(column.type, String | Sealed)
        and not isinstance(column.type, Enum)
        and column.name not in KEYS
    ]


def disturb(folder: Path) -> None:
    """Put a strange text wherever somebody has written something."""
    app = create_app(settings_in(folder))
    with app.app_context():
        with transaction(CONSOLE) as session:
            for table in Base.metadata.sorted_tables:
                if columns := written(table):
                    _disturb(session, table, columns)
        db.engine.dispose()


def _disturb(session: Session, table: Table, columns: Sequence[Column[str]]) -> None:
    for row in session.execute(select(table.c.id, *columns)).all():
        values = {
            column.name: text_for(row[0], min(_length(column), LONGEST))
            for column, value in zip(columns, row[1:], strict=True)
            if value
        }
        if values:
            session.execute(update(table).where(table.c.id == row[0]).values(values))


def _length(column: Column[str]) -> int:
    if isinstance(column.type, Sealed):
        return SEALED
    return getattr(column.type, "length", None) or LONGEST
