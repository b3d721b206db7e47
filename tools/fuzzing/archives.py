"""The product's own files, as somebody else may have changed them: archives, backups, templates."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
import zipfile
from functools import cache
from hashlib import sha256
from typing import Any

from hypothesis import strategies as st

from responder.operating.backing_up import BEGINNING, FORMAT, MANIFEST
from responder.operating.sealing import Sealer
from responder.planning.briefing.layout import shipped_template
from responder.publishing.archiving import packing
from tools.fuzzing.cells import words
from tools.fuzzing.streams import json_values
from tools.fuzzing.texts import spliced
from tools.fuzzing.workbooks import ENTITY_BOMB, OUTSIDE

PASSPHRASE = b"only to be fuzzed"
_ZIP = (
    b"PK\x03\x04",
    b"PK\x01\x02",
    b"PK\x05\x06",
    b"\xff\xff\xff\xff",
    b"\0" * 4,
    b"{",
    b"manifest.json",
)
_shipped = cache(shipped_template)


@st.composite
def archives(draw: st.DrawFn) -> bytes:
    """The archive of an item, whole or not."""
    contents = draw(
        st.dictionaries(
            st.sampled_from(["a.txt", "b/c.pdf", "../d", "/e", "甲"]), st.binary(max_size=40)
        )
    )
    output = io.BytesIO()
    packing.pack(output, {"item": draw(words)}, contents)
    content = output.getvalue()
    if draw(st.integers(0, 2)) == 0:
        listed = draw(st.one_of(json_values, st.lists(st.fixed_dictionaries(
            {"path": words, "size": json_values, "sha256": words}), max_size=3)))  # fmt: skip
        again = io.BytesIO()
        head = json.dumps({"format": packing.FORMAT, "members": listed}).encode()
        packing.write(again, [(packing.MANIFEST, head), *contents.items()])
        content = again.getvalue()
    return spliced(draw, content, _ZIP)


@st.composite
def backups(draw: st.DrawFn) -> bytes:
    """A backup whose seal holds and whose contents are nonsense, or one that is damaged."""
    packed, seen = io.BytesIO(), {}
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for name in draw(
            st.lists(
                st.sampled_from(
                    [BEGINNING, "tables/user_account/1", "tables", "files/../../x", "/x"]
                ),
                max_size=3,
            )
        ):
            content = json.dumps(draw(json_values)).encode()
            info = tarfile.TarInfo(name)
            info.size = len(content)
            info.type = draw(
                st.sampled_from([tarfile.REGTYPE] * 9 + [tarfile.SYMTYPE, tarfile.DIRTYPE])
            )
            info.linkname = "/etc/passwd" if info.type == tarfile.SYMTYPE else ""
            tar.addfile(info, io.BytesIO(content) if info.isreg() else None)
            seen[name] = {"size": len(content), "sha256": sha256(content).hexdigest()}
        head: dict[str, object] = {
            "format": FORMAT, "revision": draw(words), "database": "sqlite", "made_at": "", "with_keys": True, "numbers": {}, "lacking": [],
            "members": draw(st.one_of(st.just(seen), st.just(seen), json_values)),
            "tables": draw(st.one_of(st.just({}), st.just({"user_account": {"rows": 0}}), json_values)),
        }  # fmt: skip
        for name in draw(st.lists(st.sampled_from(list(head)), max_size=1)):
            del head[name]
        content = json.dumps(draw(st.one_of(st.just(head), st.just(head), json_values))).encode()
        info = tarfile.TarInfo(MANIFEST)
        info.size = len(content)
        tar.addfile(info, io.BytesIO(content))
    inside = gzip.compress(packed.getvalue())
    inside = (
        spliced(draw, inside, (b"\0" * 9, b"\x1f\x8b")) if draw(st.integers(0, 3)) == 0 else inside
    )
    target = io.BytesIO()
    sealer = Sealer(target, PASSPHRASE)
    sealer.write(inside)
    sealer.finish()
    content = target.getvalue()
    return (
        spliced(draw, content, (b"\0", b"\xff" * 20)) if draw(st.integers(0, 4)) == 0 else content
    )


_PLACES = (b"{{", b"}}", b"{%", b"%}", b"<w:p>", b"</w:p>", b"<w:t>", b"</w:t>", b"?>")
_PIECES = (
    "{{ 7*7 }}", "{{ ''.__class__.__mro__ }}", "{% for a in range(999999999) %}x{% endfor %}", "{{ 'a' * 999999999 }}",
    "{% include '/etc/passwd' %}", "{{ 没有.这个 }}", "{%", "}}", "{{ 活动.名称 ** 9 }}", "{% endfor %}", "&j;", "<w:p>", "</w:p>",
    "{% set x = cycler.__init__.__globals__ %}", "{{ self }}", "{{ 活动|attr('__class__') }}", "\0", "{{ 10**10**8 }}",
    "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "{{ namespace() }}", "{#", "{{ lipsum(n=99999) }}", "{{ '%99999999d' % 1 }}",
)  # fmt: skip


@st.composite
def templates(draw: st.DrawFn) -> bytes:
    """The office's own Word template, with what a template should not say."""
    output = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(_shipped())) as old,
        zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for info in old.infolist():
            part = old.read(info)
            if info.filename == "word/document.xml":
                part = _changed(draw, part)
            if draw(st.integers(0, 60)):
                new.writestr(info.filename, part)
        if draw(st.integers(0, 9)) == 0:
            new.writestr(
                draw(st.sampled_from(["word/vbaProject.bin", "../x", "word/other.xml"])), b"x"
            )
    content = output.getvalue()
    return spliced(draw, content, _ZIP) if draw(st.integers(0, 5)) == 0 else content


def _changed(draw: st.DrawFn, part: bytes) -> bytes:
    for _ in range(draw(st.integers(0, 3))):
        mark = draw(st.sampled_from(_PLACES))
        count = part.count(mark)
        if count:
            pieces: list[Any] = part.split(mark)
            at = draw(st.integers(1, count))
            piece = draw(st.sampled_from([*_PIECES, ENTITY_BOMB, OUTSIDE])).encode()
            left, right = mark.join(pieces[:at]), mark.join(pieces[at:])
            part = left + piece + (mark if draw(st.booleans()) else b"") + right
    return part
