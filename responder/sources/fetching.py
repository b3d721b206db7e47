"""The only HTTP client of the product: small answers, soon, from where it may ask.

Each hop is resolved once and checked (:mod:`responder.sources.addresses`); the connection goes
to the checked address, so that a name cannot change its mind in between. A watchdog ends
whatever trickles, and a compressed answer is unpacked no further than the limit. No proxy
is used, whatever the environment says.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.client import HTTPException
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError
from urllib3.response import HTTPResponse

from responder.settings import Settings
from responder.sources import addresses
from responder.sources.addresses import Listed, Resolve

MOST_REDIRECTS = 3
CHUNK_BYTES = 64 * 1024
AGENT = "Responder/0.1 (+feed reader)"
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class FetchFailed(Exception):
    """Nothing usable came. The sentence says why and what to do.

    :ivar retry_after: the Retry-After header of a 429 or 503, as it came.
    :ivar answered: the other side is there, and said no.
    """

    def __init__(self, message: str, retry_after: str = "", *, answered: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.retry_after = retry_after
        self.answered = answered


@dataclass(frozen=True)
class Answer:
    """A complete answer: status 200 or 304. Names of headers are in lower case."""

    status: int
    body: bytes
    headers: Mapping[str, str]
    url: str

    @property
    def media_type(self) -> str:
        """``application/rss+xml``; empty when the other side does not say."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


@dataclass(frozen=True)
class Network:
    """What may be asked, and how long and how much it may take.

    :param seconds: for everything together: name, connection, redirects, body.
    :param most_bytes: of one body, unpacked.
    :param trust: whose certificates are believed; None is the system's list.
    """

    listed: Listed = field(default_factory=Listed)
    seconds: float = 15
    most_bytes: int = 5 * 1024 * 1024
    resolve: Resolve = addresses.system_resolver
    trust: ssl.SSLContext | None = None

    @classmethod
    def of(cls, settings: Settings) -> Network:
        return cls(
            listed=Listed.parse(settings.source_private_hosts),
            seconds=settings.source_fetch_seconds,
            most_bytes=settings.source_fetch_megabytes * 1024 * 1024,
        )

    def get(
        self, url: str, headers: Mapping[str, str] | None = None, accepts: Sequence[str] = ()
    ) -> Answer:
        """What an address answers, following at most three redirects.

        :param accepts: media types, or their ends (``+xml``); none means any. An answer that
            does not say its type is taken.
        :raises FetchFailed: refused, late, too large, another type, or an error status.
        """
        deadline = time.monotonic() + self.seconds
        sent = {"User-Agent": AGENT, "Accept-Encoding": "gzip", "Accept": "*/*", **(headers or {})}
        asked = _parts(url)[0].hostname
        for _hop in range(MOST_REDIRECTS + 1):
            # What is listed is listed for the source, not for whoever it points at.
            listed = self.listed if _parts(url)[0].hostname == asked else Listed()
            answer = self._ask(url, sent, deadline, listed)
            if answer.status not in _REDIRECTS:
                return _usable(answer, accepts)
            url = _next(url, answer.headers.get("location", ""))
        raise FetchFailed(f"这个地址重定向超过 {MOST_REDIRECTS} 次：请填写最终的地址")

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """What an address answers to a body; its own body is not read.

        Nothing is followed: what was signed for one address goes to no other.

        :raises FetchFailed: refused, late, or any answer but a 2xx.
        """
        deadline = time.monotonic() + self.seconds
        sent = {"User-Agent": AGENT, "Content-Type": "application/json; charset=utf-8", **headers}
        answer = self._ask(url, sent, deadline, self.listed, body)
        if not 200 <= answer.status < 300:
            raise FetchFailed(
                f"对方应答 {answer.status}：没有收下",
                answer.headers.get("retry-after", "") if answer.status in {429, 503} else "",
                answered=True,
            )
        return answer

    def exchange(self, url: str, headers: Mapping[str, str], body: bytes | None = None) -> Answer:
        """What an address answers, whatever its status; nothing is followed.

        :param body: to be sent; None asks with a GET.
        :raises FetchFailed: refused, late, or too large.
        """
        sent = {"User-Agent": AGENT, **headers, "Accept-Encoding": "gzip"}
        return self._ask(url, sent, time.monotonic() + self.seconds, self.listed, body, whole=True)

    def connect(
        self,
        name: str,
        port: int,
        ports: frozenset[int],
        deadline: float,
        listed: Listed | None = None,
    ) -> socket.socket:
        """A connection to a checked address of a name.

        :param deadline: by ``time.monotonic()``.
        :param listed: instead of what the administrator has listed.
        :raises FetchFailed: refused, unknown, or nobody there.
        """
        problem: OSError | None = None
        for address in self._checked(name, port, ports, deadline, listed or self.listed):
            try:
                return socket.create_connection((address, port), _left(deadline))
            except OSError as error:
                problem = error
        if isinstance(problem, TimeoutError):
            raise _late(self.seconds) from problem
        raise FetchFailed(f"连接不上 {name}：请检查地址是否正确、对方是否在运行") from problem

    def _checked(
        self, name: str, port: int, ports: frozenset[int], deadline: float, listed: Listed
    ) -> Sequence[str]:
        try:
            found = addresses.within(self.resolve, name, port, _left(deadline))
        except OSError as error:
            raise FetchFailed(f"找不到主机 {name}：请检查地址有没有写错") from error
        try:
            addresses.allowed(name, port, found, listed, ports)
        except addresses.Refused as error:
            raise FetchFailed(str(error)) from error
        return found

    def _ask(
        self,
        url: str,
        headers: Mapping[str, str],
        deadline: float,
        listed: Listed,
        sent: bytes | None = None,
        whole: bool = False,
    ) -> Answer:
        """One hop: a GET, or a POST where there is something to send.

        :param whole: the body also of a POST, and of a refusal.
        """
        parts, port = _parts(url)
        assert parts.hostname is not None
        name = _ascii_name(parts.hostname)

        def connect() -> socket.socket:
            return self.connect(name, port, addresses.WEB_PORTS, deadline, listed)

        connection = _connection(parts.scheme, name, port, _left(deadline), connect, self.trust)
        try:
            connection.connect()
            with watched(connection.sock, deadline) as late:
                response, body = self._exchange(connection, _target(parts), headers, sent, whole)
            if late.is_set():
                raise _late(self.seconds)
        except (OSError, HTTPError, HTTPException, ValueError, zlib.error) as error:
            if isinstance(error, TimeoutError) or time.monotonic() >= deadline:
                raise _late(self.seconds) from error
            raise FetchFailed(f"{name} 的应答无法读取：{_reason(error)}，请稍后再试") from error
        finally:
            connection.close()
        known = {key.lower(): value for key, value in response.headers.items()}
        return Answer(response.status, body, known, url)

    def _exchange(
        self,
        connection: HTTPConnection,
        target: str,
        headers: Mapping[str, str],
        sent: bytes | None,
        whole: bool,
    ) -> tuple[HTTPResponse, bytes]:
        connection.request(
            "GET" if sent is None else "POST",
            target,
            body=sent,
            headers=headers,
            preload_content=False,
            decode_content=False,
        )
        response = connection.getresponse()
        used = whole or (sent is None and response.status == 200)
        return response, self._body(response) if used else b""

    def _body(self, response: HTTPResponse) -> bytes:
        """The body, unpacked."""
        coding = response.headers.get("Content-Encoding", "").strip().lower()
        if coding not in {"", "identity", "gzip", "x-gzip", "deflate"}:
            raise FetchFailed(f"对方用了不支持的压缩方式 {coding[:20]}：请换一个地址")
        unpack = zlib.decompressobj(wbits=47) if coding not in {"", "identity"} else None
        body = bytearray()
        for chunk in _chunks(response):
            room = self.most_bytes + 1 - len(body)
            body += unpack.decompress(chunk, room) if unpack else chunk[:room]
            if len(body) > self.most_bytes:
                megabytes = self.most_bytes / 1024 / 1024
                raise FetchFailed(f"内容超过 {megabytes:g} MB 的上限：请换用较短的列表地址")
        if unpack is not None and not unpack.eof:
            raise FetchFailed("压缩的内容不完整：对方可能中断了连接，请稍后再试")
        return bytes(body)


def _chunks(response: HTTPResponse) -> Iterator[bytes]:
    while chunk := response.read1(CHUNK_BYTES, decode_content=False):
        yield chunk


class _PinnedConnection(HTTPConnection):
    """Connects where it is told; everything else is by the name."""

    connect_checked: Callable[[], socket.socket]

    def _new_conn(self) -> socket.socket:
        return self.connect_checked()


class _PinnedSecureConnection(HTTPSConnection):
    """The same with TLS: the certificate is held against the name."""

    connect_checked: Callable[[], socket.socket]

    def _new_conn(self) -> socket.socket:
        return self.connect_checked()


def _connection(
    scheme: str,
    name: str,
    port: int,
    seconds: float,
    connect: Callable[[], socket.socket],
    trust: ssl.SSLContext | None,
) -> HTTPConnection:
    connection: _PinnedConnection | _PinnedSecureConnection
    if scheme == "https":
        context = trust or ssl.create_default_context()
        connection = _PinnedSecureConnection(name, port, timeout=seconds, ssl_context=context)
    else:
        connection = _PinnedConnection(name, port, timeout=seconds)
    connection.connect_checked = connect
    return connection


def _next(url: str, location: str) -> str:
    """Where a redirect leads."""
    try:
        return urljoin(url, location)
    except ValueError as error:
        raise FetchFailed("这个地址重定向到一个无效的地址：请填写最终的地址") from error


@contextmanager
def watched(sock: socket.socket | None, deadline: float) -> Iterator[threading.Event]:
    """Cut a connection at the deadline; the event says that it came to that."""
    late = threading.Event()

    def cut() -> None:
        late.set()
        _hang_up(sock)

    timer = threading.Timer(_left(deadline), cut)
    timer.daemon = True
    timer.start()
    try:
        yield late
    finally:
        timer.cancel()


def _hang_up(sock: socket.socket | None) -> None:
    """End a connection that another thread may be reading from."""
    try:
        if sock is not None:
            sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # ended already


def _parts(url: str) -> tuple[SplitResult, int]:
    try:
        parts = urlsplit(url)
        port = parts.port or {"http": 80, "https": 443}[parts.scheme]
        if not parts.hostname:
            raise ValueError("no host")
    except (ValueError, KeyError) as error:
        raise FetchFailed("只能访问 http:// 和 https:// 地址：请改正地址") from error
    if parts.username is not None or parts.password is not None:
        raise FetchFailed("地址里不能带用户名和密码：请换成公开的订阅地址")
    return parts, port


def _ascii_name(name: str) -> str:
    """``例子.中国`` as the name system knows it; addresses stay as they are."""
    try:
        return str(ipaddress.ip_address(name))
    except ValueError:
        pass
    try:
        return name.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise FetchFailed(f"{name[:60]} 不是有效的主机名：请改正地址") from error


def _target(parts: SplitResult) -> str:
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = quote(parts.query, safe="/%:@!$&'()*+,;=~-._?")
    return f"{path}?{query}" if query else path


def _usable(answer: Answer, accepts: Sequence[str]) -> Answer:
    if answer.status == 304:
        return answer
    if answer.status != 200:
        sentence = _STATUS.get(answer.status, "对方没有给出内容，请稍后再试或换一个地址")
        waiting = answer.headers.get("retry-after", "") if answer.status in {429, 503} else ""
        raise FetchFailed(f"对方应答 {answer.status}：{sentence}", waiting, answered=True)
    if accepts and answer.media_type and not answer.media_type.endswith(tuple(accepts)):
        raise FetchFailed(
            f"这个地址给出的是 {answer.media_type[:60]}，不是可读取的列表："
            "请填写订阅源或接口的地址，而不是网页的地址"
        )
    return answer


_STATUS = {
    401: "需要登录，请换成公开的地址",
    403: "对方拒绝访问，请换一个地址",
    404: "没有这个地址，请检查有没有写错",
    410: "对方已停止提供，请换一个地址或暂停这个来源",
    429: "请求太频繁，将按对方要求的时间再试",
    503: "对方暂时停止服务，将按对方要求的时间再试",
}


def _left(deadline: float) -> float:
    return max(deadline - time.monotonic(), 0.001)


def _late(seconds: float) -> FetchFailed:
    return FetchFailed(f"{seconds:g} 秒内没有取完：请稍后再试，或换一个更快的地址")


def _reason(error: Exception) -> str:
    if isinstance(error, ssl.SSLError) or "CERTIFICATE" in str(error).upper():
        return "证书无效或加密连接失败"
    return "连接中断或格式不对"


def faster(network: Network, seconds: float) -> Network:
    """The same network with less patience, for somebody who waits at a page."""
    return replace(network, seconds=min(seconds, network.seconds))
