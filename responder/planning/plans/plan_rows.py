"""The rows of a plan workbook, as columns of the register that it is."""

from __future__ import annotations

from collections.abc import Sequence

from responder.accounts.models import Unit
from responder.intake.registers.columns import Column, UnitNames, line, one_of
from responder.intake.registers.reading import Finish, RowRefused, Values, limited
from responder.intake.registers.template import write_template
from responder.planning.models import FORM_LABELS, Form
from responder.planning.plans.entries import EntryFacts
from responder.planning.plans.planned_time import parse_planned_time

ANY_YEAR = 2000  # the headings are every year's
FACTS = "facts"  # what a row says, beside the values of its columns

_FORMS = {label: form for form, label in FORM_LABELS.items()}
_OTHER_FORMS = {
    "发布会": Form.CONFERENCE,
    "通气会": Form.BRIEFING,
    "吹风会": Form.POLICY_BRIEFING,
    "座谈会": Form.MEDIA_FORUM,
    "网上发布": Form.ONLINE_RELEASE,
    "线上发布": Form.ONLINE_RELEASE,
    "网络访谈": Form.ONLINE_INTERVIEW,
}
_WHEN = ("拟发布时间", "发布时间", "计划时间", "计划发布时间", "拟定时间", "时间", "时间安排")
_UNIT = ("发布单位", "责任单位", "主办单位", "牵头单位", "报送单位", "单位")
_REMARK = Column("remark", ("备注", "说明"), line, limit=300, width=16)


def plan_columns(year: int, units: UnitNames, own: Unit | None = None) -> list[Column]:
    """The columns of the office's own table, each with what others call it.

    :param own: the unit that all rows belong to, where the file need not say it.
    """
    return [
        Column(
            "number", ("序号", "编号"), width=6,
            hint="可不填，导入后按顺序编号", example="1",
        ),
        Column(
            "theme", ("发布主题", "主题", "发布内容", "议题", "名称"), line,
            required=True, limit=200, width=30,
            hint="一场活动一行", example="老旧小区改造进展情况",
        ),
        Column(
            "form", ("发布形式", "形式", "发布方式"), one_of("发布形式", _FORMS, _OTHER_FORMS),
            required=True, width=12, choices=tuple(_FORMS),
            hint="从下拉列表中选", example="新闻发布会",
        ),
        Column(
            "when", _WHEN, lambda cell: parse_planned_time(cell, year), required=True, width=16,
            hint="只知道月份就写月份；“二季度”“待定”不能导入", example="3月，或 3月5日",
        ),
        Column(
            "unit", _UNIT, units.one, empty=own, required=own is None, width=20,
            hint="只写牵头单位；单位自己报送时可不填", example="市住房和城乡建设局",
        ),
        Column(
            "speaker", ("发布人", "主发布人", "拟发布人", "出席领导"), line, limit=64, width=18,
            hint="姓名或职务", example="分管副局长",
        ),
        Column(
            "basis", ("依据", "发布依据", "制定依据", "政策依据"), line, limit=300, width=22,
            hint="文件名称和文号", example="市政府 2026 年重点工作",
        ),
        _REMARK,
    ]  # fmt: skip


def plan_template(units: Sequence[Unit]) -> bytes:
    """The workbook that units fill in (.xlsx). Nobody imports its example."""
    columns = plan_columns(ANY_YEAR, UnitNames(units))
    return write_template("发布计划", columns, [unit.name for unit in units])


def whole_row(own: Unit | None) -> Finish:
    """What makes a row of the plan of its values; a row of another unit than ``own`` is refused."""

    def finish(values: Values) -> str | None:
        unit, when = values["unit"], values["when"]
        if own is not None and unit.id != own.id:
            raise RowRefused("unit", f"是{unit.name}，这里只收{own.name}的条目：请删去这一行")
        remark = values["remark"]
        if when.said and when.said not in remark:
            remark = limited(_REMARK, "；".join(filter(None, (remark, when.said))))
        values[FACTS] = EntryFacts(
            values["theme"], values["form"], when.month, unit, when.day,
            values["speaker"], values["basis"], remark,
        )  # fmt: skip
        if when.first_day:
            return f"{when.month}月1日是日期格式，按只有月份收下：确在 1 日的请在条目中补填日"
        return None

    return finish
