"""A watched folder (监视文件夹): files put there are imported and put away.

A file that is still being written is left alone; one that is taken is first moved to
``working/``, from where an interrupted import goes on. Afterwards it lies in ``done/``, or,
when it cannot be read at all, in ``failed/`` beside a text that says why. Rows that were
returned lie in ``failed/`` as a workbook. Names never lead out of the folder.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from responder.core.errors import DomainError, Invalid
from responder.core.permissions import SYSTEM
from responder.core.times import local
from responder.intake.imports.importing import ImportReport, ImportRequest, Watch, import_file
from responder.intake.imports.mapping import ColumnMapping
from responder.intake.imports.saved_mappings import get_mapping
from responder.intake.models import Channel
from responder.settings import Settings
from responder.sources import rules
from responder.sources.fetching import FetchFailed
from responder.sources.kinds import FolderSettings

log = logging.getLogger(__name__)

WORKING, DONE, FAILED = "working", "done", "failed"
UNCHANGED_FOR = timedelta(seconds=20)
OWN_FOLDER = "inbox"  # below the state folder, where the office names no other
_HALF_WRITTEN = (".part", ".tmp", ".partial", ".crdownload", ".filepart", ".!ut", ".swp", "~")


@dataclass
class Put:
    """What became of the files of one look. Counts are rows.

    :ivar lines: a sentence for each file.
    :ivar waiting: what to remember of files that are not finished yet.
    :ivar left: files of ``working/`` were left for the next look.
    """

    fetched: int = 0
    created: int = 0
    repeated: int = 0
    refused: int = 0
    lines: list[str] = field(default_factory=list)
    waiting: dict[str, list[Any]] = field(default_factory=dict)
    left: bool = False


@dataclass(frozen=True)
class Taking:
    """How files are taken: into which channel, read how, and for how long.

    :param goes_on: asked before each portion of rows; False leaves the rest for later.
    """

    channel: Channel
    mapping: ColumnMapping
    settings: Settings
    now: datetime
    goes_on: Callable[[], bool] = lambda: True


def roots(settings: Settings) -> list[Path]:
    """The folders under which a watched folder may lie."""
    listed = filter(None, re.split(r"[,，;；\n]+", settings.source_folder_roots))
    found = [Path(entry.strip()).resolve() for entry in listed if entry.strip()]
    return found or [settings.state_dir.resolve() / OWN_FOLDER]


def locate(wanted: FolderSettings, settings: Settings) -> Path:
    """Where the folder is, links followed.

    :raises Invalid: it leads out of the roots.
    """
    allowed = roots(settings)
    path = (allowed[0] / wanted.folder).resolve()
    if not any(path != root and path.is_relative_to(root) for root in allowed):
        places = "、".join(str(root) for root in allowed)
        sentence = f"文件夹须在 {places} 之内：请改填其中的文件夹名"
        raise Invalid(sentence, {"folder": sentence})
    return path


def files_in(folder: Path) -> dict[str, list[int]]:
    """The files to be imported: name → size and time of change (ns). No links, no leftovers.

    :raises FetchFailed: the folder cannot be read.
    """
    try:
        with os.scandir(folder) as entries:
            found = {
                entry.name: entry.stat(follow_symlinks=False)
                for entry in entries
                if entry.is_file(follow_symlinks=False) and _is_meant(entry.name)
            }
    except OSError as error:
        raise FetchFailed(
            f"文件夹 {folder} 无法读取（{error.strerror}）：请建好文件夹，并让本服务可以读写"
        ) from error
    return {name: [facts.st_size, facts.st_mtime_ns] for name, facts in found.items()}


def _is_meant(name: str) -> bool:
    if name != name.encode("utf-8", "replace").decode():
        return False  # bytes that are no text; shown nowhere, stored nowhere
    return not name.startswith((".", "~$")) and not name.lower().endswith(_HALF_WRITTEN)


def collect(wanted: FolderSettings, taking: Taking, seen: dict[str, Any]) -> Put:
    """Import what has stopped growing, and what an earlier look left half-way.

    :param seen: ``Put.waiting`` of the look before.
    :raises FetchFailed: the folder cannot be read or written.
    :raises Invalid: the folder has come to lead out of the roots.
    """
    folder = locate(wanted, taking.settings)
    try:
        for name in (WORKING, DONE, FAILED):
            (folder / name).mkdir(parents=True, exist_ok=True)
            if (folder / name).is_symlink():
                raise FetchFailed(f"{folder / name} 是链接，不能使用：请换成普通文件夹")
    except OSError as error:
        raise FetchFailed(
            f"文件夹 {folder} 无法写入（{error.strerror}）：请让本服务可以读写"
        ) from error
    ripe, waiting = rules.settled(files_in(folder), seen, taking.now, UNCHANGED_FOR)
    for name in ripe:
        os.rename(folder / name, _free(folder / WORKING, name, taking))
    put = Put(waiting=waiting)
    for name in sorted(files_in(folder / WORKING)):
        if put.left or not taking.goes_on():
            put.left = True
            break
        _put_away(folder, name, taking, put)
    return put


def _put_away(folder: Path, name: str, taking: Taking, put: Put) -> None:
    path = folder / WORKING / name
    returned = _free(folder / FAILED, f"{Path(name).stem}-退回.xlsx", taking)
    request = ImportRequest(path, taking.channel, taking.mapping, errors_path=returned)
    try:
        watch = Watch(goes_on=taking.goes_on)
        report = import_file(request, SYSTEM, taking.settings, taking.now, watch)
    except DomainError as error:
        _reject(folder, name, error.message, taking, put)
    except (OSError, SQLAlchemyError):
        raise  # nothing that the file can help: it is tried again
    except Exception:
        log.exception("a file of a watched folder cannot be read")  # its name may name somebody
        _reject(folder, name, "无法识别这个文件：请另存为 .xlsx 或 .csv 后重新放入", taking, put)
    else:
        if report.finished:
            os.rename(path, _free(folder / DONE, name, taking))
            _add(put, name, report)
        else:
            put.left = True
            put.lines.append(f"{name}：停在第 {report.rows} 行，下次从这里接着导入")


def _reject(folder: Path, name: str, sentence: str, taking: Taking, put: Put) -> None:
    """Put a file away that cannot be read, and say why beside it."""
    os.rename(folder / WORKING / name, _free(folder / FAILED, name, taking))
    reason = _free(folder / FAILED, f"{name}.原因.txt", taking)
    reason.write_text(f"{sentence}\n", encoding="utf-8")
    put.fetched += 1
    put.refused += 1
    put.lines.append(f"{name}：{sentence}")


def _add(put: Put, name: str, report: ImportReport) -> None:
    put.fetched += report.rows
    put.created += report.created
    put.repeated += report.duplicates
    put.refused += report.errors
    line = f"{name}：{report.rows} 行，新增 {report.created}，重复 {report.duplicates}"
    if report.errors_file is not None:
        line += f"，退回 {report.errors}（见 {FAILED}/{report.errors_file.name}）"
    put.lines.append(line)


def _free(folder: Path, name: str, taking: Taking) -> Path:
    """Where a file can go without displacing another of its name."""
    path = folder / name
    number = 1
    while path.exists() or path.is_symlink():
        stamp = f"{local(taking.now, taking.settings.zone):%Y%m%d-%H%M%S}-{number}"
        path = folder / f"{Path(name).stem}.{stamp}{Path(name).suffix}"
        number += 1
    return path


def mapping_of(session: Session, wanted: FolderSettings) -> ColumnMapping:
    """A shipped mapping, or one that a person saved.

    :raises Invalid: no mapping of that name, as when it was deleted since.
    """
    return get_mapping(session, wanted.mapping)


def waiting_in(wanted: FolderSettings, settings: Settings) -> tuple[str, ...]:
    """The files that wait there, by name; none where the folder is yet to be made.

    :raises FetchFailed: the folder cannot be read.
    :raises Invalid: it leads out of the roots.
    """
    path = locate(wanted, settings)
    return tuple(sorted(files_in(path))) if path.exists() else ()
