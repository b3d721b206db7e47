"""Parts of a zip are counted as whoever opens it would meet them, and no further than is asked."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from responder.core.zips import has_more_parts, is_zip


def packed(count: int, before: bytes = b"", comment: bytes = b"") -> bytes:
    file = BytesIO(before)
    with zipfile.ZipFile(file, "a") as archive:
        for number in range(count):
            part = zipfile.ZipInfo(f"{number}.txt")
            part.comment, part.extra = b"c" * number, b"\x01\x00\x02\x00ab"
            archive.writestr(part, b"")
        archive.comment = comment
    return file.getvalue()


@pytest.mark.parametrize("before", [b"", b"something that runs"])
@pytest.mark.parametrize("comment", [b"", b"PK, a comment"])
def test_one_more_is_more_and_as_many_are_not(before: bytes, comment: bytes) -> None:
    content = BytesIO(packed(5, before, comment))
    assert has_more_parts(content, 4)
    assert not has_more_parts(content, 5)
    assert content.tell() == 0


def test_a_large_zip_is_counted_like_a_small_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", 3)  # more are told in zip64
    content = BytesIO(packed(5))
    assert b"PK\x06\x06" in content.getvalue()
    assert len(zipfile.ZipFile(content).infolist()) == 5
    assert has_more_parts(content, 4)
    assert not has_more_parts(content, 5)


def test_what_is_no_zip_or_a_spoilt_one_has_no_parts(tmp_path: Path) -> None:
    path = tmp_path / "file"
    whole = packed(5)
    for content in (b"", b"PK", whole[:-10], whole.replace(b"PK\x01\x02", b"PK__"), whole[-22:]):
        path.write_bytes(content)
        assert not has_more_parts(path, 0), content
    assert not is_zip(tmp_path / "nothing")
