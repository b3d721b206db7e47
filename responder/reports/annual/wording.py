"""Where the summary's template comes from, and where its figures do."""

from __future__ import annotations

from datetime import datetime
from importlib.resources import files

from sqlalchemy.orm import Session

from responder.core.errors import Forbidden, Invalid, Stale
from responder.core.lifecycle import Attempt
from responder.core.office import public_lines
from responder.core.permissions import Permission
from responder.core.texts import clean
from responder.reports.annual import rules
from responder.reports.annual.models import SummaryTemplate
from responder.reports.annual.rules import Line
from responder.reports.statistics import freezing
from responder.reports.statistics import rules as figure_rules
from responder.reports.statistics.freezing import Standing
from responder.reports.statistics.spans import Span
from responder.responses.rules import gate_sentence, private_data_in

THE_ONE = 1
WORDS = ("年", "上年", "单位", "日期")


def shipped() -> str:
    """The template that comes with the product."""
    return files("responder").joinpath("data/annual_summary.txt").read_text(encoding="utf-8")


def stored(session: Session) -> SummaryTemplate | None:
    """The office's own template; None as long as it uses the shipped one."""
    return session.get(SummaryTemplate, THE_ONE)


def template_text(session: Session) -> str:
    own = stored(session)
    return own.text if own else shipped()


def save(
    session: Session, text: str, span: Span, attempt: Attempt, seen: int | None
) -> SummaryTemplate:
    """Keep the office's own template.

    :param span: a year whose figures it may name.
    :param seen: version that the form was shown with; None for the shipped one.
    :raises Forbidden: whoever asks may not.
    :raises Stale: somebody has changed it since.
    :raises Invalid: it names what is no figure, or has no title.
    """
    if not attempt.may(Permission.STATISTICS_FREEZE):
        raise Forbidden("您没有修改总结模板的权限：请联系政务公开办")
    own, text = stored(session), clean(text).strip() + "\n"
    if (own.version_id if own else None) != seen:
        raise Stale("模板刚被别人改过：请核对现有内容后再保存")
    if found := problems(session, text, span):
        raise Invalid("；".join(found[:5]), {"text": "有误"})
    if own is None:
        own = SummaryTemplate(id=THE_ONE, text="")  # two first savers meet at the key
        session.add(own)
    own.text, own.changed_at, own.changed_by = text, attempt.now, attempt.actor.name
    session.flush()
    return own


def problems(session: Session, text: str, span: Span) -> list[str]:
    """What stands in the way of a template: names of no figure, or somebody's personal data."""
    figures = [one.counted.figure for one in freezing.standings(session, span).values()]
    openly = [one.name for one in figures if one.is_named_openly]
    found = rules.problems(text, [one.name for one in figures], WORDS, openly)
    private = private_data_in({"text": text}, {"text": "模板"}, public_lines())
    return [*found, *filter(None, [gate_sentence(private)])]


def summary_lines(
    session: Session, span: Span, office: str, now: datetime
) -> tuple[list[Line], dict[str, str]]:
    """The summary of a year with its figures said; name → code of the figures."""
    by_name = {one.counted.figure.name: one for one in freezing.standings(session, span).values()}

    def say(name: str, manner: str) -> str:
        standing = by_name.get(name)
        if standing is None:  # an entered figure of another year
            return rules.NO_DATA
        return _said(session, standing, manner, span)

    words = dict(zip(WORDS, _words(span, office, now), strict=True))
    codes = {name: one.counted.figure.code for name, one in by_name.items()}
    measures = {name: one.counted.figure.measure for name, one in by_name.items()}
    return rules.lines(template_text(session), say, words, measures), codes


def _words(span: Span, office: str, now: datetime) -> tuple[str, ...]:
    day = now.astimezone(span.zone)
    return str(span.year), str(span.year - 1), office, f"{day.year}年{day.month}月{day.day}日"


def _said(session: Session, standing: Standing, manner: str, span: Span) -> str:
    value, last = standing.said, standing.last_year
    figure = standing.counted.figure
    if manner == rules.ABOUT:
        return figure_rules.about(value)
    if manner == rules.LAST_YEAR:
        return figure_rules.shown(last)
    if manner == rules.CHANGE:
        return figure_rules.change_words(value, last, figure.measure)
    if manner == rules.NAMES:
        names = standing.names if standing.frozen else freezing.titles_of(session, figure, span)
        return names or rules.NO_DATA
    return figure_rules.shown(value)
