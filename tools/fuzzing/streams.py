"""What the network sends: feeds, letters, pages, lists, calendars; and archives of files."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from typing import Any

from hypothesis import strategies as st

from tools.fuzzing.cells import words
from tools.fuzzing.texts import SPLICES, csvs, spliced
from tools.fuzzing.workbooks import ENTITY_BOMB, OUTSIDE

_XML = (
    b"<",
    b">",
    b"&",
    b"&j;",
    b"&#0;",
    b"&#xD800;",
    b"&#99999999;",
    b"<![CDATA[",
    b"]]>",
    b"\xff\xfe",
    b"<item>",
)
DATES = (
    "Mon, 23 Nov 2026 10:00:00 +0800", "Mon Nov 23 10:00:00 CST 2026", "2026-11-23T10:00:00Z", "2026-11-23", "",
    "Mon, 99 Foo 2026 10:00:00 +9999", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+14:00", "昨天", "1e99",
    "Mon, 23 Nov 2026 10:00:00 +999999999", "2026-11-23T10:00:00+99:99", "-1", "20261123", "Thu, 01 Jan 70 00:00:00",
)  # fmt: skip
dates = st.one_of(st.sampled_from(DATES[:4]), st.sampled_from(DATES), words)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


@st.composite
def feeds(draw: st.DrawFn) -> bytes:
    """RSS or Atom, more or less."""
    atom = draw(st.booleans())
    item = "entry" if atom else "item"
    names = ("id", "title", "updated", "summary", "author") if atom else (
        "guid", "title", "pubDate", "description", "author", "link", "content:encoded")  # fmt: skip
    body = ""
    for _ in range(draw(st.integers(0, 4))):
        body += f"<{item}>"
        for name in draw(st.lists(st.sampled_from(names), max_size=6)):
            text = draw(dates if name in ("updated", "pubDate") else st.one_of(words, htmls()))
            kind = draw(
                st.sampled_from(
                    ["", ' type="html"', ' type="xhtml"', ' type="x"', ' mode="base64"']
                )
            )
            body += f"<{name}{kind}>{draw(st.sampled_from([_escaped(text), text, f'<![CDATA[{text}]]>']))}</{name}>"
        body += f"</{item}>"
    top = draw(st.sampled_from(["", "", "", ENTITY_BOMB, OUTSIDE]))
    encoding = draw(st.sampled_from(["utf-8", "utf-8", "gb18030", "utf-16", "big5"]))
    said = draw(
        st.sampled_from([encoding, encoding, "gb2312", "utf-8", "no-such", "utf-7", "idna", "hex"])
    )
    shell = "feed" if atom else "rss"
    inner = body if atom else f"<channel><title>t</title>{body}</channel>"
    space = ' xmlns="http://www.w3.org/2005/Atom"' if atom else ' version="2.0"'
    text = f'<?xml version="1.0" encoding="{said}"?>{top}<{shell}{space}>{inner}</{shell}>'
    return spliced(draw, text.encode(encoding, "replace"), _XML)


json_values: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), words, st.integers(-(2**70), 2**70), st.floats(), dates),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(
            st.sampled_from(["title", "heat", "rank", "url", "id", "content_html", "authors", "name", "x", "data"]),
            inner, max_size=3),
    ),
    max_leaves=4,
)  # fmt: skip


@st.composite
def json_documents(draw: st.DrawFn) -> bytes:
    """JSON Feed, or any hot-search list."""
    items = draw(st.lists(st.one_of(json_values, st.fixed_dictionaries({"title": words, "heat": json_values,
                 "rank": st.one_of(st.integers(-5, 2**70), json_values), "date_published": dates,
                 "id": json_values, "authors": json_values, "url": words})), max_size=4))  # fmt: skip
    version = draw(st.sampled_from(["https://jsonfeed.org/version/1.1", "x", None, 7]))
    whole = draw(
        st.sampled_from([{"version": version, "items": items}, {"data": {"list": items}}, items])
    )
    text = json.dumps(whole, ensure_ascii=draw(st.booleans()))
    raw = (b"[" * 90_000, b"1" * 6_000, b'"\\ud800"', b"NaN", b"1e999", *SPLICES[:6])
    return spliced(draw, text.encode("utf-8", "surrogatepass"), raw)


CHARSETS = ("utf-8", "gb2312", "gbk", "hz-gb-2312", "big5", "no-such", "utf-7", "us-ascii", "utf-16", "unicode-escape",
            "idna", "punycode", "hex", "rot13", "base64", "undefined", "mbcs", "raw_unicode_escape", "\u4e2d", "")  # fmt: skip


@st.composite
def letters(draw: st.DrawFn) -> bytes:
    """A MIME message, its parts within parts, its charsets true or not."""
    lines = []
    for name in ("From", "Subject", "Date", "Message-ID", "To"):
        for _ in range(draw(st.sampled_from([1, 1, 1, 0, 2]))):
            lines.append(f"{name}: {_header(draw, draw(dates if name == 'Date' else words))}")
    text = "\r\n".join(lines) + "\r\n" + _part(draw, 0)
    return spliced(
        draw,
        text.encode("utf-8", "surrogatepass"),
        (*SPLICES[:9], b"\r\n\r\n", b"=?", b"?=", b"--b0"),
    )


def _header(draw: st.DrawFn, text: str) -> str:
    how = draw(st.integers(0, 5))
    charset = draw(st.sampled_from(CHARSETS))
    raw = text.encode("gb18030", "replace")
    return (
        f"=?{charset}?B?{base64.b64encode(raw).decode()}?=", f"=?{charset}?Q?=B9=FF{text}?=", f"=?{charset}?X?a?=",
        f'"{text}" <a@b.example>', text, "甲" * 3_000 + text,
    )[how]  # fmt: skip


def _part(draw: st.DrawFn, depth: int) -> str:
    charset = draw(st.sampled_from(CHARSETS))
    if depth < 3 and draw(st.integers(0, 2)) == 0:
        mark = f"b{depth}"
        inner = "".join(
            f"--{mark}\r\n{_part(draw, depth + 1)}\r\n" for _ in range(draw(st.integers(0, 3)))
        )
        kind = draw(st.sampled_from(["mixed", "alternative", "digest", "x"]))
        return f'Content-Type: multipart/{kind}; boundary="{mark}"\r\n\r\n{inner}--{mark}--'
    kind = draw(
        st.sampled_from(["text/plain", "text/html", "message/rfc822", "image/png", "text", "/"])
    )
    how = draw(st.sampled_from(["7bit", "base64", "quoted-printable", "x-uuencode", "no-such", ""]))
    text = draw(st.one_of(words, htmls()))
    text = base64.b64encode(text.encode("utf-8", "replace")).decode() if how == "base64" else text
    name = draw(
        st.sampled_from(
            ["", "", "\r\nContent-Disposition: attachment; filename*=x''%ff", "\r\nContent-ID: <"]
        )
    )
    return f"Content-Type: {kind}; charset={charset}{name}\r\nContent-Transfer-Encoding: {how}\r\n\r\n{text}"


TAGS = (
    "p", "a", "b", "div", "table", "tr", "td", "script", "style", "svg", "math", "mtext", "mglyph", "noscript", "title",
    "template", "textarea", "iframe", "img", "form", "input", "select", "option", "xmp", "plaintext", "foreignObject",
    "desc", "annotation-xml", "ol", "li", "h1", "body", "html", "head", "base", "meta", "link", "object", "embed", "frameset",
    "SCRIPT", "ScRiPt", "x:script", "animate", "set", "use", "details", "video", "audio", "marquee", "blockquote",
)  # fmt: skip
ATTRIBUTES = (
    "href", "src", "onclick", "onerror", "ONLOAD", "onfocus autofocus", "style", "xlink:href", "formaction", "action",
    "srcdoc", "data", "title", "id", "name", "class", "start", "rel", "target", "background", "to", "values", "/onload",
    "encoding", "http-equiv", "is", "\0onclick", "on\nclick",
)  # fmt: skip
URLS = (
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)", "java&#10;script:alert(1)", "&#106;avascript:alert(1)",
    "\x01javascript:alert(1)", " javascript:alert(1)", "data:text/html,<script>alert(1)</script>", "vbscript:x", "//a.example",
    "https://a.example/\"onclick=\"x", "https://a.example", "http:alert(1)", "file:///etc/passwd", "blob:x", "about:blank",
    "javascript&colon;alert(1)", "https://a.example/'><script>", "\\\\a.example", "feed:javascript:x", "5", "-1", "text/html",
)  # fmt: skip
# Known ways in which what was cleaned becomes something else when it is parsed again.
MUTANTS = (
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
    "<svg></p><style><a id=\"</style><img src=1 onerror=alert(1)>\">", "<noscript><p title=\"</noscript><img src=x onerror=x>\">",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>", "<xmp><p title=\"</xmp><img src onerror=x>\">",
    "<svg><title><a><!--</title><img src onerror=x>-->", "<p><table><p><svg><style><!--</style>--></style><img src onerror=x>",
    "<math><annotation-xml encoding=\"text/html\"><xmp></xmp><img src onerror=x>", "<!--><img src onerror=x>-->", "<!--!><script>x",
    "<![CDATA[<img src onerror=x>]]>", "<?xml <img src onerror=x>?>", "<a<b href=javascript:x>", "<select><style></select><script>x",
    "<textarea></textarea\n><script>x</script>", "<img src=`x`onerror=x>", "<a href='javascript:x'>[x](javascript:x)</a>", "<\0script>x",
    "[x](java&#x0A;script:x)", "[x][1]\n\n[1]: javascript:x", "<javascript:x>", "![x](x\"onerror=x)", "`<script>`", "<p>\n# <script>",
)  # fmt: skip


@st.composite
def htmls(draw: st.DrawFn) -> str:
    """HTML as nobody should write it."""
    out = ""
    for _ in range(draw(st.integers(1, 6))):
        what = draw(st.integers(0, 5))
        if what == 0:
            out += draw(st.sampled_from(MUTANTS))
        elif what == 1:
            out += draw(words)
        elif what == 2:
            out += f"</{draw(st.sampled_from(TAGS))}{draw(st.sampled_from(['>', ' >', '', '/>']))}"
        else:
            quote = draw(st.sampled_from(['"', "'", "", "`"]))
            given = " ".join(
                f"{draw(st.sampled_from(ATTRIBUTES))}={quote}{draw(st.sampled_from(URLS))}{quote}"
                for _ in range(draw(st.integers(0, 2)))
            )
            out += f"<{draw(st.sampled_from(TAGS))}{draw(st.sampled_from([' ', '/', chr(12)]))}{given}>"
    return out * draw(st.sampled_from([1, 1, 1, 1, 40]))


_LINES = (
    "DTSTART:20260305T093000Z", "DTSTART;TZID=Asia/Shanghai:20260305T093000", "DTSTART;VALUE=DATE:20260305", "DTSTART:99999999",
    "DTSTART;TZID=No/Where:20260305T093000", "DTEND:20250101T000000Z", "DTEND;VALUE=DATE:99991231", "DURATION:P99999999D",
    "DURATION:-PT1H", "DURATION:x", "RRULE:FREQ=SECONDLY", "RRULE:FREQ=DAILY;COUNT=99999999", "RRULE:FREQ=YEARLY;BYMONTH=13",
    "RRULE:FREQ=MINUTELY;BYSECOND=0,1,2;UNTIL=99991231", "RRULE:FREQ=WEEKLY;INTERVAL=0", "RRULE:FREQ=MONTHLY;BYMONTHDAY=31;COUNT=5",
    "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "RRULE:x", "RRULE:", "RDATE:20260306T093000Z", "RDATE;VALUE=PERIOD:20260306/P1D",
    "EXDATE:20260305T093000Z", "EXDATE;VALUE=DATE:20260305", "RECURRENCE-ID:20260305T093000Z", "RECURRENCE-ID;RANGE=THISANDFUTURE:x",
    "SEQUENCE:99999999999999999999", "SEQUENCE:x", "STATUS:CANCELLED", "SUMMARY:发布会", "SUMMARY;LANGUAGE=zh:一\\n二", "UID:a@b",
    "UID:" + "u" * 300, "UID:b", "LOCATION:市政府", "BEGIN:VALARM", "END:VALARM", "X-A;B=\"c:d\":e", " folded", "DTSTART:00010101T000000Z",
    "DTSTART:99991231T235959Z", "RRULE:FREQ=DAILY;UNTIL=20260310", "ATTACH;ENCODING=BASE64;VALUE=BINARY:!!!!", "BEGIN:VEVENT", "END:VEVENT",
    "GEO:1;x", "TRIGGER:x", "CATEGORIES:a,b", "END:VCALENDAR",
)  # fmt: skip


@st.composite
def calendars(draw: st.DrawFn) -> bytes:
    """iCalendar, folded or not, with rules that never end."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0"]
    if draw(st.booleans()):
        lines += ["BEGIN:VTIMEZONE", "TZID:Asia/Shanghai", "BEGIN:STANDARD", "DTSTART:16010101T000000",
                  f"TZOFFSETFROM:{draw(st.sampled_from(['+0800', '+9999', 'x', '-240000']))}", "TZOFFSETTO:+0800",
                  "END:STANDARD", "END:VTIMEZONE"]  # fmt: skip
    for number in range(draw(st.integers(0, 4))):
        own = [f"UID:{number}", "SUMMARY:发布会", "DTSTART:20260305T093000Z"]
        kept = [line for line in own if draw(st.integers(0, 7))]
        lines += [
            "BEGIN:VEVENT",
            *kept,
            *draw(st.lists(st.one_of(st.sampled_from(_LINES), words), max_size=5)),
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    text = draw(st.sampled_from(["\r\n", "\n"])).join(lines)
    return spliced(
        draw,
        text.encode(draw(st.sampled_from(["utf-8", "utf-8", "gb18030", "utf-16"])), "replace"),
        SPLICES,
    )


_NAMES = ("a.csv", "../../a.csv", "/etc/a.csv", "C:\\a.csv", "a.xlsx", "b.jsonl", "甲.csv", ".a.csv", "a.csv/", "x" * 300 + ".csv",
          "a.zip", "__MACOSX/a.csv", "a\nb.csv", "a\0b.csv", "a.txt", "\u202evsc.a.csv", "CON.csv", "")  # fmt: skip


@st.composite
def zips(draw: st.DrawFn) -> bytes:
    """Archives: names that lead out, links, passwords, sizes that lie, archives within."""
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        for _ in range(draw(st.integers(0, 3))):
            info = zipfile.ZipInfo(draw(st.sampled_from(_NAMES)))
            info.compress_type = draw(st.sampled_from([8, 8, 0, 12, 14]))
            if draw(st.integers(0, 5)) == 0:
                info.external_attr = 0o120777 << 16
            content = draw(csvs())
            if draw(st.integers(0, 20)) == 0:
                content = b"0" * 3_000_000  # what unpacks to a thousand times its size
            archive.writestr(info, content)
    content = output.getvalue()
    for old, new in ((b"PK\x01\x02", None), (b"PK\x03\x04", None)):
        if draw(st.integers(0, 3)) == 0 and old in content and new is None:
            place = content.index(old) + draw(st.integers(4, 45))
            content = (
                content[:place] + draw(st.binary(min_size=1, max_size=4)) + content[place + 1 :]
            )
    return (
        spliced(draw, content, (b"PK\x05\x06", b"\xff" * 4))
        if draw(st.integers(0, 5)) == 0
        else content
    )
