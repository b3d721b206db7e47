"""A table in a .zip: which one, and how large it may grow.

Nothing is ever written under a name that stands in the archive.
"""

from __future__ import annotations

import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath

from responder.core import zips
from responder.core.errors import Invalid

TABLE_SUFFIXES = frozenset(
    {".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".csv", ".tsv", ".txt", ".jsonl", ".ndjson"}
)
UNPACKED_FACTOR = 10  # unpacked, a file may be ten times as large as a file may be
MOST_PARTS = 10_000
BLOCK = 1 << 20
_UTF8_NAME = 0x800
_ENCRYPTED = 0x1
# What says that a zip is a workbook itself.
_WORKBOOK_PARTS = frozenset({"[Content_Types].xml", "mimetype"})

# What zipfile raises of an archive that it cannot read; NotImplementedError is its word for a
# compression that it does not know, and ValueError comes of names that are no text.
_SPOILT = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError)


def tables_in(path: Path) -> list[str] | None:
    """The names of the tables in a zip, as people read them; None when it is no zip of files.

    :raises Invalid: a zip that cannot be read, or of too many parts.
    """
    if zips.has_more_parts(path, MOST_PARTS):
        raise Invalid(f"{path.name} 里的文件超过 {MOST_PARTS} 个：请只压缩要导入的那一个")
    if not zips.is_zip(path):
        return None
    with _opened(path) as archive:
        parts = archive.infolist()
        names = {part.filename for part in parts}
    if names & _WORKBOOK_PARTS or any(name.startswith("xl/") for name in names):
        return None
    return [_readable(part) for part in parts if _is_table(part)]


@contextmanager
def unpacked(path: Path, member: str | None, max_megabytes: int) -> Iterator[Path]:
    """The table of a zip, as a file that goes when the block ends; ``path`` when it is none.

    :param member: which, as ``tables_in`` names it; None when there is only one.
    :raises Invalid: several and none named, none at all, a password, too large unpacked.
    """
    tables = tables_in(path) if path.is_file() else None
    if tables is None:
        if member is not None:
            raise Invalid(f"{path.name} 不是装有多个文件的压缩包：请去掉所选的内部文件名")
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="responder-zip-") as folder, _opened(path) as archive:
        part = _choose(path, archive, tables, member)
        target = Path(folder) / f"{path.stem}{PurePosixPath(_readable(part)).suffix}"
        _extract(path, archive, part, target, max_megabytes * UNPACKED_FACTOR)
        yield target


def _choose(
    path: Path, archive: zipfile.ZipFile, tables: list[str], member: str | None
) -> zipfile.ZipInfo:
    listed = "、".join(tables[:20])
    if not tables:
        raise Invalid(f"{path.name} 里没有表格：压缩包内应有一个 .xlsx、.xls、.csv 或 .jsonl 文件")
    if member is None and len(tables) > 1:
        raise Invalid(
            f"{path.name} 里有 {len(tables)} 个表格（{listed}）：请指明导入哪一个",
            {"member": "请选择"},
        )
    wanted = member or tables[0]
    for part in archive.infolist():
        if _is_table(part) and _readable(part) == wanted:
            return part
    raise Invalid(f"{path.name} 里没有“{wanted}”：现有 {listed}", {"member": "请选择"})


def _extract(
    path: Path, archive: zipfile.ZipFile, part: zipfile.ZipInfo, target: Path, megabytes: int
) -> None:
    """Unpack one part, and stop where it grows too large, whatever the directory claims."""
    if part.flag_bits & _ENCRYPTED:
        raise Invalid(f"{path.name} 有密码：请解压后再导入")
    size = 0
    try:
        with archive.open(part) as source, target.open("wb") as file:
            while block := source.read(BLOCK):
                size += len(block)
                if size > megabytes * 1024**2:
                    raise Invalid(
                        f"{path.name} 解压后超过上限 {megabytes} MB，可能是压缩炸弹："
                        "请确认来源可信，拆成几个文件再导入"
                    )
                file.write(block)
    except _SPOILT as error:
        raise _unreadable(path) from error


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        archive = zipfile.ZipFile(path)
    except _SPOILT as error:
        raise _unreadable(path) from error
    with archive:
        yield archive


def _is_table(part: zipfile.ZipInfo) -> bool:
    place = PurePosixPath(_readable(part))
    hidden = place.name.startswith((".", "~$")) or "__MACOSX" in place.parts
    # The suffix first: a part may have no name at all, and then ``is_dir`` fails.
    return place.suffix.lower() in TABLE_SUFFIXES and not hidden and not part.is_dir()


def _readable(part: zipfile.ZipInfo) -> str:
    """A name as it was meant: Windows writes GBK where the format says code page 437.

    What a line or a screen would obey is replaced.
    """
    name = part.filename
    if not part.flag_bits & _UTF8_NAME:
        with suppress(UnicodeError):
            name = name.encode("cp437").decode("gb18030")
    return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in name)


def _unreadable(path: Path) -> Invalid:
    return Invalid(f"{path.name} 不是可以读取的压缩包（可能已损坏）：请重新压缩，或解压后再导入")
