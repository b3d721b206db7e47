"""Letters as programs write them."""

from __future__ import annotations

from base64 import b64encode
from email.message import EmailMessage

import pytest

from responder.sources import letters


def raw(headers: str, body: bytes = b"", charset: str = "ascii") -> bytes:
    return headers.replace("\n", "\r\n").encode(charset) + b"\r\n\r\n" + body


def test_a_letter_of_plain_ascii() -> None:
    letter = letters.read(
        raw("From: A <a@b.c>\nSubject: Hi\nMessage-ID: <1@b.c>", b"Text\r\n\r\nMore")
    )
    assert letter.identifier == "1@b.c"
    assert (letter.subject, letter.sender, letter.body) == ("Hi", "A", "Text\nMore")


@pytest.mark.parametrize("charset", ["gb2312", "GBK", "gb18030", "x-gbk", "utf-8"])
@pytest.mark.parametrize("coding", ["base64", "quoted-printable", "8bit"])
def test_chinese_in_every_wrapping(charset: str, coding: str) -> None:
    """㐂 and 镕 are in GBK or GB18030 only, whatever a letter calls its charset."""
    python = "utf-8" if charset == "utf-8" else "gb18030"
    words = "柳岸花园停水三天，业主镕先生、㐂女士反映。".encode(python)
    subject = b64encode("关于㐂镕停水".encode(python)).decode()
    sender = b64encode("赵,一".encode(python)).decode()
    wrapped = {
        "base64": b64encode(words),
        "quoted-printable": b"".join(f"={byte:02X}".encode() for byte in words),
        "8bit": words,
    }[coding]
    letter = letters.read(
        raw(
            f"From: =?{charset}?B?{sender}?= <a@b.c>\nSubject: =?{charset}?B?{subject}?=\n"
            f"Content-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: {coding}",
            wrapped,
        )
    )
    assert (letter.subject, letter.sender) == ("关于㐂镕停水", "赵,一")
    assert letter.body == words.decode(python)


@pytest.mark.parametrize("charset", ["utf-8", "gb18030"])
def test_raw_bytes_in_headers_and_no_charset(charset: str) -> None:
    headers = "From: 赵一 <a@b.c>\nSubject: 路灯不亮"
    letter = letters.read(raw(headers, "请修路灯".encode(charset), charset))
    assert (letter.subject, letter.sender, letter.body) == ("路灯不亮", "赵一", "请修路灯")


def test_a_subject_in_several_words_whose_characters_are_cut_apart() -> None:
    whole = "积水深半米".encode()
    halves = (b64encode(whole[:4]).decode(), b64encode(whole[4:]).decode())
    subject = f"Subject: =?utf-8?B?{halves[0]}?=\n =?utf-8?B?{halves[1]}?="
    assert letters.read(raw(subject)).subject == "积水深半米"


def test_attachments_and_pictures_are_left_alone() -> None:
    made = EmailMessage()
    made["Subject"] = "附件"
    made.set_content("见附件。")
    made.add_alternative("<p>见<b>附件</b>。</p><img src='x'>", subtype="html")
    made.add_attachment(b"secret", maintype="application", subtype="pdf", filename="a.pdf")
    made.add_attachment("也是附件", filename="b.txt")
    assert letters.read(made.as_bytes()).body == "见附件。"


def test_a_letter_of_html_alone_is_read_as_words() -> None:
    made = EmailMessage()
    made.set_content(
        "<html><head><title>x</title><style>p{}</style></head><body><p>一段</p><div>二段&amp;"
        "<script>alert(1)</script></div></body></html>",
        subtype="html",
    )
    assert letters.read(made.as_bytes()).body == "一段\n二段&"


def test_a_letter_cut_off_in_the_middle_gives_what_is_there() -> None:
    made = EmailMessage()
    made.set_content("前面的话。" * 50)
    made.add_attachment(b"x" * 5000, maintype="image", subtype="png", filename="a.png")
    whole = made.as_bytes()
    assert "前面的话。" in letters.read(whole[: len(whole) // 2]).body


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00",
        b"Subject: =?utf-8?B?@@@?=\r\n\r\n",
        b"Subject: =?no-such?Q?=D6=D0?=\r\nContent-Type: text/plain; charset=no\r\n\r\n\xd6\xd0",
        b"Content-Type: text/plain; charset=base64\r\n\r\nx",
        b"Content-Type: multipart/mixed\r\n\r\nno boundary",
        b"From: \r\nSubject:\r\nContent-Transfer-Encoding: base64\r\n\r\n***",
        b"From: =?utf-8?Q?a=0D=0AX=3A_y?= <>\r\n\r\n",
    ],
)
def test_broken_letters_are_read_without_an_error(content: bytes) -> None:
    letter = letters.read(content)
    assert "\n" not in letter.subject + letter.sender


NO_CHARSET = b"*=\x00x''%ff"  # RFC 2231: a value in a charset that no machine can look up


def test_a_file_whose_name_cannot_be_read_is_a_file_and_a_charset_like_it_is_guessed() -> None:
    head = b"Subject: x\r\nContent-Type: text/plain; charset" + NO_CHARSET + b"\r\n"
    text = "\r\n路灯坏了".encode()
    assert letters.read(head + text).body == "路灯坏了"
    for file in (b"attachment", b"inline"):
        named = b"Content-Disposition: " + file + b"; filename" + NO_CHARSET + b"\r\n"
        assert letters.read(head + named + text).body == ""


def test_an_unknown_charset_is_guessed() -> None:
    letter = letters.read(b"Content-Type: text/plain; charset=no-such\r\n\r\n\xd6\xd0\xce\xc4")
    assert letter.body == "中文"


BLANKS = " \t" * 100_000


def test_a_letter_of_blanks_is_read_as_fast_as_one_of_words() -> None:
    """Each of these took minutes: blanks, time and again tried from the next one on."""
    html = b64encode(f"<p>路灯{BLANKS}坏了{BLANKS}</p>".encode())
    letter = letters.read(
        b"Subject: =?utf-8?q?=E8=B7=AF" + b"_" * 3_000 + b"=E7=81=AF?=\n"
        b"Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: base64\n\n" + html
    )
    assert (letter.subject, letter.body) == (f"路{' ' * 3_000}灯", "路灯 坏了")


def test_a_subject_ends_where_nobody_reads_on_and_line_breaks_in_it_are_blanks() -> None:
    assert letters.read(b"Subject: a \n \n b\n\nc").subject == "a b"
    assert letters.read(b"Subject: a \n  b\n\nc").subject == "a b"
    long = letters.read(b"Subject: " + b"abc " * 10_000 + b"\n\nc").subject
    assert len(long) <= letters.LONGEST_HEADER
    assert long.startswith("abc abc")


@pytest.mark.parametrize("charset", ["punycode", "unicode_escape", "utf-7", "a\0b", "rot13"])
def test_what_is_no_charset_of_letters_is_guessed(charset: str) -> None:
    assert letters.decoded("路灯坏了".encode(), charset) == "路灯坏了"
