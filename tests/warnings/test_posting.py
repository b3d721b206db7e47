"""A round of letters ends in time, and one that cannot be handed over leaves the others alone."""

from __future__ import annotations

import threading
import time

from responder.sources.addresses import Listed
from responder.sources.fetching import Network
from responder.warnings import posting, sending
from responder.warnings.posting import REFUSED, SENT, Destination, Letter

# Ends before it was told everything, when the address says so.
COURIER = """
import json, os, sys
if b"broken" in os.read(0, 40):
    sys.exit(1)
while os.read(0, 65536):
    pass
json.dump({"outcome": "sent", "why": "", "reached": True}, sys.stdout)
"""


def letter(name: str, body: str = "到期") -> Letter:
    return Letter(f"json://{name}.test", Destination("json", f"{name}.test", 80, False), "", body)


def test_names_that_do_not_resolve_take_one_time_for_all(monkeypatch):
    assert sending.LEASE.total_seconds() > posting.CHECK_SECONDS + posting.SECONDS
    monkeypatch.setattr(posting, "CHECK_SECONDS", 0.5)
    never = threading.Event()
    network = Network(seconds=300, resolve=lambda _name, _port: [str(never.wait(30))])
    began = time.monotonic()
    outcomes = posting.post([letter(f"h{n}") for n in range(sending.MOST_AT_ONCE)], network)
    assert time.monotonic() - began < 2
    never.set()
    assert [(one.state, one.reached) for one in outcomes] == [(REFUSED, False)] * len(outcomes)


def test_a_courier_that_ends_too_soon_refuses_its_own_letter_alone(monkeypatch, tmp_path):
    courier = tmp_path / "courier.py"
    courier.write_text(COURIER, encoding="utf-8")
    monkeypatch.setattr(posting, "COURIER", courier)
    network = Network(listed=Listed(), resolve=lambda _name, _port: ["93.184.216.34"])
    letters = [letter("a"), letter("broken", "长" * 200_000), letter("b")]
    outcomes = posting.post(letters, network)
    assert [(one.state, one.reached) for one in outcomes] == [
        (SENT, True), (REFUSED, False), (SENT, True),
    ]  # fmt: skip
