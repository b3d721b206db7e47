"""A mailbox on a real IMAP server."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from responder.sources import mailboxes
from responder.sources.addresses import Listed
from responder.sources.fetching import FetchFailed, Network
from responder.sources.harvest import Harvest
from responder.sources.kinds import Security
from tests.sources.imap_server import NAME, PASSWORD, MailServer, behind_tls, mail_server
from tests.sources.test_feeds import look
from tests.sources.web_server import here


@pytest.fixture(scope="module")
def mail(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MailServer]:
    with mail_server(tmp_path_factory.mktemp("mail")) as serving:
        yield serving


def letter(number: int, subject: str = "路灯不亮", **headers: str) -> bytes:
    known = {"Message-ID": f"<{number}@b.c>", "From": "Zhao <a@b.c>",
             "Date": "Thu, 19 Nov 2026 09:00:00 +0800", **headers}  # fmt: skip
    lines = [f"{name}: {value}" for name, value in known.items() if value]
    body = f"第 {number} 封：请修路灯。"
    kind = "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit"
    return "\r\n".join([*lines, f"Subject: {subject}", kind, "", body]).encode()


def collect(mail: MailServer, folder: str, cursor=None, network=None, **changes) -> Harvest:
    password = changes.pop("secret", PASSWORD)
    facts = {"cursor": cursor or {}, "secret": password, "seconds": changes.pop("seconds", 10)}
    settings = mail.settings(folder, **changes)
    return mailboxes.collect(settings, look(**facts), network or mail.network())


def titles(found: Harvest) -> list[str]:
    return [item.message.body[:5] for item in found.items]


def test_letters_come_once_and_nothing_in_the_mailbox_changes(mail) -> None:
    folder = mail.folder()
    mail.put(folder, letter(1), letter(2))
    before = mail.flags(folder)
    first = collect(mail, folder)
    assert titles(first) == ["第 1 封", "第 2 封"]
    message = first.items[0].message
    assert (message.title, message.author, message.external_id) == ("路灯不亮", "Zhao", "1@b.c")
    assert message.occurred_at == datetime(2026, 11, 19, 1, 0, tzinfo=UTC)
    assert collect(mail, folder, first.cursor).items == []
    mail.put(folder, letter(3))
    second = collect(mail, folder, first.cursor)
    assert titles(second) == ["第 3 封"]
    assert collect(mail, folder, second.cursor).items == []
    assert mail.flags(folder)[:2] == before


def test_letters_numbered_anew_are_looked_through_again(mail) -> None:
    folder = mail.folder()
    mail.put(folder, letter(1), letter(2))
    first = collect(mail, folder)
    mail.renumber(folder)
    again = collect(mail, folder, first.cursor)
    assert again.cursor["validity"] != first.cursor["validity"]
    assert [one.identifier for one in again.items] == [one.identifier for one in first.items]


def test_the_first_look_goes_back_some_days(mail) -> None:
    folder = mail.folder()
    mail.put(folder, letter(1), arrived=look().now - timedelta(days=40))
    mail.put(folder, letter(2))
    assert titles(collect(mail, folder)) == ["第 2 封"]
    assert titles(collect(mail, folder, days_back=60)) == ["第 1 封", "第 2 封"]


def test_an_empty_folder_is_fine(mail) -> None:
    assert collect(mail, mail.folder()).items == []


def test_a_full_mailbox_is_taken_in_portions(mail, monkeypatch) -> None:
    monkeypatch.setattr(mailboxes, "LETTERS_A_LOOK", 2)
    folder = mail.folder()
    mail.put(folder, *map(letter, range(1, 6)))
    cursor, seen = {}, []
    for more in (True, True, False):
        found = collect(mail, folder, cursor)
        assert found.more is more
        cursor = found.cursor
        seen += titles(found)
    assert seen == [f"第 {number} 封" for number in range(1, 6)]


def test_a_large_letter_is_read_no_further_than_the_limit(mail, monkeypatch) -> None:
    monkeypatch.setattr(mailboxes, "LETTER_BYTES", 2000)
    folder = mail.folder()
    mail.put(folder, letter(1) + b"x" * 50_000)
    (item,) = collect(mail, folder).items
    assert len(item.message.body) == 100


def test_a_missing_or_wrong_date_gives_way_to_the_servers(mail) -> None:
    folder = mail.folder()
    mail.put(folder, letter(1, Date=""), letter(2, Date="Fri, 01 Jan 2038 00:00:00 +0800"))
    moments = [item.message.occurred_at for item in collect(mail, folder).items]
    assert moments == [datetime(2026, 11, 19, 2, 0, tzinfo=UTC)] * 2


def test_a_letter_without_words_or_identifier(mail) -> None:
    folder = mail.folder()
    mail.put(folder, b"From: a@b.c\r\n\r\n", letter(2, **{"Message-ID": ""}))
    found = collect(mail, folder)
    assert [sentence.rpartition("：")[2] for sentence in found.refused] == ["标题和内容都是空的"]
    assert found.items[0].identifier == f"{found.cursor['validity']}:{found.cursor['uid']}"


def test_a_letter_that_breaks_the_reader_does_not_close_the_mailbox(mail, monkeypatch) -> None:
    folder = mail.folder()
    mail.put(folder, letter(1), letter(2))
    reading = mailboxes.letters.read

    def fragile(raw: bytes):
        if b"<1@b.c>" in raw:
            raise RecursionError
        return reading(raw)

    monkeypatch.setattr(mailboxes.letters, "read", fragile)
    found = collect(mail, folder)
    assert titles(found) == ["第 2 封"]
    assert "格式无法识别" in found.refused[0]


def test_a_folder_with_a_chinese_name(mail) -> None:
    with mail._opened() as box:
        box.create('"&Uv9mVQ-&-1"')
    mail.put('"&Uv9mVQ-&-1"', letter(1))
    assert titles(collect(mail, "勿晕&1")) == ["第 1 封"]


def test_tls_from_the_first_byte_with_a_certificate_that_must_fit(mail) -> None:
    folder = mail.folder()
    mail.put(folder, letter(1))
    secure = {"security": Security.TLS}
    with behind_tls(mail) as port:
        found = collect(mail, folder, network=mail.network(port=port), port=port, **secure)
    assert titles(found) == ["第 1 封"]
    with behind_tls(mail) as port, pytest.raises(FetchFailed, match="证书无效"):
        collect(mail, folder, network=mail.network(port=port, trust=None), port=port, **secure)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"secret": "wrong"}, "不接受用户名或密码"),
        ({"username": "nobody"}, "不接受用户名或密码"),
        ({"folder": "no-such"}, "没有文件夹“no-such”"),
        ({"secret": "a\r\nDELETE INBOX"}, "不能发送的字符"),
        ({"username": "a\nb"}, "不能发送的字符"),
        ({"security": Security.TLS}, "证书无效"),
    ],
)
def test_what_the_server_refuses_is_told(mail, changes, sentence: str) -> None:
    folder = changes.pop("folder", "INBOX") if "folder" in changes else "INBOX"
    with pytest.raises(FetchFailed, match=sentence):
        collect(mail, folder, **changes)


def test_a_mailbox_in_the_own_network_is_refused_unless_listed(mail) -> None:
    with pytest.raises(FetchFailed, match="端口"):
        collect(mail, "INBOX", network=Network(resolve=here))
    with pytest.raises(FetchFailed, match="指向内部网络"):
        collect(mail, "INBOX", network=Network(resolve=here), port=993)


def test_a_server_that_does_not_speak_imap_is_told(mail, web) -> None:
    network = mail.network(listed=Listed.parse(f"{NAME}:{web.port}"), seconds=1)
    with pytest.raises(FetchFailed, match="没有答完"):
        collect(mail, "INBOX", network=network, port=web.port, security="none", seconds=1)
