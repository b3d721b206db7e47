"""Forms of reports: what one covers, and what people write into it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, StringField, SubmitField, TextAreaField
from wtforms.validators import DataRequired, NumberRange

from responder.core.errors import Invalid
from responder.reports.documents import rules
from responder.reports.documents.content import Slot
from responder.reports.documents.rules import Needs, Request
from responder.web.forms import DayField, WholeNumber


class YearForm(FlaskForm):
    year = WholeNumber(
        _l("年份"),
        validators=[
            DataRequired(_l("请填写年份")),
            NumberRange(rules.EARLIEST, rules.LATEST, _l("请填写四位年份，例如 2026")),
        ],
        render_kw={"inputmode": "numeric"},
    )
    submit = SubmitField(_l("生成草稿"))


class MonthForm(FlaskForm):
    month = StringField(
        _l("月份"),
        validators=[DataRequired(_l("请填写月份"))],
        description=_l("写成 2026-10；本月还没有结束的，只统计到现在。"),
        render_kw={"type": "month", "maxlength": 7},
    )
    submit = SubmitField(_l("生成草稿"))


class DayForm(FlaskForm):
    day = DayField(
        _l("日期"),
        validators=[DataRequired(_l("请填写日期"))],
        description=_l("工作日。系统每个工作日 8:00 自动生成当天的日报。"),
    )
    submit = SubmitField(_l("生成草稿"))


class TopicForm(FlaskForm):
    topic_id = WholeNumber(
        _l("话题编号"),
        validators=[
            DataRequired(_l("请填写话题编号")),
            NumberRange(1, 10**9, _l("请填写话题页面标题下的编号，只写数字")),
        ],
        description=_l("在话题页面标题下方；也可以直接在话题页面点“写专报”。"),
        render_kw={"inputmode": "numeric"},
    )
    submit = SubmitField(_l("生成草稿"))


_FORMS: dict[Needs, type[FlaskForm]] = {
    Needs.YEAR: YearForm,
    Needs.MONTH: MonthForm,
    Needs.DAY: DayForm,
    Needs.TOPIC: TopicForm,
}


def new_form(needs: Needs, today: date, topic_id: int | None = None) -> FlaskForm:
    """The form of what a report covers, with what is most likely meant."""
    likely: dict[Needs, dict[str, object]] = {
        Needs.YEAR: {"year": today.year},
        Needs.MONTH: {"month": f"{today.replace(day=1) - timedelta(days=1):%Y-%m}"},
        Needs.DAY: {"day": today},
        Needs.TOPIC: {"topic_id": topic_id},
    }
    return _FORMS[needs](data=likely[needs])


def request_of(needs: Needs, form: Any, today: date) -> Request:
    """What was filled in.

    :raises Invalid: it makes no sense, or has not begun.
    """
    match needs:
        case Needs.YEAR:
            return rules.of_year(form.year.data, today)
        case Needs.MONTH:
            return rules.of_month(form.month.data, today)
        case Needs.DAY:
            return rules.of_day(form.day.data, today)
        case Needs.TOPIC:
            return rules.of_topic(form.topic_id.data, today)


def _told(slot: Slot) -> str:
    """The hint, how long it may be, and whether it must be written."""
    parts = [_(slot.hint)] if slot.hint else []
    parts.append(_("最多 %(limit)s 字。", limit=slot.limit))
    if slot.required:
        parts.append(_("送签前必填。"))
    return "".join(parts)


def slot_form(slots: Sequence[Slot]) -> Any:
    """A form with a field for each slot, called by its code."""
    fields: dict[str, Field] = {
        slot.code: TextAreaField(
            slot.label,
            description=_told(slot),
            render_kw={"rows": 4 if slot.limit <= 500 else 8},
        )
        for slot in slots
    }
    made = type("SlotForm", (FlaskForm,), {**fields, "submit": SubmitField(_l("保存"))})
    return made(data={slot.code: slot.text for slot in slots})


def written(form: Any, slots: Sequence[Slot]) -> dict[str, str]:
    """Code of a slot → what was typed.

    :raises Invalid: nothing is to be written into this report.
    """
    if not slots:
        raise Invalid("这份报告没有要填写的内容")
    return {slot.code: form[slot.code].data or "" for slot in slots}
