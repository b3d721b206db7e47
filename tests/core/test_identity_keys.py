"""The key file, and what is stored under its keys."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from responder.core.identity_keys import KeyRing, KeysUnusable

PHONE = b"message.phone"


@pytest.fixture
def ring(tmp_path: Path) -> KeyRing:
    ring = KeyRing(tmp_path / "state" / "identity_keys")
    ring.make()
    return ring


def test_the_file_is_its_owners_alone_and_made_once(ring: KeyRing) -> None:
    before = ring.path.read_text()
    ring.make()
    assert ring.path.read_text() == before
    assert stat.S_IMODE(ring.path.stat().st_mode) == 0o600


def test_a_new_file_is_on_the_disk_before_it_takes_its_place(
    ring: KeyRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = ring.names
    other = KeyRing(ring.path.with_name("other_keys"))
    seen: list[tuple[str, int, bool]] = []
    sync = os.fsync

    def watching(descriptor: int) -> None:
        facts = os.fstat(descriptor)
        kind = "folder" if stat.S_ISDIR(facts.st_mode) else oct(stat.S_IMODE(facts.st_mode))
        seen.append((kind, len(KeyRing(ring.path).names), other.path.exists()))
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", watching)
    left = ring.path.with_name(f"{ring.path.name}.new")
    left.write_text("half")  # by a process that died, for everybody to read
    left.chmod(0o644)
    ring.add()
    other.make()
    assert seen == [
        ("0o600", 1, False), ("folder", 2, False), ("0o600", 2, False), ("folder", 2, True),
    ]  # fmt: skip
    assert ring.names[:1] == before


def test_a_disk_that_fails_leaves_what_was_there(
    ring: KeyRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = ring.path.read_text()
    other = KeyRing(ring.path.with_name("other_keys"))

    def fail(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(KeysUnusable, match="无法写入"):
        ring.add()
    with pytest.raises(KeysUnusable, match="无法写入"):
        other.make()
    assert ring.path.read_text() == before
    assert list(ring.path.parent.iterdir()) == [ring.path]


@given(st.text())
def test_what_is_sealed_can_be_opened(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    ring = KeyRing(tmp_path_factory.getbasetemp() / "shared_keys")
    ring.make()
    assert ring.open(ring.seal(text, PHONE), PHONE) == text


def test_equal_texts_are_stored_differently_and_never_in_the_plain(ring: KeyRing) -> None:
    one, two = (ring.seal("13812345678", PHONE) for _ in range(2))
    assert one != two
    assert "13812345678" not in one
    assert one.startswith(f"{ring.newest}:")


def test_what_was_changed_or_moved_is_refused(ring: KeyRing) -> None:
    sealed = ring.seal("13812345678", PHONE)
    name, _, data = sealed.partition(":")
    spoilt = f"{name}:{'A' if data[0] != 'A' else 'B'}{data[1:]}"
    for text, context in ((spoilt, PHONE), (sealed, b"message.author"), (f"{name}:§", PHONE)):
        with pytest.raises(KeysUnusable, match="已损坏"):
            ring.open(text, context)


def test_another_key_file_is_named_as_such(ring: KeyRing, tmp_path: Path) -> None:
    other = KeyRing(tmp_path / "other")
    other.make()
    with pytest.raises(KeysUnusable, match=f"不含身份信息所用的密钥 {ring.newest}.*备份"):
        other.open(ring.seal("王女士", PHONE), PHONE)
    assert other.mark != ring.mark


def test_a_missing_or_a_spoilt_file_is_one_sentence(ring: KeyRing) -> None:
    for content in ("", "key 00\n", "people zz\n", ring.path.read_text().replace("people", "key")):
        ring.path.write_text(content)
        with pytest.raises(KeysUnusable, match="不完整"):
            ring.seal("王女士", PHONE)
    ring.path.unlink()
    for use in (lambda: ring.newest, lambda: ring.keyed("x"), ring.add):
        with pytest.raises(KeysUnusable, match=r"找不到.*RESPONDER_IDENTITY_KEY_FILE"):
            use()
    assert not ring.path.exists()


def test_a_key_that_another_process_adds_is_taken_up_at_once(ring: KeyRing) -> None:
    elsewhere = KeyRing(ring.path)
    old = ring.seal("王女士", PHONE)
    people = ring.keyed("somebody")
    name = elsewhere.add()
    assert ring.newest == name
    assert elsewhere.add() == name, "a rotation that is under way goes on"
    assert ring.open(old, PHONE) == "王女士"
    elsewhere.drop(ring.names[:1])
    assert ring.names == [name]
    with pytest.raises(KeysUnusable, match="不含"):
        ring.open(old, PHONE)
    assert ring.keyed("somebody") == people
    assert stat.S_IMODE(ring.path.stat().st_mode) == 0o600


def test_the_last_key_is_never_dropped(ring: KeyRing) -> None:
    ring.drop(ring.names)
    assert len(ring.names) == 1
