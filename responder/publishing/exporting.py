"""The whole column as files that any web server can serve, from any folder.

Pages link to one another by name alone. What is written is whole: everything is made in a new
folder beside the wanted one, which then takes its name.
"""

from __future__ import annotations

import errno
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from flask import current_app, render_template
from sqlalchemy.orm import Session

from responder.core import disk
from responder.core.errors import Invalid
from responder.publishing import front, service
from responder.publishing.feed import (
    FEED_ENTRIES,
    SITEMAP_ADDRESSES,
    atom,
    json_feed,
    sitemap_of,
    sitemap_pages,
)
from responder.publishing.models import Entry
from responder.publishing.packages.exporting import require_contents, write_policy
from responder.publishing.places import Files
from responder.settings import Settings

MARK = ".responder-export"  # says that a folder is ours to replace
ENTRIES_A_PAGE = 50
READABLE_FOLDER, READABLE_FILE = 0o755, 0o644  # a web server runs as somebody else
_MOUNTED = "{folder} 是挂载点，不能整个换成新的：请导出到它里面的一个目录"


@dataclass(frozen=True)
class Exported:
    entries: int
    files: int


def export(session: Session, folder: Path, site: str, settings: Settings) -> Exported:
    """Write the column into ``folder``, in place of an earlier export.

    :param site: the address under which it will be served; feeds and sitemap need it whole.
    :raises Invalid: no address, or the folder holds something else, or cannot be written, or
        the content of a public attachment is not on this disk.
    """
    if not site.startswith(("http://", "https://")):
        raise Invalid(
            "请用 --address 或 RESPONDER_PUBLIC_URL 给出栏目对外的地址，"
            "以 https:// 开头：订阅源和站点地图里要写完整的地址"
        )
    folder = folder.resolve()  # a link to the folder stays, and leads to the new export
    old = folder.with_name(f".{folder.name}.old")
    try:
        if old.is_symlink():
            old.unlink()
        elif old.exists() and not folder.exists():
            old.rename(folder)  # an export was killed between its two last steps
        _require_ours(folder)
        require_contents(session, settings)
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{folder.name}.", dir=folder.parent) as name:
            new = Path(name, "new")
            new.mkdir()
            entries = list(session.scalars(service.entries()))
            _write_all(session, new, entries, site, settings)
            files = sum(1 for path in new.iterdir() if path.name != MARK)
            _put_in_place(new, folder, old)
    except OSError as error:
        if error.errno == errno.EBUSY:
            raise Invalid(_MOUNTED.format(folder=folder)) from error
        raise Invalid(
            f"无法写入 {folder}（{disk.reason(error)}）：请检查目录权限和磁盘空间"
        ) from error
    return Exported(len(entries), files)


def _require_ours(folder: Path) -> None:
    if not folder.exists():
        return
    if folder.is_mount():
        raise Invalid(_MOUNTED.format(folder=folder))
    if not folder.is_dir() or (any(folder.iterdir()) and not (folder / MARK).exists()):
        raise Invalid(f"{folder} 里有别的内容，不会覆盖：请换一个新的或空的目录")


def _put_in_place(new: Path, folder: Path, old: Path) -> None:
    for path in (new, *new.iterdir()):
        path.chmod(READABLE_FOLDER if path.is_dir() else READABLE_FILE)
    if not folder.exists():
        new.rename(folder)
        return
    shutil.rmtree(old, ignore_errors=True)
    folder.rename(old)
    try:
        new.rename(folder)
    except OSError:
        old.rename(folder)
        raise
    shutil.rmtree(old)


def _write_all(
    session: Session, folder: Path, entries: Sequence[Entry], site: str, settings: Settings
) -> None:
    places = Files()
    pages = range(1, max(1, -(-len(entries) // ENTRIES_A_PAGE)) + 1)
    for number in pages:
        shown = entries[(number - 1) * ENTRIES_A_PAGE :][:ENTRIES_A_PAGE]
        text = render_template(
            "publishing/export/index.html", places=places, entries=shown,
            total=len(entries), number=number, pages=len(pages),
        )  # fmt: skip
        _write(folder, places.index(number), text)
    for entry in entries:
        text = render_template("publishing/export/show.html", places=places, entry=entry)
        _write(folder, places.entry(entry.id), text)
    latest = list(session.scalars(service.latest(FEED_ENTRIES)))
    _write(folder, places.feed(), atom(latest, settings, site, places))
    _write(folder, places.json_feed(), json_feed(latest, settings, site, places))
    pages_of_policy = write_policy(session, folder, site, settings)
    entries_first = sitemap_pages(service.addresses(session, SITEMAP_ADDRESSES), places)
    (folder / "sitemap.xml").write_bytes(sitemap_of([*entries_first, *pages_of_policy], site))
    _write_look(folder, settings)
    (folder / MARK).touch()


def _write(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text, encoding="utf-8")


def _write_look(folder: Path, settings: Settings) -> None:
    """What the pages look like."""
    own = Path(current_app.static_folder or "")
    for name in (*front.STYLES, "icon.svg"):
        shutil.copyfile(own / name, folder / name)
    if settings.public_accent:
        _write(folder, front.THEME, front.theme(settings.public_accent))
    if settings.public_logo:
        shutil.copyfile(front.logo_file(settings), folder / front.logo_name(settings))
