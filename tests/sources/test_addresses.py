"""Which hosts may be asked."""

from __future__ import annotations

import time

import pytest

from responder.sources import addresses
from responder.sources.addresses import MAIL_PORTS, Listed, Refused, allowed, is_public


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255",
        "192.168.1.1", "169.254.169.254", "100.64.0.1", "100.127.255.254", "192.0.2.1",
        "198.18.0.1", "224.0.0.1", "239.1.2.3", "240.0.0.1", "255.255.255.255", "::1", "::",
        "fe80::1", "fe80::1%eth0", "fc00::1", "fd12:3456::1", "fec0::1", "ff02::1",
        "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1",
        "64:ff9b::a01:203", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:db8::1", "not an address",
    ],
)  # fmt: skip
def test_these_are_not_the_public_internet(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "8.8.8.8",
        "114.114.114.114",
        "172.32.0.1",
        "2400:3200::1",
        "2001:4860::8",
        "64:ff9b::808:808",
    ],
)
def test_these_are_public(address: str) -> None:
    assert is_public(address)


def test_one_inner_address_among_public_ones_refuses_the_name() -> None:
    with pytest.raises(Refused, match="指向内部网络地址"):
        allowed("feeds.example.com", 443, ["8.8.8.8", "10.0.0.1"], Listed())
    allowed("feeds.example.com", 443, ["8.8.8.8", "2400:3200::1"], Listed())


@pytest.mark.parametrize("port", [22, 25, 6379, 8080, 1200])
def test_only_usual_ports_are_asked(port: int) -> None:
    with pytest.raises(Refused, match=f"{port} 端口"):
        allowed("feeds.example.com", port, ["8.8.8.8"], Listed())


def test_an_administrator_may_list_hosts_ports_and_networks() -> None:
    listed = Listed.parse("rsshub.intra:1200, imap.intra；10.1.0.0/16 [fd00::5]:8080")
    allowed("RSSHub.intra.", 1200, ["192.168.0.9"], listed)
    allowed("imap.intra", 993, ["192.168.0.8"], listed, MAIL_PORTS)
    allowed("other.intra", 80, ["10.1.255.1"], listed)
    allowed("fd00::5", 8080, ["fd00::5"], listed)
    for name, port, address in (
        ("rsshub.intra", 1201, "192.168.0.9"),
        ("rsshub.intra", 80, "192.168.0.9"),
        ("rsshub.intra", 443, "192.168.0.9"),
        ("fd00::5", 443, "fd00::5"),
        ("other.intra", 80, "10.2.0.1"),
        ("evil.intra", 80, "192.168.0.9"),
        ("fd00::5", 8081, "fd00::5"),
    ):
        with pytest.raises(Refused):
            allowed(name, port, [address], listed)


@pytest.mark.parametrize("text", ["10.1.0.0/99", "a:b:c", "host:port", "host:123456"])
def test_a_list_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Listed.parse(text)


def test_a_resolver_that_does_not_answer_is_not_waited_for() -> None:
    began = time.monotonic()
    with pytest.raises(OSError, match="does not answer"):
        addresses.within(lambda _name, _port: time.sleep(1) or [], "slow.test", 80, 0.05)
    assert time.monotonic() - began < 0.8
