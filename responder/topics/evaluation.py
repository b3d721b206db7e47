"""An office's own messages and labels: how good are the topics on them?

Nothing is stored. Messages come in as an import reads them, and are gathered by the same
call as the product's, with the shipped settings.
"""

from __future__ import annotations

import csv
import os
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from nlp import Document, Scores, evaluate, normalise
from nlp.stream import gather
from responder.core.errors import Invalid
from responder.intake.files import Row, open_table
from responder.intake.imports.reading import FileMessages, Source, read_file
from responder.intake.imports.rows import Refusal
from responder.intake.rules import Unreadable, parse_identifier, parse_text
from responder.settings import Settings
from responder.topics.gathering import heading

MESSAGE_ID, TOPIC_ID = "message_id", "topic_id"
NAMED = 5
"""How many ids or rows an error names."""
WARM_UP = 50
"""How many messages are gathered before the clock starts."""


@dataclass(frozen=True)
class Messages:
    """What a file holds, in its order: ids (empty where a row has none), texts, moments.

    :param documents: (heading, body), normalised.
    :param moments: seconds since 1970.
    :param repeats: rows that said the same again under the same id, left out as an import does.
    """

    ids: list[str]
    documents: list[Document]
    moments: list[float]
    repeats: int
    refusals: list[Refusal]

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True)
class Gathered:
    """The topic of each message, from 1 by first message; seconds from text to topic."""

    topics: list[int]
    seconds: float


def read_messages(
    source: Source, settings: Settings, now: datetime, with_ids: bool = True
) -> Messages:
    """The messages of a file, read and normalised as the product does.

    :param with_ids: False: the file need not have a column of ids.
    :raises Invalid: the file cannot be read, its ids have no column, or one id stands for
        different messages.
    """
    read = read_file(source, settings, now, with_ids)
    return _normalised(read, source.path)


def _normalised(read: FileMessages, path: Path) -> Messages:
    ids = [one.external_id or "" for one in read.said]
    twice = [key for key, count in Counter(ids).items() if key and count > 1]
    if twice:
        raise Invalid(
            f"{path.name} 中有 {len(twice)} 个编号各指不同的留言（{_some(twice)}）："
            "请改成一条一个编号"
        )
    return Messages(
        ids,
        [as_document(one.title, one.body, one.place) for one in read.said],
        [one.occurred_at.timestamp() for one in read.said],
        read.repeats,
        read.refusals,
    )


def as_document(title: str, body: str, place: str) -> Document:
    """What topics are made from: (heading, body), normalised, as a refresh has them."""
    return heading(normalise(title), normalise(place)), normalise(body)


def gather_timed(messages: Messages, clock: Callable[[], float] = time.perf_counter) -> Gathered:
    """Gather all messages in the order of time, and say how long that took.

    The clock runs from segmenting to assignment, on one core; reading and normalising the file
    is over by then. A few messages are gathered beforehand and forgotten, so that loading
    dictionaries and compiling loops, which happen once in a process, do not count.
    """
    gather(messages.documents[:WARM_UP], messages.moments[:WARM_UP])
    started = clock()
    found = gather(messages.documents, messages.moments)
    seconds = clock() - started
    numbers: dict[int, int] = {}
    return Gathered(
        [numbers.setdefault(topic, len(numbers) + 1) for topic in found.tolist()], seconds
    )


def read_labels(path: Path, settings: Settings) -> dict[str, str]:
    """Message id → labelled topic id, from a table with these two columns.

    :raises Invalid: a column is missing, a cell is empty, or a message is labelled twice.
    """
    pairs = _columns(path, (MESSAGE_ID, TOPIC_ID), settings)
    twice = [key for key, count in Counter(key for key, _ in pairs).items() if count > 1]
    if twice:
        raise Invalid(
            f"{path.name} 中有 {len(twice)} 条留言标注了不止一次（{_some(twice)}）：请只留一行"
        )
    return dict(pairs)


def read_ignored(path: Path, settings: Settings) -> set[str]:
    """Ids of messages that are left out of every score, from a table with that column.

    :raises Invalid: the column is missing, or a cell is empty.
    """
    return {message for (message,) in _columns(path, (MESSAGE_ID,), settings)}


def _columns(path: Path, names: Sequence[str], settings: Settings) -> list[Any]:
    """One tuple of cells for each row, in the order of ``names``."""
    table = open_table(path, settings.import_max_megabytes)
    headings = [parse_text(cell).casefold() for cell in table.top[0].cells]
    missing = [name for name in names if name not in headings]
    if missing:
        raise Invalid(f"{path.name} 缺少列 {'、'.join(missing)}：第一行应是表头 {','.join(names)}")
    places = [headings.index(name) for name in names]
    rows = [*table.top[1:], *table.rest]
    values = [_values(row, places) for row in rows]
    bad = [str(row.number) for row, found in zip(rows, values, strict=True) if not all(found)]
    if bad:
        raise Invalid(f"{path.name} 第 {_some(bad)} 行无法读取：每行须填 {'、'.join(names)}")
    return values


def _values(row: Row, places: Sequence[int]) -> tuple[str, ...]:
    """The cells at these places; an empty one for what cannot be read for certain."""
    try:
        return tuple(
            parse_identifier(row.cells[place]) if place < len(row.cells) else "" for place in places
        )
    except Unreadable:
        return ("",)


def require_known(
    messages: Messages, labels: Mapping[str, str], ignored: Iterable[str] = ()
) -> dict[str, str]:
    """The labels that count: of messages at hand, the ignored ones left out.

    :raises Invalid: a labelled message is not among the messages, or no label is left.
    """
    left_out, known = set(ignored), set(messages.ids)
    labelled = {key: topic for key, topic in labels.items() if key not in left_out}
    if not labelled:
        raise Invalid("没有可比对的标注：请检查标注文件是否有数据行，是否全被 --ignore 排除")
    unknown = [key for key in labelled if key not in known]
    if unknown:
        refused = f"（留言文件另有 {len(messages.refusals)} 行无法读取）"
        raise Invalid(
            f"有 {len(unknown)} 条标注的留言不在留言文件中：{_some(unknown)}"
            f"{refused if messages.refusals else ''}；请核对标注与留言是否同源、编号是否一致"
        )
    return labelled


def score(messages: Messages, topics: Sequence[int], labelled: Mapping[str, str]) -> Scores:
    """Compare topics, one for each message, with the labels that ``require_known`` let pass."""
    return evaluate(dict(zip(messages.ids, topics, strict=True)), labelled)


def write_assignments(path: Path, messages: Messages, topics: Sequence[int]) -> None:
    """Write message_id, topic_id of every message that has an id: all of the file or nothing.

    :raises Invalid: the file cannot be written.
    """
    partial = ""
    try:
        descriptor, partial = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow((MESSAGE_ID, TOPIC_ID))
            pairs = zip(messages.ids, topics, strict=True)
            writer.writerows((key, topic) for key, topic in pairs if key)
            file.flush()
            os.fsync(file.fileno())
        Path(partial).replace(path)
    except OSError as error:
        if partial:
            Path(partial).unlink(missing_ok=True)
        raise Invalid(
            f"无法写入 {path}（{error.strerror}）：请检查目录是否存在、是否可写"
        ) from error


def _some(names: Sequence[str]) -> str:
    return "、".join(names[:NAMED]) + (" 等" if len(names) > NAMED else "")
