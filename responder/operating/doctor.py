"""``responder doctor``: a table of checks, each with a name; what they find, worst last."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from responder.operating import place, records
from responder.operating.findings import Finding, Level, ok, wrong
from responder.settings import Settings

OfPlace = Callable[[Settings, datetime], Iterable[Finding]]
OfRecords = Callable[[Session, Settings, datetime], Iterable[Finding]]

PLACE: Mapping[str, OfPlace] = {
    "所检查的": place.installation_is_there,
    "设置": place.settings_fit,
    "磁盘空间": place.disk_has_room,
    "读写权限": place.files_are_writable,
    "目录权限": place.files_are_private,
    "日志": place.logs_are_kept,
    "备份": place.backups_are_made,
    "统一身份认证": place.identity_provider_answers,
}
DATABASE = "数据库"
RECORDS: Mapping[str, OfRecords] = {
    "数据库权限": records.tables_can_be_made,
    "数据库版本": records.schema_is_current,
    "管理员": records.somebody_administers,
    "身份信息的密钥": records.identities_open,
    "工作日历": records.holidays_are_known,
    "系统时间": records.clock_goes_on,
    "调度器": records.scheduler_acts,
    "定时任务": records.jobs_go_well,
    "排队的工作": records.nothing_stands_still,
}


@dataclass(frozen=True)
class Checked:
    """What one check found; nothing said means that nothing is wrong."""

    label: str
    findings: tuple[Finding, ...]

    @property
    def level(self) -> Level:
        return max((one.level for one in self.findings), default=Level.OK)


def examine(session: Session, settings: Settings, now: datetime) -> Iterator[Checked]:
    """Each check in turn. What needs the database is left out while that cannot be had, or is
    not of this version."""
    for label, look in PLACE.items():
        yield Checked(label, tuple(look(settings, now)))
    reached = Checked(DATABASE, (_reach(session),))
    yield reached
    if reached.level is Level.WRONG:
        return
    for label, inquire in RECORDS.items():
        checked = Checked(label, tuple(inquire(session, settings, now)))
        yield checked
        if inquire is records.schema_is_current and checked.level is Level.WRONG:
            return


def _reach(session: Session) -> Finding:
    try:
        session.execute(sa.text("SELECT 1"))
        dialect = session.get_bind().dialect
        assert dialect.server_version_info is not None
        number = ".".join(map(str, dialect.server_version_info))
        return ok(f"可以连接：{dialect.name} {number}")
    except DBAPIError as error:
        return wrong(
            f"数据库不能用（{str(error.orig).strip().splitlines()[0]}）",
            "检查 RESPONDER_DATABASE_URL、数据库服务是否在运行、目录权限和磁盘空间",
        )
