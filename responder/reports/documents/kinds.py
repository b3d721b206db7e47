"""The kinds of reports. One more is one more entry here, and the module that composes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from responder.core.errors import NotFound
from responder.planning.briefing.reading import Standpoint
from responder.reports.annual import composing as annual
from responder.reports.documents.composing import concerns, daily, hotline, special
from responder.reports.documents.content import Content
from responder.reports.documents.rules import Needs, Request

Compose = Callable[[Session, Request, Standpoint], Content]


@dataclass(frozen=True)
class Kind:
    """A kind of report.

    :param prefix: of its number: ``舆情专报``〔2026〕3号.
    :param needs: what somebody says to have one. Of a year, a month or a day there is one
        report that stands; of a topic there may be several.
    :param compose: what it says, from the records as they are. It reads, and stores nothing.
    """

    code: str
    label: str
    prefix: str
    needs: Needs
    compose: Compose


ANNUAL = Kind("annual", "年度总结", "年度总结", Needs.YEAR, annual.compose)
DAILY = Kind("daily", "舆情日报", "舆情日报", Needs.DAY, daily.compose)

KINDS: dict[str, Kind] = {
    kind.code: kind
    for kind in (
        ANNUAL,
        DAILY,
        Kind("hotline", "热线月报", "热线月报", Needs.MONTH, hotline.compose),
        Kind("concerns", "群众关切月度分析", "关切分析", Needs.MONTH, concerns.compose),
        Kind("special", "舆情专报", "舆情专报", Needs.TOPIC, special.compose),
    )
}


def find_kind(code: str) -> Kind:
    """:raises NotFound: no such kind."""
    kind = KINDS.get(code)
    if kind is None:
        raise NotFound(f"没有“{code[:32]}”这种报告：请从报告列表重新进入")
    return kind


def label_of(code: str) -> str:
    """What a kind is called; its code when the product no longer knows it."""
    return KINDS[code].label if code in KINDS else code


def prefix_of(code: str) -> str:
    return KINDS[code].prefix if code in KINDS else code


def needs_of(code: str) -> Needs | None:
    return KINDS[code].needs if code in KINDS else None
