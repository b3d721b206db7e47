"""One letter (RFC 5322, MIME) as plain words, whatever its writer's program made of it.

Chinese letters name their charset GB2312 and use GBK or GB18030, name none at all, or name
a wrong one. Nothing is dropped for that: GB18030 reads all three, and what cannot be read is
replaced. Attachments are not opened.
"""

from __future__ import annotations

import codecs
import email.policy
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from email.header import decode_header
from email.message import Message
from email.parser import BytesParser
from email.utils import parseaddr

from responder.sources import plain_text

_GB = frozenset(
    {"gb2312", "gbk", "gb18030", "x-gbk", "cp936", "euc-cn", "hz-gb-2312", "gb_2312-80"}
)
# Charsets that letters are written in. Python decodes more (punycode, utf-7, unicode_escape),
# some of it in time that grows with the square of the length.
_CHARSET = re.compile(
    r"utf-(?:8|16|32)(?:-.*)?|gb.*|big5.*|cp\d+|iso8859-\d+|iso2022_.*|euc_.*|shift_jis.*|koi8-."
)
LONGEST_HEADER = 4_000  # characters; no line that people read is as long


@dataclass(frozen=True)
class Letter:
    """What a letter says. ``date`` is as written; ``identifier`` is its Message-ID."""

    identifier: str
    subject: str
    sender: str
    date: str
    body: str


def read(raw: bytes) -> Letter:
    """A letter, or as much of it as there is; its headers may be of any shape."""
    message = BytesParser(policy=email.policy.compat32).parsebytes(raw)
    return Letter(
        identifier=str(message.get("Message-ID", "")).strip().strip("<>"),
        subject=_text(message.get("Subject")),
        sender=_sender(message.get("From")),
        date=str(message.get("Date", "")),
        body=_body(message),
    )


def _sender(value: object) -> str:
    """The writer's name, or the address where no name is given."""
    if not isinstance(value, str):  # raw bytes: nothing in them is quoted anyway
        name, address = parseaddr(_text(value))
        return name or address
    name, address = parseaddr(value[:LONGEST_HEADER])
    return _text(name) or address


def _text(value: object) -> str:
    """The beginning of a header as text: encoded words decoded, raw bytes read."""
    if value is None:
        return ""
    if isinstance(value, str):
        value = value[:LONGEST_HEADER]
    parts = []
    for chunk, charset in _words(value):
        raw = chunk if isinstance(chunk, bytes) else chunk.encode("utf-8", "surrogateescape")
        parts.append(decoded(raw[:LONGEST_HEADER], charset))
    return plain_text.unfolded("".join(parts)).strip()


def _words(value: object) -> Iterable[tuple[bytes | str, str | None]]:
    try:
        return decode_header(value)  # type: ignore[arg-type]
    except ValueError:
        return [(str(value), None)]  # an encoded word that is broken


def _body(message: Message) -> str:
    """The text of a letter: plain where there is some, else the HTML's."""
    plain, html = [], []
    for part in message.walk():
        if part.is_multipart() or _is_attached(part):
            continue
        kind = part.get_content_type()
        if kind not in {"text/plain", "text/html"}:
            continue
        text = _payload(part)
        if kind == "text/plain":
            plain.append(plain_text.tidy(text))
        else:
            html.append(plain_text.from_html(text))
    return "\n".join(filter(None, plain)) or "\n".join(filter(None, html))


def _is_attached(part: Message) -> bool:
    """Said to be, or called like a file; how the file is called may be past reading."""
    named = part.get_param("filename", header="content-disposition") or part.get_param("name")
    return bool(named) or part.get_content_disposition() == "attachment"


def _payload(part: Message) -> str:
    content = part.get_payload(decode=True)
    return decoded(content, _charset(part)) if isinstance(content, bytes) else ""


def _charset(part: Message) -> str | None:
    with suppress(ValueError):  # the charset of the charset's name is none
        return part.get_content_charset()
    return None


def decoded(content: bytes, charset: str | None) -> str:
    """Bytes as text by the charset that they name, or by the one that fits."""
    named = (charset or "").strip().lower()
    if named == "hz-gb-2312":
        return content.decode("hz", "replace")
    if named in _GB:
        return content.decode("gb18030", "replace")
    for candidate in (named, "utf-8", "gb18030"):
        with suppress(ValueError, LookupError):
            if _CHARSET.fullmatch(codecs.lookup(candidate).name):
                return content.decode(candidate)
    return content.decode("utf-8", "replace")
