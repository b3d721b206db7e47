"""The list of imports, declared."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select

from responder.intake import service
from responder.intake.models import CHANNEL_LABELS, ImportBatch
from responder.web.listing import (
    Asker,
    Choice,
    Column,
    Days,
    Empty,
    Listing,
    Text,
    Values,
    within,
    words,
)  # fmt: skip
from responder.web.listing.rules import Filter

STATE_LABELS = {
    "done": "已完成", "open": "未完成", "undoing": "正在撤销", "blocked": "撤销受阻",
    "undone": "已撤销",
}  # fmt: skip


def state_of(batch: ImportBatch) -> str:
    """One of ``STATE_LABELS``."""
    if batch.undone_at:
        return "undone"
    if batch.undo_asked_at:
        return "undoing"
    if batch.undo_problem:
        return "blocked"
    return "done" if batch.finished_at else "open"


def _conditions() -> Mapping[str, list[ColumnElement[bool]]]:
    """``state_of``, asked of the database."""
    stays, unasked = ImportBatch.undone_at.is_(None), ImportBatch.undo_asked_at.is_(None)
    free = ImportBatch.undo_problem == ""
    return {
        "undone": [~stays],
        "undoing": [stays, ~unasked],
        "blocked": [stays, unasked, ~free],
        "done": [stays, unasked, free, ImportBatch.finished_at.is_not(None)],
        "open": [stays, unasked, free, ImportBatch.finished_at.is_(None)],
    }


def _filters(_asker: Asker) -> list[Filter]:
    return [
        Text("q", _("文件名")),
        Choice("channel", _("渠道"), words(CHANNEL_LABELS)),
        Choice("state", _("状态"), words(STATE_LABELS)),
        Days(_("开始日期")),
    ]


def _query(values: Values, asker: Asker) -> Select[ImportBatch]:
    found = service.batches(values["q"] or "", values["channel"])
    stands = _conditions()[values["state"]] if values["state"] else []
    return found.where(*stands, *within(ImportBatch.started_at, values, asker))


def _empty(_asker: Asker, _values: Values) -> Empty:
    return Empty(
        _("还没有导入过文件：请在上面选择第一份，或先下载模板填写。"),
        "intake.import_template",
        _("下载模板"),
    )


_figure = partial(Column, figures=True, falling=True, width=8)

IMPORTS = Listing(
    code="imports",
    title=_l("导入记录"),
    counted=_l("共 %(count)s 份"),
    filters=_filters,
    query=_query,
    empty=_empty,
    cells="intake/_import_cells.html",
    cards=False,
    columns=(
        Column("file", _l("文件"), lambda one, _x: one.file_name, sort=(ImportBatch.file_name,),
               width=36),
        Column("channel", _l("渠道"), lambda one, _x: _(CHANNEL_LABELS[one.channel]), width=14),
        Column("started", _l("开始"), lambda one, _x: one.started_at,
               sort=(ImportBatch.started_at,), falling=True),
        Column("state", _l("状态"), lambda one, _x: _(STATE_LABELS[state_of(one)]), width=12),
        _figure("rows", _l("行"), lambda one, _x: one.rows, sort=(ImportBatch.rows,)),
        _figure("created", _l("新增"), lambda one, _x: one.created, sort=(ImportBatch.created,)),
        _figure("duplicates", _l("重复"), lambda one, _x: one.duplicates,
                sort=(ImportBatch.duplicates,)),
        _figure("errors", _l("退回"), lambda one, _x: one.errors, sort=(ImportBatch.errors,)),
    ),
)  # fmt: skip
