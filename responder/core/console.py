"""How commands speak: one object on standard output, sentences on standard error.

Exit codes everywhere: 0 done, 1 done with refused rows, 2 wrong use or cannot.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])

DONE_WITH_REFUSALS = 1
CANNOT = 2


def json_option(command: Command) -> Command:
    """``--json``: print one JSON object instead of text."""
    return click.option("--json", "as_json", is_flag=True, help="只在标准输出打印一个 JSON 对象。")(
        command
    )


def say(message: str) -> None:
    """A sentence for the person, on standard error."""
    click.echo(message, err=True)


def print_json(payload: Any) -> None:
    """``payload`` as one JSON object on standard output."""
    click.echo(json.dumps(payload, ensure_ascii=False, default=_plain))


def _plain(value: Any) -> Any:
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
