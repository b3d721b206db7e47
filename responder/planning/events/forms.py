"""The form of a press event, and how it and the stored event say the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Length,
    NumberRange,
    Optional,
    ValidationError,
)

from responder.accounts.models import Unit
from responder.core.errors import Invalid
from responder.core.times import is_plausible, local, start_of_day
from responder.planning.events.rules import LONGEST
from responder.planning.events.series import SCOPE_LABELS, Scope
from responder.planning.events.service import EventFacts
from responder.planning.models import (
    FORM_LABELS,
    SPEAKER_RANK_LABELS,
    Form,
    PlanEntry,
    PressEvent,
    SpeakerRank,
)
from responder.web.forms import MomentField
from responder.web.overtaken import plain

FORM_CHOICES = [SelectChoice(form.value, _l(label)) for form, label in FORM_LABELS.items()]
RANK_CHOICES = [SelectChoice(rank.value, _l(label)) for rank, label in SPEAKER_RANK_LABELS.items()]
SCOPE_CHOICES = [SelectChoice(scope.value, _l(label)) for scope, label in SCOPE_LABELS.items()]

_DAY = timedelta(days=1)

# Columns that the form shows as they are.
_TEXTS = (
    "theme", "place", "speaker", "summary", "host", "attendees", "wording",
    "spokesperson_opinion", "leader_opinion", "transcript", "evaluation",
)  # fmt: skip
_PLAIN = (*_TEXTS, "all_day")

# Of a form, what nobody fills in.
_KEPT = frozenset({"version_id"})


def entry_choices(entries: Iterable[PlanEntry]) -> list[SelectChoice]:
    """Rows of the plan for a menu; 0 stands for an event outside of the plan."""
    listed = [
        SelectChoice(entry.id, f"{entry.number}. {entry.theme}（{entry.month} 月）")
        for entry in entries
    ]
    return [SelectChoice(0, _l("计划外")), *listed]


def _text(label: Any, longest: int, rows: int, description: Any = "") -> TextAreaField:
    return TextAreaField(
        label,
        validators=[Length(max=longest)],
        description=description,
        render_kw={"rows": rows},
    )


class EventForm(FlaskForm):
    theme = StringField(
        _l("发布主题"), validators=[DataRequired(_l("请填写发布主题")), Length(max=200)]
    )
    form = SelectField(_l("发布形式"), choices=FORM_CHOICES)
    starts_at = MomentField(
        _l("发布时间"),
        validators=[InputRequired(_l("请填写日期和时间"))],
        render_kw={"step": 300},
    )
    ends_at = MomentField(
        _l("结束时间"), validators=[Optional()], description=_l("可不填。"), render_kw={"step": 300}
    )
    all_day = BooleanField(_l("只定了日期，时间待定（全天）"))
    place = StringField(_l("地点"), validators=[Length(max=200)])
    unit_id = SelectField(
        _l("发布单位"), coerce=int, validators=[NumberRange(min=1, message=_l("请选择发布单位"))]
    )
    speaker = StringField(_l("发布人"), validators=[Length(max=64)])
    speaker_rank = SelectField(
        _l("发布人身份"),
        choices=RANK_CHOICES,
        default=SpeakerRank.OTHER.value,
        description=_l("发布频次要求按此计数。"),
    )
    host = StringField(_l("主持人"), validators=[Length(max=64)])
    attendees = _text(_l("参加人员"), 2000, 2)
    plan_entry_id = SelectField(_l("对应的年度计划"), coerce=int)
    summary = _text(
        _l("发布内容"), 4000, 4, _l("写明涉及的地点和事项，系统据此寻找相关的热点话题。")
    )
    wording = _text(_l("口径"), 4000, 4)
    spokesperson_opinion = _text(_l("发言人意见"), 500, 2)
    leader_opinion = _text(_l("领导意见"), 500, 2)
    transcript = _text(_l("实录"), 30_000, 4, _l("活动举行后填写；更长的实录请作为文件上传。"))
    evaluation = _text(_l("效果评估"), 4000, 4, _l("完成评估前必须填写。"))
    scope = RadioField(
        _l("修改范围"), choices=SCOPE_CHOICES, default=Scope.THIS.value, validate_choice=False
    )
    accept_clashes = BooleanField(_l("仍然保存"))
    version_id = HiddenField()
    seen = HiddenField()
    topic_id = HiddenField()
    submit = SubmitField(_l("保存"))

    def validate_ends_at(self, field: MomentField) -> None:
        """Before anything is reckoned with it: an end in the year 9966 has many days."""
        starts_at, ends_at = self.starts_at.data, field.data
        if starts_at and ends_at and ends_at - starts_at > LONGEST:
            raise ValidationError(
                _("一项活动最长 %(days)s 天：请改正结束时间，更长的请分成几项", days=LONGEST.days)
            )


def fingerprints(values: Mapping[str, Any]) -> str:
    """What a person has before them, field by field, for :func:`take_over`."""
    return " ".join(f"{name}={_print(value)}" for name, value in sorted(values.items()))


def take_over(form: EventForm, stored: Mapping[str, Any]) -> list[str]:
    """Put what is stored into each field that the person had left as it was; which fields.

    So that whoever saves second does not undo by silence what somebody else has written.
    """
    pairs = (pair.partition("=") for pair in (form.seen.data or "").split())
    seen = {name: mark for name, _equals, mark in pairs}
    taken = []
    for name, value in stored.items():
        field = form[name]
        untouched = seen.get(name) == _print(field.data)
        if name in _KEPT or not untouched or plain(field.data) == plain(value):
            continue
        field.data, field.raw_data = value, None
        taken.append(name)
    form.seen.data = fingerprints(stored)
    return taken


def _print(value: Any) -> str:
    return sha256(repr(plain(value) or "").encode()).hexdigest()[:12]


def values_of(event: PressEvent, zone: ZoneInfo) -> dict[str, Any]:
    """A stored event as the form shows it: local times, whole days by their last one."""
    ends_at = event.ends_at
    if ends_at is not None and event.all_day:
        ends_at -= _DAY
    return {
        **{name: getattr(event, name) for name in _PLAIN},
        "form": event.form.value,
        "speaker_rank": event.speaker_rank.value,
        "starts_at": _shown(event.starts_at, zone),
        "ends_at": _shown(ends_at, zone) if ends_at else None,
        "unit_id": event.unit_id,
        "plan_entry_id": event.plan_entry_id or 0,
        "version_id": event.version_id,
    }


def facts_of_form(
    form: EventForm, unit: Unit, plan_entry: PlanEntry | None, zone: ZoneInfo
) -> EventFacts:
    """What the form says, as the service takes it."""
    whole = form.all_day.data
    starts_at, ends_at = form.starts_at.data, form.ends_at.data
    if whole:
        first, last = starts_at.date(), ends_at.date() if ends_at else starts_at.date()
        starts_at = start_of_day(first, zone)
        ends_at = start_of_day(last + _DAY, zone) if last != first else None
    else:
        starts_at = starts_at.replace(tzinfo=zone)
        ends_at = ends_at.replace(tzinfo=zone) if ends_at else None
    return EventFacts(
        form=Form(form.form.data),
        starts_at=starts_at,
        ends_at=ends_at,
        all_day=whole,
        unit=unit,
        plan_entry=plan_entry,
        speaker_rank=SpeakerRank(form.speaker_rank.data),
        **{name: form[name].data or "" for name in _TEXTS},
    )


def _shown(moment: datetime, zone: ZoneInfo) -> datetime:
    return local(moment, zone).replace(tzinfo=None)


def read_moment(text: str, zone: ZoneInfo) -> datetime:
    """What a field for a local time was filled with, aware.

    :raises Invalid: empty, or no such time.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise Invalid("请填写新的日期和时间", {"starts_at": "必填"}) from error
    if not is_plausible(moment):
        raise Invalid("请填写 2000 年至 2100 年之间的日期和时间", {"starts_at": "年份写得不对"})
    return moment.replace(tzinfo=zone)
