"""Which hosts may be asked: public ones, and those that an administrator has listed.

A feed's address, or a redirect of it, must not become a request into the office's own
network. Names are resolved once; whoever connects uses the addresses returned here.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

NetworkRange: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolve: TypeAlias = Callable[[str, int], Sequence[str]]

WEB_PORTS = frozenset({80, 443})
MAIL_PORTS = frozenset({143, 993})

# How an IPv6 network reaches IPv4 (RFC 6052): judged by the IPv4 address at its end.
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class Refused(Exception):
    """A host that may not be asked. ``str()`` says who can change that."""


@dataclass(frozen=True)
class Listed:
    """What an administrator has listed (``RESPONDER_SOURCE_PRIVATE_HOSTS``).

    :param hosts: listed by their name alone: with any of the usual ports.
    :param ports: listed with a port: with that one alone.
    """

    hosts: frozenset[str] = frozenset()
    ports: frozenset[tuple[str, int]] = frozenset()
    networks: tuple[NetworkRange, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Listed:
        """``rsshub.intra:1200, 10.1.0.0/16, imap.intra``: names, names with a port, networks.

        :raises ValueError: an entry that is none of these.
        """
        hosts, ports, networks = set(), set(), []
        for entry in filter(None, re.split(r"[,，;；\s]+", text)):
            if "/" in entry:
                networks.append(ipaddress.ip_network(entry))
                continue
            name, port = _name_and_port(entry)
            if port is None:
                hosts.add(name)
            else:
                ports.add((name, port))
        return cls(frozenset(hosts), frozenset(ports), tuple(networks))


def _name_and_port(entry: str) -> tuple[str, int | None]:
    match = re.fullmatch(
        r"(?:\[(?P<six>[0-9A-Fa-f:.]+)\]|(?P<name>[^:\[\]]+))(?::(\d{1,5}))?", entry
    )
    if match is None:
        raise ValueError(f"“{entry}”不是主机名、主机名:端口或网段")
    return (match["six"] or match["name"]).lower(), int(match[3]) if match[3] else None


def is_public(text: str) -> bool:
    """Whether an address is one of the public internet, whatever way it is written."""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        if address in _NAT64:
            address = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        elif address.ipv4_mapped or address.sixtofour or address.teredo or address.is_site_local:
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved)


def system_resolver(name: str, port: int) -> Sequence[str]:
    """Every address of a name, as the system's resolver gives them.

    :raises OSError: the name is not known.
    """
    found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def within(resolve: Resolve, name: str, port: int, seconds: float) -> Sequence[str]:
    """What a resolver says, unless it takes longer than that.

    :raises OSError: the name is not known, or not in time.
    """
    answers: list[Sequence[str]] = []
    problems: list[Exception] = []

    def ask() -> None:
        try:
            answers.append(resolve(name, port))
        except (OSError, UnicodeError) as error:
            problems.append(error)

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(max(seconds, 0))
    if answers:
        return answers[0]
    raise OSError(str(problems[0]) if problems else "the resolver does not answer")


def allowed(
    name: str,
    port: int,
    addresses: Sequence[str],
    listed: Listed,
    ports: frozenset[int] = WEB_PORTS,
) -> None:
    """Let pass what may be asked.

    :param addresses: all that the name has; one that may not be asked refuses the name.
    :raises Refused: with a sentence that says what to do.
    """
    name = name.lower().rstrip(".")
    if port not in ports and (name, port) not in listed.ports:
        raise Refused(
            f"不能连接 {name} 的 {port} 端口：请换用标准端口，"
            f"或请管理员在 RESPONDER_SOURCE_PRIVATE_HOSTS 中列出 {name}:{port}"
        )
    if name in listed.hosts or (name, port) in listed.ports:
        return
    for text in addresses:
        if not is_public(text) and not _in_networks(text, listed.networks):
            raise Refused(
                f"{name} 指向内部网络地址，不能访问：如确需使用，"
                f"请管理员在 RESPONDER_SOURCE_PRIVATE_HOSTS 中列出 {name}:{port}"
            )


def _in_networks(text: str, networks: Sequence[NetworkRange]) -> bool:
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return any(address in network for network in networks)
