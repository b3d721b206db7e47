"""The way of an uploaded file, from reading to its end, as a table.

People wish (开始, 停止, 继续); the runner in the scheduler's process does, and says so.
"""

from __future__ import annotations

from responder.core.lifecycle import Attempt, Lifecycle, Transition
from responder.core.permissions import Permission
from responder.intake.imports.models import ImportRun, RunState

_S = RunState

IMPORT = Permission.MESSAGE_IMPORT

# What a person's button asks for; the other actions are the runner's.
WISHES = ("start", "stop", "resume", "change", "discard")

# Somebody waits for the runner.
UNDER_WAY = (_S.READING, _S.CHECKING, _S.QUEUED, _S.RUNNING, _S.STOPPING)
OPEN = (*UNDER_WAY, _S.MAPPING, _S.CHECKED, _S.STOPPED, _S.FAILED)


def has_columns(run: ImportRun, _attempt: Attempt) -> str | None:
    """Nothing is read before a person has said which column is what."""
    if not run.columns:
        return "还没有对应列：请先核对每一列是什么"
    return None


def has_stored_nothing(run: ImportRun, _attempt: Attempt) -> str | None:
    """What was stored by other columns would be stored once more."""
    if run.batch is not None and run.batch.created:
        return "已经存入了一部分留言：请先撤销这次导入，再改列对应后重新导入"
    return None


def was_not_undone(run: ImportRun, _attempt: Attempt) -> str | None:
    """A batch whose messages were taken out again is over."""
    if run.batch is not None and (run.batch.undo_asked_at or run.batch.undone_at):
        return "这次导入已被撤销：如需重新导入，请重新上传文件"
    return None


IMPORT_RUN = Lifecycle(
    name="import_run",
    states={
        _S.READING: "正在读取",
        _S.MAPPING: "待核对列",
        _S.CHECKING: "正在试运行",
        _S.CHECKED: "待开始",
        _S.QUEUED: "排队中",
        _S.RUNNING: "正在导入",
        _S.STOPPING: "正在停止",
        _S.STOPPED: "已停止",
        _S.DONE: "已完成",
        _S.FAILED: "没有成功",
        _S.DISCARDED: "已放弃",
    },
    initial=_S.READING,
    transitions=(
        Transition("read", "读取", (_S.READING,), _S.MAPPING, IMPORT),
        Transition("look-again", "换一张表", (_S.MAPPING,), _S.READING, IMPORT),
        Transition("check", "试运行", (_S.MAPPING, _S.CHECKED), _S.CHECKING, IMPORT),
        Transition("checked", "试运行完毕", (_S.CHECKING,), _S.CHECKED, IMPORT),
        Transition("start", "开始导入", (_S.CHECKED,), _S.QUEUED, IMPORT, guards=(has_columns,)),
        Transition("begin", "着手导入", (_S.QUEUED,), _S.RUNNING, IMPORT),
        Transition("stop", "停止", (_S.RUNNING,), _S.STOPPING, IMPORT, tone="outline-danger"),
        Transition("stop", "停止", (_S.QUEUED,), _S.STOPPED, IMPORT, tone="outline-danger"),
        Transition("halt", "停下", (_S.STOPPING,), _S.STOPPED, IMPORT),
        Transition(
            "resume",
            "继续",
            (_S.STOPPED, _S.FAILED),
            _S.QUEUED,
            IMPORT,
            guards=(has_columns, was_not_undone),
        ),
        Transition(
            "change",
            "改列对应",
            (_S.CHECKING, _S.CHECKED, _S.STOPPED, _S.FAILED),
            _S.MAPPING,
            IMPORT,
            guards=(has_columns, has_stored_nothing),
            tone="outline-secondary",
        ),
        Transition(
            "discard",
            "放弃",
            (_S.READING, _S.MAPPING, _S.CHECKED, _S.STOPPED, _S.FAILED),
            _S.DISCARDED,
            IMPORT,
            guards=(has_stored_nothing,),
            tone="outline-secondary",
        ),
        Transition("finish", "完成", (_S.RUNNING, _S.STOPPING), _S.DONE, IMPORT),
        Transition(
            "fail",
            "没有成功",
            (_S.READING, _S.CHECKING, _S.RUNNING, _S.STOPPING),
            _S.FAILED,
            IMPORT,
        ),
    ),
)
