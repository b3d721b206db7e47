"""What the codes of each record's fields are called, for whoever reads the trail.

A test fails where a closed list of codes is lacking here and in its own room.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Flask

from responder.alerts.models import KIND_LABELS as ALERT_KINDS
from responder.core.clocks import UNIT_LABELS
from responder.core.permissions import ROLE_LABELS
from responder.deadlines.views import GROUPS, STARTS, STOPS
from responder.intake.models import NATURE_LABELS
from responder.openness.applications.lifecycle import APPLICATION
from responder.openness.catalogue.models import OWN_LABELS
from responder.openness.catalogue.rules import CADENCE_LABELS, LIMIT_LABELS
from responder.openness.evaluations.models import KIND_LABELS as ROUND_KINDS
from responder.openness.trainings.models import KIND_LABELS as OCCASION_KINDS
from responder.planning.events.models import FILE_KIND_LABELS, REPLY_LABELS
from responder.planning.models import FORM_LABELS, LinkState
from responder.publishing.models import CHANGE_LABELS
from responder.publishing.packages.models import DUTY_LABELS
from responder.publishing.packages.models import LEVEL_LABELS as PACKAGE_LEVELS
from responder.reports.documents.kinds import KINDS as REPORT_KINDS
from responder.responses.drafting.formats import FORMAT_LABELS
from responder.responses.drafting.models import SEVERITY_LABELS as WORD_SEVERITIES
from responder.responses.judging.rules import GRADE_LABELS
from responder.sources.models import KIND_LABELS as SOURCE_KINDS
from responder.sources.models import STATE_LABELS as SOURCE_STATES
from responder.topics.corrections import KIND_LABELS as CORRECTION_KINDS
from responder.warnings.models import SEVERITY_LABELS, TIMING_LABELS
from responder.web.trail import name_values

ORDER_LEVELS = {
    **{f"order_{nature.value}": label for nature, label in NATURE_LABELS.items()},
    "order_sign": "签收",
    "order_sign_urgent": "紧急",
}
LINK_LABELS = {
    LinkState.SUGGESTED: "建议",
    LinkState.CONFIRMED: "已关联",
    LinkState.REFUSED: "不关联",
}
CODES: Mapping[str, Mapping[Any, str]] = {
    "clock_rule.level": GROUPS | ORDER_LEVELS,
    "clock_rule.starts_from": STARTS,
    "clock_rule.stopped_by": STOPS,
    "release_rule.forms": FORM_LABELS,
    "report.kind": {code: kind.label for code, kind in REPORT_KINDS.items()},
    "response_item.grade": GRADE_LABELS,
    "topic_event_link.state": LINK_LABELS,
    "application_outcome.closes": {step.action: step.label for step in APPLICATION.transitions},
    "user_role.role": ROLE_LABELS,
    "saved_view.role": ROLE_LABELS,
    "source.kind": SOURCE_KINDS,
    "column_feed.state": SOURCE_STATES,
    "topic_correction.kind": CORRECTION_KINDS,
    "alert_rule.kind": ALERT_KINDS,
    "plan_entry.form": FORM_LABELS,
    "press_event.form": FORM_LABELS,
    "preparation_item.form": FORM_LABELS,
    "media_invitation.reply": REPLY_LABELS,
    "event_file.kind": FILE_KIND_LABELS,
    "answer_template.format": FORMAT_LABELS,
    "sensitive_word.severity": WORD_SEVERITIES,
    "entry.answer_format": FORMAT_LABELS,
    "entry_change.answer_format": FORMAT_LABELS,
    "entry_change.kind": CHANGE_LABELS,
    "policy_package.level": PACKAGE_LEVELS,
    "policy_package.duty": DUTY_LABELS,
    "evaluation_round.kind": ROUND_KINDS,
    "openness_occasion.kind": OCCASION_KINDS,
    "site_check_kind.limit_unit": LIMIT_LABELS,
    "catalogue_column.cadence": CADENCE_LABELS,
    "own_mapping.kind": OWN_LABELS,
    "warning_step.unit": UNIT_LABELS,
    "warning_step.timing": TIMING_LABELS,
    "warning_step.severity": SEVERITY_LABELS,
}


def register(app: Flask) -> None:
    for field, labels in CODES.items():
        name_values(app, field, labels)
