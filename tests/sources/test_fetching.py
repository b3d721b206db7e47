"""One HTTP client, against a real server that does all that servers should not."""

from __future__ import annotations

import gzip
import time
import tracemalloc
import zlib
from dataclasses import replace

import pytest

from responder.settings import Settings
from responder.sources.addresses import Listed
from responder.sources.fetching import FetchFailed, Network
from tests.sources.certificates import self_signed, trusting
from tests.sources.web_server import NAME, Reply, here, web_server

MEGABYTE = 1024 * 1024


def test_a_plain_answer_comes_back_whole(web) -> None:
    url = web.put("/rss?q=%E6%B0%B4&b=1", "<rss/>", headers={"ETag": '"1"'})
    answer = web.network().get(url, {"If-None-Match": '"0"'})
    assert (answer.status, answer.body, answer.media_type) == (
        200,
        b"<rss/>",
        "application/rss+xml",
    )
    assert answer.headers["etag"] == '"1"'
    path, headers = web.asked[0]
    assert path == "/rss?q=%E6%B0%B4&b=1"
    assert headers["host"] == f"{NAME}:{web.port}"
    assert headers["if-none-match"] == '"0"'


def test_words_in_an_address_are_escaped(web) -> None:
    web.put("/%E5%BE%AE%E5%8D%9A?q=%E6%B0%B4%20%E5%8E%8B", "<rss/>")
    assert web.network().get(web.url("/微博?q=水 压")).status == 200


def test_not_modified_is_an_answer(web) -> None:
    web.replies["/rss"] = Reply(status=304)
    assert web.network().get(web.url("/rss")).status == 304


def test_redirects_are_followed_three_times_and_no_more(web) -> None:
    for number in range(4):
        web.replies[f"/{number}"] = Reply(status=302, headers={"Location": f"/{number + 1}"})
    web.put("/4", "<rss/>")
    assert web.network().get(web.url("/1")).url == web.url("/4")
    with pytest.raises(FetchFailed, match="重定向超过 3 次"):
        web.network().get(web.url("/0"))


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1:{port}/secret",
        "http://localhost:{port}/secret",
        "http://inner.test/secret",
    ],
)
def test_a_redirect_into_the_own_network_is_refused(web, target: str) -> None:
    """The listed server is open; that its machine has another name opens nothing."""
    web.put("/secret", "secret")
    web.replies["/rss"] = Reply(status=302, headers={"Location": target.format(port=web.port)})
    with pytest.raises(FetchFailed, match="RESPONDER_SOURCE_PRIVATE_HOSTS"):
        web.network().get(web.url("/rss"))
    assert [path for path, _headers in web.asked] == ["/rss"]


def test_what_is_listed_is_listed_for_the_source_and_not_for_who_points_at_it(web) -> None:
    web.replies["/rss"] = Reply(
        status=302, headers={"Location": f"http://inner.test:{web.port}/secret"}
    )
    network = web.network()
    listed = replace(
        network.listed,
        hosts=network.listed.hosts | {"inner.test"},
        ports=network.listed.ports | {("inner.test", web.port)},
    )
    network = replace(network, listed=listed)
    with pytest.raises(FetchFailed):
        network.get(web.url("/rss"))
    assert [path for path, _headers in web.asked] == ["/rss"]


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://feeds.test/x", "gopher://x/"])
def test_a_redirect_to_anything_but_the_web_is_refused(web, target: str) -> None:
    web.replies["/rss"] = Reply(status=301, headers={"Location": target})
    with pytest.raises(FetchFailed, match="只能访问"):
        web.network().get(web.url("/rss"))


@pytest.mark.parametrize("target", ["http://[::1", "//[x]/"])
def test_a_redirect_to_what_is_no_address_is_refused(web, target: str) -> None:
    web.replies["/rss"] = Reply(status=302, headers={"Location": target})
    with pytest.raises(FetchFailed):
        web.network().get(web.url("/rss"))


def test_what_is_no_address_is_refused_before_anybody_is_asked(web) -> None:
    with pytest.raises(FetchFailed, match="只能访问"):
        web.network().get("http://[::1")


def test_a_name_is_resolved_once_and_its_checked_address_is_used(web) -> None:
    """Rebinding: public when it is checked, loopback when it is connected to."""
    answers = iter([["8.8.8.8"], ["127.0.0.1"]])
    asked: list[str] = []

    def resolve(name: str, _port: int) -> list[str]:
        asked.append(name)
        return next(answers)

    class Connected(Exception):
        pass

    class Recorded(Network):
        def connect(self, name, port, ports, deadline, listed=None):
            raise Connected(self._checked(name, port, ports, deadline, listed))

    with pytest.raises(Connected) as connected:
        Recorded(resolve=resolve).get("http://rebind.test/")
    assert connected.value.args[0] == ["8.8.8.8"]
    assert asked == ["rebind.test"]
    with pytest.raises(FetchFailed, match="指向内部网络地址"):
        Network(resolve=resolve).get("http://rebind.test/")
    assert web.asked == []


def test_each_hop_is_resolved_once(web) -> None:
    web.replies["/old"] = Reply(status=301, headers={"Location": "/new"})
    web.put("/new", "<rss/>")
    answers = iter([["127.0.0.1"], ["127.0.0.1"]])
    network = web.network(resolve=lambda _name, _port: next(answers))
    assert network.get(web.url("/old")).url.endswith("/new")
    assert list(answers) == []


def test_a_certificate_is_held_against_the_name(tmp_path) -> None:
    pair = self_signed(tmp_path, NAME)
    with web_server(pair) as web:
        web.put("/rss", "<rss/>")
        secure = f"https://{NAME}:{web.port}/rss"
        other = web.network(listed=Listed.parse(f"other.test:{web.port}"), trust=trusting(pair))
        assert web.network(trust=trusting(pair)).get(secure).body == b"<rss/>"
        with pytest.raises(FetchFailed, match="证书无效"):
            web.network().get(secure)
        with pytest.raises(FetchFailed, match="证书无效"):
            other.get(secure.replace(NAME, "other.test"))


def test_the_own_network_is_closed_without_a_list() -> None:
    network = Network.of(Settings())
    for url in ("http://127.0.0.1/", "http://[::1]/", "http://2130706433/", "http://0x7f.1/"):
        with pytest.raises(FetchFailed, match=r"内部网络|找不到"):
            network.get(url)


def test_an_address_with_a_password_is_refused(web) -> None:
    with pytest.raises(FetchFailed, match="不能带用户名"):
        web.network().get(f"http://a:b@{NAME}:{web.port}/rss")


def test_a_huge_body_is_cut_off(web) -> None:
    def endless(handler) -> None:
        while not web.stopping.is_set():
            handler.wfile.write(b"x" * 65536)

    web.replies["/huge"] = Reply(write=endless)
    with pytest.raises(FetchFailed, match="超过 1 MB"):
        web.network(most_bytes=MEGABYTE).get(web.url("/huge"))


def test_a_small_body_that_unpacks_to_a_huge_one_is_cut_off(web) -> None:
    packer = zlib.compressobj(wbits=31)
    block = b"\0" * MEGABYTE
    bomb = b"".join([*(packer.compress(block) for _ in range(64)), packer.flush()])
    assert len(bomb) < MEGABYTE
    url = web.put("/bomb", bomb, headers={"Content-Encoding": "gzip"})
    tracemalloc.start()
    try:
        with pytest.raises(FetchFailed, match="超过 1 MB"):
            web.network(most_bytes=MEGABYTE).get(url)
        assert tracemalloc.get_traced_memory()[1] < 8 * MEGABYTE
    finally:
        tracemalloc.stop()


def test_a_packed_body_is_unpacked_and_a_torn_one_refused(web) -> None:
    packed = gzip.compress("<rss>供水</rss>".encode() * 1000)
    good = web.put("/good", packed, headers={"Content-Encoding": "gzip"})
    torn = web.put("/torn", packed[:-20], headers={"Content-Encoding": "gzip"})
    odd = web.put("/odd", packed, headers={"Content-Encoding": "br"})
    assert web.network().get(good).body.decode().startswith("<rss>供水")
    with pytest.raises(FetchFailed, match="不完整"):
        web.network().get(torn)
    with pytest.raises(FetchFailed, match="不支持的压缩方式 br"):
        web.network().get(odd)


def test_a_drip_is_cut_at_the_limit(web) -> None:
    def drip(handler) -> None:
        while not web.stopping.wait(0.05):
            handler.wfile.write(b"x")
            handler.wfile.flush()

    web.replies["/drip"] = Reply(write=drip)
    began = time.monotonic()
    with pytest.raises(FetchFailed, match=r"0.5 秒内没有取完"):
        web.network(seconds=0.5).get(web.url("/drip"))
    assert time.monotonic() - began < 4


def test_a_server_that_says_nothing_is_cut_at_the_limit(web) -> None:
    web.replies["/mute"] = Reply(
        headers={"Content-Length": "10"}, write=lambda _handler: web.stopping.wait(5)
    )
    with pytest.raises(FetchFailed, match="秒内没有取完"):
        web.network(seconds=0.3).get(web.url("/mute"))


def test_a_body_shorter_than_promised_is_refused(web) -> None:
    web.replies["/short"] = Reply(
        headers={"Content-Length": "100"}, write=lambda handler: handler.wfile.write(b"x")
    )
    with pytest.raises(FetchFailed, match="无法读取"):
        web.network().get(web.url("/short"))


def test_another_type_than_asked_for_is_refused(web) -> None:
    url = web.put("/page", "<html>", kind="text/html; charset=utf-8")
    with pytest.raises(FetchFailed, match="给出的是 text/html"):
        web.network().get(url, accepts=("xml", "json"))
    assert web.network().get(web.put("/feed", "<rss/>"), accepts=("xml",)).status == 200


@pytest.mark.parametrize(("status", "waits"), [(429, "120"), (503, "120"), (500, ""), (404, "")])
def test_an_error_status_is_told_with_how_long_to_wait(web, status: int, waits: str) -> None:
    web.replies["/rss"] = Reply(status=status, headers={"Retry-After": "120"})
    with pytest.raises(FetchFailed, match=f"对方应答 {status}") as failed:
        web.network().get(web.url("/rss"))
    assert failed.value.retry_after == waits


def test_nobody_there_is_told(web) -> None:
    unused = "nobody.test:1"
    network = Network(Listed.parse(unused), resolve=here, seconds=2)
    with pytest.raises(FetchFailed, match=r"连接不上 nobody\.test"):
        network.get(f"http://{unused}/")
    with pytest.raises(FetchFailed, match="找不到主机"):
        Network(seconds=2).get("http://no-such-host.invalid/")


def test_no_proxy_of_the_environment_is_used(web, monkeypatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert web.network().get(web.put("/rss", "<rss/>")).status == 200


@pytest.mark.parametrize(
    ("body", "headers"),
    [(b"no gzip", {"Content-Encoding": "gzip"}), (b"<rss/>", {"X-Long": "x" * 70_000})],
)
def test_an_answer_that_no_library_reads_is_said(web, body, headers) -> None:
    url = web.put("/rss", body, headers=headers)
    with pytest.raises(FetchFailed, match="无法读取"):
        web.network().get(url)
