"""Which files are taken: by name and by content, never by one of them alone."""

from __future__ import annotations

import pytest

from responder.core.errors import Invalid
from responder.core.file_kinds import DOCUMENTS, WITH_RECORDINGS, accepted, is_of, kind_of

PDF, OLE, ZIP = b"%PDF-1.7\n", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04\x14"
JPEG, PNG, PROGRAM = b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"MZ\x90\x00"


@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("通知.pdf", PDF), ("通知.PDF", b"\xef\xbb\xbf" + PDF), ("公文.ofd", ZIP),
        ("附件.doc", OLE),
        ("附件.docx", ZIP), ("附件.wps", OLE), ("附件.wps", ZIP), ("表.xls", OLE), ("表.xlsx", ZIP),
        ("表.et", OLE), ("图解.ppt", OLE), ("图解.pptx", ZIP), ("图.jpg", JPEG), ("图.jpeg", JPEG),
        ("图.png", PNG),
    ],
)  # fmt: skip
def test_a_document_is_taken_as_what_it_is(name, head):
    assert kind_of(name, head, DOCUMENTS).media_type
    assert is_of(name)


@pytest.mark.parametrize(
    "name",
    ["evil.exe", "通知.pdf.exe", "页面.html", "全部.zip", "宏.docm", "图.svg", "无扩展名", "pdf"],
)
def test_another_kind_is_refused_with_those_that_are_taken(name):
    with pytest.raises(Invalid, match="只收 pdf、ofd、doc、docx") as refused:
        kind_of(name, PDF, DOCUMENTS)
    assert name in refused.value.message
    assert not is_of(name)


@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("通知.pdf", PROGRAM), ("附件.docx", OLE), ("附件.doc", ZIP), ("图.png", JPEG),
        ("图.jpg", b"<svg>"), ("表.xlsx", b""), ("附件.doc", b"<html>"),
    ],
)  # fmt: skip
def test_a_content_that_is_not_what_its_name_says_is_refused(name, head):
    with pytest.raises(Invalid, match=f"内容不是 {name[-4:].strip('.')}"):
        kind_of(name, head, DOCUMENTS)


@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("实录.txt", "问：车位".encode()), ("录像.mp4", b"\0\0\0\x20ftypisom"),
        ("录音.m4a", b"\0\0\0\x20ftypM4A "), ("录音.mp3", b"ID3\x04"),
        ("录像.mov", b"\0\0\0\x14ftypqt"),
    ],
)  # fmt: skip
def test_recordings_are_kept_of_events_and_not_made_public(name, head):
    assert kind_of(name, head, WITH_RECORDINGS).media_type
    assert not is_of(name)


def test_a_program_is_no_text():
    with pytest.raises(Invalid, match="内容不是 txt"):
        kind_of("实录.txt", PROGRAM, WITH_RECORDINGS)


def test_a_form_names_the_extensions():
    assert accepted(DOCUMENTS).startswith(".pdf,.ofd,.doc,")
