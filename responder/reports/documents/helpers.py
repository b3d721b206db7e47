"""What templates may ask of reports, and the trail's words."""

from __future__ import annotations

from flask import Flask, current_app, url_for

from responder.core.charts import Figures
from responder.core.database import db
from responder.core.times import chinese_date
from responder.reports.documents import queries
from responder.reports.documents.content import Content, Figure, Link
from responder.reports.documents.kinds import KINDS, label_of
from responder.reports.documents.lifecycle import REPORT, STATE_TONES
from responder.reports.documents.models import Report, ReportState
from responder.reports.documents.word import figures_of
from responder.web.access import PUBLIC, SIGNED_IN, declared_access, may
from responder.web.trail import Kind, name_kind

DEEDS = {"create": "生成", **{t.action: t.label for t in REPORT.transitions}}
FIELDS = {
    "kind": "种类", "sequence": "编号", "period_start": "起", "period_end": "止",
    "slots": "填写", "figures": "变化的数字",
}  # fmt: skip


def register(app: Flask) -> None:
    """Filters and globals by these names."""
    app.add_template_filter(report_state)
    app.add_template_filter(report_tone)
    app.add_template_filter(queries.number, "report_number")
    app.add_template_filter(queries.period_of, "report_period")
    app.add_template_filter(label_of, "report_kind")
    app.add_template_filter(chinese_date)
    app.add_template_filter(address)
    app.add_template_filter(drawn)
    app.add_template_filter(outlined)
    app.add_template_global(topic_reports)
    app.jinja_env.globals["report_kinds"] = KINDS
    name_kind(app, "report", Kind("报告", DEEDS, FIELDS, REPORT.states))


def report_state(state: ReportState) -> str:
    """Where a report stands, in the office's words."""
    return REPORT.states[state]


def report_tone(state: ReportState) -> str:
    return STATE_TONES.get(state, "")


def topic_reports(topic_id: int) -> list[Report]:
    """The reports on a topic, for its page."""
    return queries.of_topic(db.session, topic_id)


def drawn(figure: Figure) -> Figures:
    return figures_of(figure)


def outlined(content: Content) -> list[tuple[str, object]]:
    """(what a block is, the block), in order."""
    return [(type(block).__name__.lower(), block) for block in content.blocks]


def address(link: Link | None) -> str:
    """The address behind a figure; empty where it is gone, or this person may not open it."""
    if link is None or link.endpoint not in current_app.view_functions:
        return ""
    needed = declared_access(current_app, link.endpoint)
    opens = needed in (PUBLIC, SIGNED_IN) or (
        isinstance(needed, frozenset) and any(may(one) for one in needed)
    )
    return url_for(link.endpoint, **dict(link.arguments)) if opens else ""  # type: ignore[arg-type]
