"""``responder orders``: what the pages show, for a script."""

from __future__ import annotations

import json

from flask import Flask

from responder.orders.models import OrderState
from tests.orders.factories import PHONE, brought_to, message


def run(app: Flask, *arguments: str) -> str:
    result = app.test_cli_runner().invoke(args=["orders", *arguments])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_lists_explains_and_counts(app, people) -> None:
    order = brought_to(OrderState.HANDLING, message(title=f"请回电{PHONE}"))
    (listed,) = json.loads(run(app, "list", "--json"))["orders"]
    assert (listed["number"], listed["state"]) == (order.number, "handling")
    assert PHONE not in run(app, "list")
    told = run(app, "explain", order.number)
    assert "起算当日不计" in told
    assert "依据：出厂值" in told
    clocks = json.loads(run(app, "explain", order.number, "--json"))["clocks"]
    assert {clock["rule"] for clock in clocks} == {"order_complaint", "order_sign"}
    month = json.loads(run(app, "monthly", "2026-11", "--json"))
    assert month["whole"]["total"] == 1
    assert "合计" in run(app, "monthly", "2026-11")


def test_what_is_no_order_and_no_month_is_said(app) -> None:
    for arguments in (("explain", "2026-9"), ("explain", "x"), ("monthly", "2026-13")):
        result = app.test_cli_runner().invoke(args=["orders", *arguments])
        assert result.exit_code != 0
