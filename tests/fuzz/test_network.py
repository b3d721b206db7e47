"""Who opens connections is known by name: what people type must not become a request inwards."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2] / "responder"
OPENS = re.compile(
    r"^\s*(?:import|from) (?:aiohttp|apprise|ftplib|http\.client|httpx|imaplib|poplib|requests"
    r"|smtplib|socket|ssl|telnetlib|urllib\.request|urllib3)\b",
    re.MULTILINE,
)

# Each, and what holds it back (tests/sources/test_addresses.py, test_fetching.py, tests/warnings).
KNOWN = {
    "sources/addresses.py": "asks the resolver, and judges every address that it gives",
    "sources/fetching.py": "connects to the address that was judged, anew for each redirect",
    "sources/mailboxes.py": "is given its connection by fetching",
    "warnings/courier.py": "a process that knows one name, with the addresses that were judged",
    "oidc/gate.py": "hands what Authlib asks to fetching, and leaves its session no other way out",
    "oidc/failures.py": "knows the errors of requests, whose session the gate holds",
    "scheduling/turns.py": "asks for the machine's own name alone",
    "serving.py": "tries whether its own port is free",
}


def test_nobody_else_opens_a_connection() -> None:
    found = {
        path.relative_to(ROOT).as_posix()
        for path in ROOT.rglob("*.py")
        if OPENS.search(path.read_text("utf-8"))
    }
    assert found == KNOWN.keys()
