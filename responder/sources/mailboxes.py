"""An IMAP mailbox (邮箱): what has come since the last look. Nothing in it is changed.

The folder is opened read-only. The last UID is remembered together with UIDVALIDITY
(RFC 3501, 2.3.1.1); when the server numbers its letters anew, they are looked through again,
and their Message-IDs tell which are known.
"""

from __future__ import annotations

import imaplib
import logging
import re
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from responder.core.times import local
from responder.intake.rules import Unreadable
from responder.sources import harvest, letters, moments
from responder.sources.addresses import MAIL_PORTS
from responder.sources.fetching import FetchFailed, Network, watched
from responder.sources.harvest import Harvest, Item, Look, Unusable
from responder.sources.kinds import MailboxSettings, Security

log = logging.getLogger(__name__)

LETTERS_A_LOOK = 100
LETTER_BYTES = 1024 * 1024  # of each letter; its text stands before its attachments
UNFINISHED_AFTER = 0.7  # of the time: what is left is for the next look

_UID = re.compile(rb"\bUID (\d+)")
_ARRIVED = re.compile(rb'INTERNALDATE "([^"]+)"')
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True)
class _Fetched:
    """A letter as the server gave it. ``arrived`` is the server's own date, as written."""

    uid: int
    raw: bytes
    arrived: str


def collect(wanted: MailboxSettings, look: Look, network: Network) -> Harvest:
    """The letters that have come since the last look, oldest first.

    :raises FetchFailed: no connection, or the server refuses the name, password or folder.
    """
    deadline = time.monotonic() + look.seconds
    with _opened(wanted, look.secret, network, deadline) as box:
        validity = _number(box, "UIDVALIDITY")
        last = int(look.cursor.get("uid", 0)) if look.cursor.get("validity") == validity else 0
        uids = [uid for uid in _uids(box, wanted, look, last) if uid > last]
        found = Harvest(cursor={"validity": validity, "uid": last})
        pause_at = deadline - look.seconds * (1 - UNFINISHED_AFTER)
        for uid in uids[: min(LETTERS_A_LOOK, look.most_items)]:
            if found.cursor["uid"] > last and time.monotonic() > pause_at:
                break
            _take(found, _fetched(box, uid), validity, look)
            found.cursor["uid"] = uid
        found.more = bool(uids) and uids[-1] > found.cursor["uid"]
    return found


def _take(found: Harvest, fetched: _Fetched | None, validity: int, look: Look) -> None:
    if fetched is None:
        return  # deleted meanwhile
    try:
        found.items.append(_item(fetched, validity, look))
    except Unusable as error:
        found.refused.append(str(error))
    except Exception:
        # A letter may be of any shape, and one must not close the mailbox for ever.
        log.exception("letter %s cannot be read", fetched.uid)
        found.refused.append(f"第 {fetched.uid} 封：格式无法识别，请在邮箱里查看原件")


def _item(fetched: _Fetched, validity: int, look: Look) -> Item:
    letter = letters.read(fetched.raw)
    identifier = letter.identifier or f"{validity}:{fetched.uid}"
    return harvest.item(
        look, identifier, letter.subject, letter.body, _moment(letter.date, fetched, look),
        letter.sender,
    )  # fmt: skip


def _moment(written: str, fetched: _Fetched, look: Look) -> datetime:
    """When it was written; by the server's clock where the writer's is missing or wrong."""
    for text in (written, fetched.arrived):
        with suppress(Unreadable):
            return moments.read(text, look.zone, look.now)
    return look.now.replace(microsecond=0)


class _Pinned(imaplib.IMAP4):
    """Connects where it is told, with TLS from the first byte or without."""

    def __init__(
        self,
        host: str,
        port: int,
        connect: Callable[[], socket.socket],
        context: ssl.SSLContext | None,
        watch: Callable[[socket.socket], object],
    ) -> None:
        self._reach, self._secured, self._watch = connect, context, watch
        super().__init__(host, port)

    def _create_socket(self, timeout: float | None = None) -> socket.socket:
        sock = self._reach()
        if self._secured is not None:
            sock = self._secured.wrap_socket(sock, server_hostname=self.host)
        self._watch(sock)  # before the greeting is read
        return sock


@contextmanager
def _opened(
    wanted: MailboxSettings, password: str, network: Network, deadline: float
) -> Iterator[imaplib.IMAP4]:
    """The folder, open for reading alone."""
    box: imaplib.IMAP4 | None = None

    watching = ExitStack()

    def connect() -> socket.socket:
        return network.connect(wanted.host, wanted.port, MAIL_PORTS, deadline)

    def watch(sock: socket.socket) -> object:
        return watching.enter_context(watched(sock, deadline))

    try:
        trust = network.trust or ssl.create_default_context()
        immediate = trust if wanted.security is Security.TLS else None
        with watching:
            box = _Pinned(wanted.host, wanted.port, connect, immediate, watch)
            if wanted.security is Security.STARTTLS:
                box.starttls(trust)
                watch(box.sock)
            _sign_in(box, wanted, password)
            yield box
            with suppress(OSError, imaplib.IMAP4.error):
                box.logout()
    except (OSError, imaplib.IMAP4.error, ValueError) as error:
        if time.monotonic() >= deadline or isinstance(error, TimeoutError):
            raise FetchFailed(
                f"邮箱在 {network.seconds:g} 秒内没有答完：稍后会再试，已取到的不会丢失"
            ) from error
        raise FetchFailed(_reason(error)) from error
    finally:
        if box is not None:
            with suppress(OSError, imaplib.IMAP4.error):
                box.shutdown()


def _sign_in(box: imaplib.IMAP4, wanted: MailboxSettings, password: str) -> None:
    if not _sendable(wanted.username) or not _sendable(password):
        raise FetchFailed("邮箱的用户名或密码含有不能发送的字符：请用英文字母、数字和符号")
    try:
        box.login(_quoted(wanted.username), password)
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as error:
        raise FetchFailed(
            "邮箱不接受用户名或密码：请重新填写；许多邮箱要用专门的“授权码”代替密码"
        ) from error
    status, _data = box.select(_quoted(_folder_name(wanted.folder)), readonly=True)
    if status != "OK":
        raise FetchFailed(f"邮箱里没有文件夹“{wanted.folder}”：请核对名称，收件箱是 INBOX")


def _sendable(text: str) -> bool:
    return text.isascii() and text.isprintable()


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _folder_name(name: str) -> str:
    """Modified UTF-7, as mailbox names travel (RFC 3501, 5.1.3).

    :raises FetchFailed: a line break in it would begin a command of its own.
    """
    if not name.isprintable():
        raise FetchFailed("文件夹名里有看不见的字符：请重新填写")
    pieces = re.findall(r"[\x20-\x7e]+|[^\x20-\x7e]+", name)
    return "".join(
        piece.replace("&", "&-")
        if piece.isascii()
        else "&" + piece.encode("utf-7").decode()[1:].rstrip("-").replace("/", ",") + "-"
        for piece in pieces
    )


def _number(box: imaplib.IMAP4, name: str) -> int:
    _status, data = box.response(name)
    value = data[0] if data else None
    return int(value) if isinstance(value, bytes) and value.isdigit() else 0


def _uids(box: imaplib.IMAP4, wanted: MailboxSettings, look: Look, last: int) -> list[int]:
    """The numbers of letters to look at; at the first look, of the last days."""
    if last:
        criteria = ["UID", f"{last + 1}:*"]
    else:
        day = local(look.now - timedelta(days=wanted.days_back), look.zone)
        criteria = ["SINCE", f"{day.day:02}-{_MONTHS[day.month - 1]}-{day.year}"]
    status, data = box.uid("SEARCH", *criteria)
    if status != "OK":
        raise FetchFailed("邮箱不能按编号查找邮件：请换一个支持 IMAP4rev1 的邮箱")
    return sorted(int(number) for number in (data[0] or b"").split())


def _fetched(box: imaplib.IMAP4, uid: int) -> _Fetched | None:
    _status, data = box.uid("FETCH", str(uid), f"(UID INTERNALDATE BODY.PEEK[]<0.{LETTER_BYTES}>)")
    facts, raw = _joined(data)
    named = _UID.search(facts)
    if not raw or (named and int(named[1]) != uid):
        return None
    arrived = _ARRIVED.search(facts)
    return _Fetched(uid, raw, arrived[1].decode("ascii", "replace").strip() if arrived else "")


def _joined(data: list[Any]) -> tuple[bytes, bytes]:
    """What a FETCH says about a letter, and the letter."""
    facts, raw = b"", b""
    for piece in data:
        if isinstance(piece, tuple):
            facts, raw = facts + piece[0], piece[1]
        elif isinstance(piece, bytes):
            facts += piece
    return facts, raw


def _reason(error: Exception) -> str:
    if isinstance(error, ssl.SSLError):
        return "邮箱服务器的证书无效，或不支持这种加密方式：请核对服务器名、端口和加密方式"
    if isinstance(error, OSError):
        return "连接不上邮箱服务器：请核对服务器名、端口和加密方式"
    return "邮箱服务器的应答无法识别：请核对端口和加密方式"
