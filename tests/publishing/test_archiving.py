"""An item as one .zip: everything is in it, and whatever was done to the file is named."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import pytest

from responder.core.console import DONE_WITH_REFUSALS
from responder.core.errors import Invalid
from responder.core.permissions import CONSOLE
from responder.publishing.archiving.packing import MANIFEST, as_json, pack
from responder.publishing.archiving.verifying import LARGEST, Fault, verify
from tests.factories import NOW

TEXTS = {"a.txt": "甲".encode(), "texts/b.txt": "乙".encode(), "空.json": b""}
Members = dict[str, bytes]


def packed(path: Path, contents: Members = TEXTS) -> Path:
    with path.open("w+b") as target:
        pack(target, {"item": {"id": 1}}, contents)
    return path


def rewritten(path: Path, change: Callable[[Members], None], how: int = ZIP_STORED) -> Path:
    """The archive as somebody else's program would write it after a change."""
    with ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    with ZipFile(path, "w", how) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def faults(path: Path) -> list[tuple[str, Fault]]:
    return [(one.path, one.fault) for one in verify(path).problems]


def test_the_same_contents_are_the_same_bytes_in_whatever_order(tmp_path):
    one = packed(tmp_path / "1.zip")
    other = packed(tmp_path / "2.zip", dict(reversed(TEXTS.items())))
    assert one.read_bytes() == other.read_bytes()
    verdict = verify(one)
    assert (verdict.is_whole, verdict.members) == (True, 3)


CHANGES: dict[str, tuple[Callable[[Members], object], list[tuple[str, Fault]]]] = {
    "changed": (lambda m: m.update({"a.txt": "丙".encode()}), [("a.txt", Fault.CHANGED)]),
    "missing": (lambda m: m.pop("texts/b.txt"), [("texts/b.txt", Fault.MISSING)]),
    "added": (lambda m: m.update({"../../x": b"x"}), [("../../x", Fault.ADDED)]),
    "all": (
        lambda m: (m.pop("a.txt"), m.update({"b": b"", "空.json": b"{}"})),
        [("a.txt", Fault.MISSING), ("b", Fault.ADDED), ("空.json", Fault.CHANGED)],
    ),
}


@pytest.mark.parametrize("case", CHANGES)
def test_what_was_done_to_a_member_is_named(tmp_path, case):
    change, expected = CHANGES[case]
    assert faults(rewritten(packed(tmp_path / "1.zip"), change)) == expected


def test_what_no_member_shows_is_found_as_well(tmp_path):
    path = packed(tmp_path / "1.zip")
    whole = path.read_bytes()
    path.write_bytes(whole + b"more")
    assert faults(path) == [("1.zip", Fault.BEYOND)]
    path.write_bytes(b"before" + whole)
    assert faults(path) == [("1.zip", Fault.BEYOND)]
    path.write_bytes(whole.replace("甲".encode(), "丙".encode()))  # its checksum left as it was
    assert faults(path) == [("a.txt", Fault.CHANGED)]
    path.write_bytes(whole)
    with ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("a.txt", "甲")
    assert faults(path) == [("a.txt", Fault.TWICE)]


def manifest_of(members: object) -> bytes:
    return json.dumps({"format": "responder-archive/1", "members": members}).encode()


HOSTILE = {
    "no manifest": {"a.txt": b""},
    "no json": {MANIFEST: b"\xff\xfe"},
    "deep": {MANIFEST: b"[" * 100_000},
    "no list": {MANIFEST: manifest_of(7)},
    "no member": {MANIFEST: manifest_of([None])},
    "endless": {
        MANIFEST: b'{"format":"responder-archive/1","members":[{"path":"a","size":1e999}]}'
    },
    "itself": {MANIFEST: manifest_of([{"path": MANIFEST, "size": 1, "sha256": ""}])},
    "other": {MANIFEST: json.dumps({"format": "other"}).encode()},
}


@pytest.mark.parametrize("case", HOSTILE)
def test_what_is_no_archive_is_refused(tmp_path, case):
    path = tmp_path / "x.zip"
    with ZipFile(path, "w") as archive:
        for name, content in HOSTILE[case].items():
            archive.writestr(name, content)
    with pytest.raises(Invalid, match="不是回应台导出的归档文件"):
        verify(path)


def test_nothing_compressed_is_unpacked_and_nothing_huge_is_read(tmp_path):
    path = packed(tmp_path / "1.zip")
    with pytest.raises(Invalid, match="归档文件"):
        verify(rewritten(path, lambda _: None, ZIP_DEFLATED))  # the manifest too
    packed(path)
    with ZipFile(path, "a", ZIP_DEFLATED) as archive:
        archive.writestr("bomb", b"0" * 1_000_000)
    assert faults(path) == [("bomb", Fault.ADDED)]
    huge = tmp_path / "huge.zip"
    with huge.open("wb") as target:
        target.truncate(LARGEST + 1)  # takes no room on the disk
    for odd in (huge, tmp_path / "none.zip", tmp_path, Path("/dev/null")):
        with pytest.raises(Invalid):
            verify(odd)


def test_a_members_name_is_not_obeyed_by_the_screen(app, tmp_path):
    path = packed(tmp_path / "1.zip")
    rewritten(path, lambda m: m.update({"\x1b[2J完整\n": b""}))
    told = app.test_cli_runner().invoke(args=["responses", "verify", str(path)])
    assert told.exit_code == DONE_WITH_REFUSALS
    assert "\x1b" not in told.stdout
    assert len(told.stdout.splitlines()) == 1


def test_json_is_the_same_for_the_same_value_and_knows_its_kinds():
    assert as_json({"b": Fault.ADDED, "a": NOW}) == as_json({"a": NOW, "b": Fault.ADDED})
    with pytest.raises(TypeError, match="no JSON form"):
        as_json({"a": CONSOLE})
