"""How commands speak: one object on standard output, sentences on standard error.

Exit codes everywhere: 0 done, 1 done with refused rows, 2 wrong use or cannot.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any, TypeVar

import click

from responder.core import disk
from responder.core.errors import Invalid

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


def write_file(path: Path, content: bytes) -> None:
    """Write what a command was asked for: whole, or not at all.

    :raises Invalid: it cannot be written there.
    """
    place = path.resolve()

    def write(part: Path) -> None:
        part.write_bytes(content)
        if place.exists():
            shutil.copymode(place, part)

    try:
        if place.exists() and not place.is_file():  # a pipe, a device: nothing takes its place
            place.write_bytes(content)
        else:
            disk.write_whole(place, write)
    except OSError as error:
        raise Invalid(f"无法写入 {path}（{disk.reason(error)}）：请用 --out 换一个位置") from error


def _plain(value: Any) -> Any:
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
