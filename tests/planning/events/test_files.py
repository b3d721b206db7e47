"""Files of an event: kept once, whole or not at all."""

from __future__ import annotations

import os
import time
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from responder.core import audit
from responder.core.database import transaction
from responder.core.errors import Invalid, NotFound
from responder.core.permissions import CONSOLE
from responder.planning.events import files
from responder.planning.events.models import EventFile, FileKind
from responder.planning.models import PressEvent
from tests.factories import NOW
from tests.planning import factories as make

CONTENT = b"%PDF-1.7 \x00\xff"


def add(root: Path, event: PressEvent, name: str = "通稿.pdf") -> EventFile:
    kept = files.keep(root, BytesIO(CONTENT), name, 1)
    with transaction(CONSOLE, NOW) as session:
        return files.add_file(
            session, event, kept, name, "application/pdf", FileKind.MATERIAL, CONSOLE, NOW
        )


def test_a_content_lies_under_its_digest_once(session: Session, tmp_path: Path) -> None:
    root = tmp_path / "files"
    first, second = add(root, make.event()), add(root, make.event(), "..\\..\\副本/另一份.pdf")
    digest = sha256(CONTENT).hexdigest()
    assert [path.name for path in root.iterdir()] == [digest]
    assert (first.digest, first.size, second.name) == (digest, len(CONTENT), "另一份.pdf")
    assert files.content_of(root, first).read_bytes() == CONTENT
    assert (root / digest).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"", "空文件"), (b"%PDF-" + b"x" * 1024**2, "超过 1 MB"), (b"MZ\x90", "不是 pdf 文件")],
)
def test_bad_files_are_refused_in_words_and_leave_nothing(
    tmp_path: Path, content: bytes, sentence: str
) -> None:
    with pytest.raises(Invalid, match=sentence):
        files.keep(tmp_path, BytesIO(content), "通稿.pdf", 1)
    assert list(tmp_path.iterdir()) == []


class Broken(BytesIO):
    def read(self, size: int | None = -1) -> bytes:
        raise OSError(5, "Input/output error")


def test_half_of_a_file_is_never_there(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="没有保存下来"):
        files.keep(tmp_path, Broken(), "通稿.pdf", 1)
    assert list(tmp_path.iterdir()) == []


def test_a_deleted_file_is_in_the_trail_and_its_content_goes_later(
    session: Session, tmp_path: Path
) -> None:
    event = make.event()
    file, twin = add(tmp_path, event), add(tmp_path, event, "副本.pdf")
    with transaction(CONSOLE, NOW) as writing:
        files.remove_file(writing, file)
    assert audit.history(session, file)[-1].action == "delete"
    long_ago = time.time() - files.KEPT_SECONDS - 60
    os.utime(tmp_path / twin.digest, (long_ago, long_ago))
    assert files.sweep(session, tmp_path) == 0  # its twin is still there
    with transaction(CONSOLE, NOW) as writing:
        files.remove_file(writing, twin)
    assert files.sweep(session, tmp_path) == 1
    assert list(tmp_path.iterdir()) == []


def test_what_was_just_uploaded_is_not_swept(session: Session, tmp_path: Path) -> None:
    files.keep(tmp_path, BytesIO(CONTENT), "通稿.pdf", 1)
    assert files.sweep(session, tmp_path) == 0
    assert files.sweep(session, tmp_path / "nowhere") == 0


def test_a_content_that_is_gone_is_said_to_be(session: Session, tmp_path: Path) -> None:
    file = add(tmp_path, make.event())
    (tmp_path / file.digest).unlink()
    with pytest.raises(NotFound, match="备份"):
        files.content_of(tmp_path, file)
