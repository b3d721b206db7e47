"""Forms of applications: entering, the steps as data, proceedings, outcomes, filters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, SelectField, StringField, SubmitField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from responder.accounts.models import Unit
from responder.core.errors import Invalid
from responder.openness.applications import registering
from responder.openness.applications.models import (
    CODE_CHARACTERS,
    CONSULTED_LABELS,
    CONTACT_CHARACTERS,
    NAME_CHARACTERS,
    PHONE_CHARACTERS,
    Consulted,
)
from responder.openness.applications.proceeding_models import (
    PROCEEDING_LABELS,
    RESULT_LABELS,
)
from responder.openness.applications.registering import ApplicationFacts
from responder.openness.applications.rules import (
    BASIS_LABELS,
    WAY_LABELS,
    ApplicantKind,
    Basis,
    Way,
    kind_name,
)
from responder.openness.applications.step_facts import MOST_REPLY, Facts
from responder.web.forms import DayField, plain_number
from responder.web.overtaken import WriteOnlyField

One = TypeVar("One")
MOST_MATTER = 500


def _at_most(number: int) -> Length:
    return Length(max=number, message=_l("最多 %(number)s 字", number=number))


def _choices(labels: dict[Any, str]) -> list[SelectChoice]:
    return [SelectChoice(code.value, _l(label)) for code, label in labels.items()]


class ApplicationForm(FlaskForm):
    received_on = DayField(
        _l("收到日期"),
        validators=[InputRequired(_l("请填写收到日期，如 2026-11-20"))],
        description=_l("条例第三十一条：当面提交之日，邮件签收之日，或与申请人确认之日。"),
    )
    way = SelectField(_l("申请方式"), choices=_choices(WAY_LABELS), default=Way.INTERNET.value)
    basis = SelectField(
        _l("收到日期的依据"), choices=_choices(BASIS_LABELS), default=Basis.CONFIRMED.value
    )
    applicant_kind = SelectField(
        _l("申请人类型"),
        choices=[SelectChoice(kind.value, _l(kind_name(kind))) for kind in ApplicantKind],
        default=ApplicantKind.PERSON.value,
    )
    applicant_name = WriteOnlyField(
        _l("姓名或单位名称"), validators=[_at_most(NAME_CHARACTERS)],
        render_kw={"autocomplete": "off"},
    )  # fmt: skip
    applicant_code = WriteOnlyField(
        _l("证件号码或统一社会信用代码"), validators=[_at_most(CODE_CHARACTERS)],
        render_kw={"autocomplete": "off"},
    )  # fmt: skip
    applicant_phone = WriteOnlyField(
        _l("联系电话"), validators=[_at_most(PHONE_CHARACTERS)], render_kw={"autocomplete": "off"}
    )
    applicant_contact = WriteOnlyField(
        _l("通信地址或电子邮箱"), validators=[_at_most(CONTACT_CHARACTERS)],
        render_kw={"autocomplete": "off"},
    )  # fmt: skip
    content = TextAreaField(
        _l("申请公开的内容"),
        validators=[
            DataRequired(_l("请填写申请公开的内容")), _at_most(registering.MOST_CONTENT)
        ],
        render_kw={"rows": 6},
    )  # fmt: skip
    form_wanted = StringField(
        _l("获取信息的方式"), validators=[_at_most(100)],
        description=_l("例如：纸质，邮寄；电子文本，电子邮箱。"),
    )  # fmt: skip
    purpose = StringField(_l("所需信息的用途（可不填）"), validators=[_at_most(500)])
    remark = StringField(_l("备注"), validators=[_at_most(500)])
    submit = SubmitField(_l("保存"))

    def facts(self) -> ApplicationFacts:
        """What was typed, as the service takes it."""
        return ApplicationFacts(
            received_on=self.received_on.data,
            way=Way(self.way.data),
            basis=Basis(self.basis.data),
            applicant_kind=ApplicantKind(self.applicant_kind.data),
            **{
                name: self[name].data or ""
                for name in (
                    "applicant_name", "applicant_code", "applicant_phone", "applicant_contact",
                    "content", "form_wanted", "purpose", "remark",
                )
            },
        )  # fmt: skip


class ProceedingForm(FlaskForm):
    kind = SelectField(_l("种类"), choices=_choices(PROCEEDING_LABELS))
    number = StringField(
        _l("对应的申请编号"), validators=[_at_most(16)],
        description=_l("例如 2026-001；不是对登记在册的申请提起的可不填，写明事项。"),
    )  # fmt: skip
    matter = StringField(_l("事项"), validators=[_at_most(300)])
    body = StringField(
        _l("复议机关或受理法院"),
        validators=[DataRequired(_l("请填写复议机关或受理法院")), _at_most(100)],
    )
    case_number = StringField(_l("案号"), validators=[_at_most(100)])
    begun_on = DayField(
        _l("受理日期"), validators=[InputRequired(_l("请填写受理日期，如 2026-11-20"))]
    )
    result = SelectField(
        _l("结果"), choices=[SelectChoice("", _l("尚未审结")), *_choices(RESULT_LABELS)]
    )
    concluded_on = DayField(_l("审结日期"), validators=[Optional()])
    remark = StringField(_l("备注"), validators=[_at_most(500)])
    submit = SubmitField(_l("保存"))


class OutcomeForm(FlaskForm):
    label = StringField(_l("名称"), validators=[DataRequired(_l("请填写名称")), _at_most(100)])
    source = StringField(
        _l("依据"), validators=[DataRequired(_l("请写明依据，写全文号")), _at_most(200)]
    )
    active = BooleanField(_l("在用"), description=_l("停用后不能再选；已经用它办结的仍按它计数。"))
    submit = SubmitField(_l("保存"))


@dataclass(frozen=True)
class StepField:
    """One field of a step's form.

    :param kind: ``date``, ``text``, ``area``, ``number``, or the name of a menu.
    """

    name: str
    label: Any
    kind: str = "text"
    required: bool = True
    most: int = 100
    help: Any = ""


def _on(label: Any) -> StepField:
    return StepField("on", label, "date")


_NOTE = StepField("note", _l("说明"), "area", required=False, most=500)

STEP_FIELDS: dict[str, tuple[StepField, ...]] = {
    "accept": (_on(_l("审查完毕之日")),),
    "ask_correction": (
        _on(_l("告知之日")),
        StepField("matter", _l("需要补正的事项"), "area", most=MOST_MATTER),
        StepField("until", _l("补正期限"), "date", help=_l("合理期限，须在告知书中写明。")),
    ),
    "receive_correction": (_on(_l("收到补正后的申请之日")),),
    "abandon": (_on(_l("决定不再处理之日")),),
    "reply": (
        _on(_l("答复之日")),
        StepField("outcome_id", _l("办理结果"), "outcomes"),
        StepField("reply_number", _l("答复书文号"), most=64),
        StepField(
            "reply_text", _l("答复内容"), "area", required=False, most=MOST_REPLY,
            help=_l("也可先在“附件”上传答复书，这里不填。"),
        ),
    ),
    "consult": (
        _on(_l("发出征求意见书之日")),
        StepField("consulted", _l("征求谁的意见"), "consulted"),
        StepField("whom", _l("对象"), most=200),
        StepField(
            "delivered_on", _l("送达之日"), "date", required=False,
            help=_l("还不知道的以后登记；对方的 15 个工作日从送达起算。"),
        ),
    ),
    "deliver": (_on(_l("送达之日")),),
    "end_consultation": (
        StepField(
            "on", _l("收齐意见之日"), "date",
            help=_l("从这一天起继续计时；逾期未复的，填决定不再等待之日。"),
        ),
    ),
    "extend": (
        _on(_l("负责人同意之日")),
        StepField("length", _l("延长几个工作日"), "number", most=20),
        StepField("approver", _l("同意的负责人"), most=64),
        StepField("told_on", _l("告知申请人之日"), "date"),
        StepField("note", _l("理由"), "area", most=500),
    ),
    "ask_material": (
        _on(_l("转办之日")),
        StepField("unit_id", _l("提供材料的单位"), "units"),
        StepField("matter", _l("需要提供什么"), "area", most=MOST_MATTER),
        StepField("until", _l("提供期限"), "date", required=False),
    ),
    "receive_material": (
        _on(_l("收到之日")),
        StepField("material_id", _l("哪个单位的材料"), "materials"),
        _NOTE,
    ),
    "ask_fee": (_on(_l("申请人收到收费通知之日")),),
    "receive_fee": (_on(_l("完成缴费之日")),),
    "leave_unpaid": (_on(_l("决定不再处理之日")),),
    "withdraw": (_on(_l("撤回之日")), StepField("note", _l("撤回的情况"), "area", most=500)),
    "void": (StepField("note", _l("误登的情况"), "area", most=500),),
    "reopen": (StepField("note", _l("哪里登记有误"), "area", most=500),),
    "archive": (),
}  # fmt: skip


def read_facts(session: Session, form: MultiDict[str, str]) -> Facts:
    """What the form of a step says; what it does not say is empty.

    :raises Invalid: a day is none, or a text is too long; names its field.
    """
    unit_id = plain_number(form.get("unit_id"))
    return Facts(
        **{name: _day(form, name) for name in ("on", "until", "delivered_on", "told_on")},
        matter=_text(form, "matter", MOST_MATTER),
        consulted=_member(Consulted, form.get("consulted")),
        whom=_text(form, "whom", 200),
        length=plain_number(form.get("length")),
        approver=_text(form, "approver", 64),
        outcome_id=plain_number(form.get("outcome_id")),
        reply_number=_text(form, "reply_number", 64),
        reply_text=_text(form, "reply_text", MOST_REPLY),
        unit=session.get(Unit, unit_id) if unit_id else None,
        material_id=plain_number(form.get("material_id")),
    )


def read_note(form: MultiDict[str, str]) -> str:
    """:raises Invalid: it is too long."""
    return _text(form, "note", 500)


def consulted_choices() -> list[tuple[str, str]]:
    return [(code.value, label) for code, label in CONSULTED_LABELS.items()]


def _day(form: MultiDict[str, str], name: str) -> date | None:
    text = form.get(name, "").strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Invalid(
            f"“{text[:20]}”不是日期：请写成 2026-03-05 这样的年月日", {name: "不是日期"}
        ) from error


def _text(form: MultiDict[str, str], name: str, most: int) -> str:
    text = form.get(name, "").strip()
    if len(text) > most:
        raise Invalid(f"有 {len(text)} 字，最多 {most} 字：请精简后再提交", {name: "太长"})
    return text


def _member(kind: Callable[[str], One], value: str | None) -> One | None:
    try:
        return kind(value or "")
    except ValueError:
        return None
