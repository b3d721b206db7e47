"""The rows of an older register, as columns: what each holds, and what may stand together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from responder.intake.files import Cell
from responder.intake.registers.columns import Column, day, line, one_of, whole
from responder.intake.registers.reading import Finish, RowRefused, Values
from responder.intake.registers.template import write_template
from responder.openness.applications import rules
from responder.openness.applications.models import (
    CODE_CHARACTERS,
    CONTACT_CHARACTERS,
    NAME_CHARACTERS,
    PHONE_CHARACTERS,
    Outcome,
)
from responder.openness.applications.registering import MOST_CONTENT
from responder.openness.applications.rules import (
    BASES_OF,
    BASIS_LABELS,
    WAY_LABELS,
    ApplicantKind,
    Basis,
    Way,
    kind_name,
)

MOST_EXTENSION = 20
_WAYS = {label: way for way, label in WAY_LABELS.items()}
_OTHER_WAYS = {
    "当面": Way.IN_PERSON, "现场": Way.IN_PERSON, "现场提交": Way.IN_PERSON, "信函": Way.MAIL,
    "邮政寄送": Way.MAIL, "邮件": Way.INTERNET, "电子邮件": Way.INTERNET, "网上": Way.INTERNET,
    "网站": Way.INTERNET, "互联网": Way.INTERNET, "网上提交": Way.INTERNET,
}  # fmt: skip
_BASES = {label: basis for basis, label in BASIS_LABELS.items()}
_KINDS = {kind_name(kind): kind for kind in ApplicantKind}
_OTHER_KINDS = {
    "个人": ApplicantKind.PERSON, "公民": ApplicantKind.PERSON, "企业": ApplicantKind.BUSINESS,
    "公司": ApplicantKind.BUSINESS, "科研院所": ApplicantKind.RESEARCH,
    "社会组织": ApplicantKind.WELFARE, "律师事务所": ApplicantKind.LEGAL_SERVICE,
    "其他": ApplicantKind.OTHER_BODY,
}  # fmt: skip


def register_columns(outcomes: Sequence[Outcome]) -> list[Column]:
    """The columns of an office's own register.

    :param outcomes: those that an application can end in.
    """
    return [*_receipt(), *_applicant(), *_course(), *_end(outcomes)]


def _day(name: str, heading: str, *others: str, hint: str = "", **more: Any) -> Column:
    return Column(name, (heading, *others), day, empty=None, width=14, hint=hint, **more)


def _receipt() -> list[Column]:
    return [
        Column(
            "old_number", ("原编号", "编号", "序号", "登记号"), line, limit=48, width=14,
            hint="本单位原来的编号；导入后另按年份编号", example="2024-017",
        ),
        _day(
            "received_on", "收到日期", "收到申请日期", "受理日期", "收件日期", required=True,
            hint="按条例第三十一条确定的收到申请之日", example="2024-03-05",
        ),
        Column(
            "way", ("申请方式", "受理方式", "申请渠道"), one_of("申请方式", _WAYS, _OTHER_WAYS),
            required=True, width=12, choices=tuple(_WAYS), example="网络",
        ),
        Column(
            "basis", ("收到日期的依据", "收到依据"), one_of("收到日期的依据", _BASES), empty=None,
            width=16, choices=tuple(_BASES), hint="可不填，按申请方式推定",
        ),
    ]  # fmt: skip


def _applicant() -> list[Column]:
    return [
        Column(
            "applicant_kind", ("申请人类型", "申请人类别", "申请人性质"),
            one_of("申请人类型", _KINDS, _OTHER_KINDS), required=True, width=14,
            choices=tuple(_KINDS), example="自然人",
        ),
        Column(
            "applicant_name", ("申请人", "申请人姓名", "申请人名称", "姓名"), line, required=True,
            limit=NAME_CHARACTERS, width=16, example="张三",
        ),
        Column(
            "applicant_code", ("证件号码", "身份证号", "身份证号码", "统一社会信用代码"), line,
            limit=CODE_CHARACTERS, width=22,
        ),
        Column("applicant_phone", ("联系电话", "电话"), line, limit=PHONE_CHARACTERS, width=16),
        Column(
            "applicant_contact", ("联系地址", "通信地址", "地址", "邮箱"), line,
            limit=CONTACT_CHARACTERS, width=26,
        ),
        Column(
            "content", ("申请内容", "申请公开的内容", "申请事项", "所需信息"), required=True,
            limit=MOST_CONTENT, width=40, example="某某项目的环境影响评价批复",
        ),
        Column("form_wanted", ("获取方式", "获取信息的方式"), line, limit=100, width=16),
        Column("purpose", ("用途", "所需信息的用途"), line, limit=500, width=16),
    ]  # fmt: skip


def _course() -> list[Column]:
    return [
        _day("correction_asked_on", "补正告知日期", "告知补正日期"),
        _day("corrected_on", "收到补正日期", "补正日期"),
        _day("consulted_on", "征求意见日期", "征求第三方意见日期", hint="发出征求意见书之日"),
        _day("opinion_on", "收齐意见日期", "收到意见日期"),
        Column(
            "extended_by",
            ("延期天数", "延长天数", "延期"),
            _working_days,
            empty=None,
            width=10,
            hint="延长的工作日数，1 到 20",
            example="20",
        ),
        _day("extended_on", "延期日期", "同意延期日期"),
        Column("approver", ("延期批准人", "同意延期的负责人"), line, limit=64, width=14),
    ]


def _working_days(cell: Cell) -> int:
    text = line(cell).removesuffix("个工作日").removesuffix("工作日").removesuffix("天")
    return whole(1, MOST_EXTENSION)(text)


def _end(outcomes: Sequence[Outcome]) -> list[Column]:
    labels = {one.label: one for one in outcomes}
    paths = {one.path: one for one in outcomes}
    return [
        _day("closed_on", "办结日期", "答复日期"),
        Column(
            "outcome", ("办理结果", "答复结果", "处理结果"), one_of("办理结果", labels, paths),
            empty=None, width=24, choices=tuple(labels), example="予以公开",
        ),
        Column("reply_number", ("答复书文号", "答复文号", "文号"), line, limit=64, width=20),
        Column("reply_text", ("答复内容",), limit=20_000, width=40),
        Column("remark", ("备注", "说明"), line, limit=500, width=20),
    ]  # fmt: skip


def template(outcomes: Sequence[Outcome]) -> bytes:
    """The workbook to fill in (.xlsx)."""
    return write_template("依申请公开", register_columns(outcomes))


# In which order the days of a row may lie: (earlier, later, what the earlier is).
_ORDER = (
    ("received_on", "correction_asked_on", "收到日期"),
    ("correction_asked_on", "corrected_on", "补正告知日期"),
    ("received_on", "consulted_on", "收到日期"),
    ("corrected_on", "consulted_on", "收到补正日期"),
    ("consulted_on", "opinion_on", "征求意见日期"),
    ("received_on", "extended_on", "收到日期"),
    ("received_on", "closed_on", "收到日期"),
    ("correction_asked_on", "closed_on", "补正告知日期"),
    ("corrected_on", "closed_on", "收到补正日期"),
    ("opinion_on", "closed_on", "收齐意见日期"),
    ("extended_on", "closed_on", "延期日期"),
)
_TOGETHER = (
    ("corrected_on", "correction_asked_on", "补正告知日期"),
    ("opinion_on", "consulted_on", "征求意见日期"),
    ("closed_on", "outcome", "办理结果"),
    ("outcome", "closed_on", "办结日期"),
    ("extended_by", "extended_on", "延期日期"),
    ("extended_by", "approver", "延期批准人"),
    ("extended_on", "extended_by", "延期天数"),
)
_DAYS = tuple(dict.fromkeys(name for pair in _ORDER for name in pair[:2]))


def whole_row(today: date) -> Finish:
    """What a row's cells must be together; a missing basis is that of its way."""

    def finish(values: Values) -> str | None:
        for name in _DAYS:
            _check_day(values, name, today)
        for name, needed, label in _TOGETHER:
            if values[name] and not values[needed]:
                raise RowRefused(needed, f"是空的：这一行已有相关内容，请补填{label}")
        for earlier, later, label in _ORDER:
            before, after = values[earlier], values[later]
            if before and after and after < before:
                raise RowRefused(later, f"{after} 早于{label} {before}：请核对日期")
        _check_correction(values)
        _check_ends(values)
        return _settle_basis(values)

    return finish


def _check_day(values: Values, name: str, today: date) -> None:
    if values[name] is None:
        return
    problem = rules.day_problem(values[name], rules.FIRST_DAY, "条例施行之日", today)
    if problem:
        raise RowRefused(name, problem)


def _check_correction(values: Values) -> None:
    """While the applicant is to correct it, nothing else is done about an application."""
    if values["correction_asked_on"] is None or values["corrected_on"] is not None:
        return
    for name in ("consulted_on", "extended_on"):
        if values[name] is not None:
            reason = "告知过补正而没有收到，不会已有这一日期：请补填收到补正日期，或删去这一日期"
            raise RowRefused(name, reason)


def _check_ends(values: Values) -> None:
    """What waits for others has not ended with a reply."""
    closed, outcome = values["closed_on"], values["outcome"]
    if closed is None:
        return
    if values["consulted_on"] and not values["opinion_on"]:
        raise RowRefused("opinion_on", "是空的：已办结的申请请补填收齐意见日期")
    uncorrected = values["correction_asked_on"] and not values["corrected_on"]
    if uncorrected and outcome.closes not in ("abandon", "withdraw"):
        raise RowRefused("corrected_on", "是空的：告知过补正并已答复的，请补填收到补正日期")


def _settle_basis(values: Values) -> str | None:
    way, basis = values["way"], values["basis"]
    if basis is None:
        values["basis"] = BASES_OF[way][0] if way is not Way.OTHER else Basis.CONFIRMED
        return f"未填收到日期的依据，按“{BASIS_LABELS[values['basis']]}”登记"
    if problem := rules.basis_problem(way, basis):
        raise RowRefused("basis", problem)
    return None
