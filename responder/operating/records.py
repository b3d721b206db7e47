"""The doctor looks into the database: schema, keys, calendar, clock, and what stands still."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from responder.accounts import service as accounts
from responder.core import database
from responder.core.audit import AuditEvent
from responder.core.identity_keys import KeysUnusable
from responder.core.times import local
from responder.core.work_calendar import CalendarYear
from responder.intake.identity.authors import keys_of
from responder.intake.identity.rotating import usage
from responder.operating.findings import Finding, ok, warning, wrong
from responder.operating.queues import QUEUES, waiting
from responder.scheduling import service as scheduling
from responder.scheduling.labels import JOB_LABELS
from responder.scheduling.turns import last_sign, scheduler_is_alive
from responder.settings import Settings

AHEAD = timedelta(minutes=2)
NOTICE_MONTH = 12  # by then next year's holidays have been announced


def tables_can_be_made(session: Session, _settings: Settings, _now: datetime) -> Iterator[Finding]:
    """Since PostgreSQL 15 only by whoever owns the database, unless it was granted."""
    if session.get_bind().dialect.name != "postgresql":
        return
    role, name, may = session.execute(
        sa.text(
            "SELECT current_user, current_database(),"
            " has_schema_privilege(current_schema(), 'CREATE')"
        )
    ).one()
    if not may:
        yield wrong(
            f"PostgreSQL 用户 {role} 不能在数据库 {name} 里建表，升级会失败",
            f'由 postgres 用户运行 psql -c \'ALTER DATABASE "{name}" OWNER TO "{role}"\'',
        )


def schema_is_current(_session: Session, _settings: Settings, _now: datetime) -> Iterator[Finding]:
    found = database.schema()
    if found is not database.Schema.CURRENT:
        yield wrong(found.value, database.SCHEMA_REMEDIES[found])


def somebody_administers(
    session: Session, _settings: Settings, _now: datetime
) -> Iterator[Finding]:
    if not accounts.has_administrator(session):
        yield wrong("没有可以登录的系统管理员", "运行 responder init 建立一位")


def identities_open(session: Session, settings: Settings, _now: datetime) -> Iterator[Finding]:
    remedy = "从备份放回与数据库同期的 identity_keys"
    try:
        known = set(keys_of(session).names)
    except KeysUnusable as error:
        yield wrong(error.message.partition("：")[0], remedy)
        return
    unknown = {name for counts in usage(session).values() for name in counts} - known
    if unknown:
        yield wrong(
            f"{settings.resolved_identity_keys} 里没有密钥 {'、'.join(sorted(unknown))}，"
            "用它保存的身份信息打不开",
            remedy,
        )


def holidays_are_known(session: Session, settings: Settings, now: datetime) -> Iterator[Finding]:
    today = local(now, settings.zone)
    announced = set(session.scalars(sa.select(CalendarYear.year)))
    remedy = "国务院办公厅公布后，用 responder calendar import 或在“时限 → 工作日历”导入"
    for year in (today.year, today.year + 1):
        if year in announced:
            yield ok(f"{year} 年放假安排已导入")
        elif year == today.year or today.month >= NOTICE_MONTH:
            yield warning(f"{year} 年放假安排没有导入，涉及这一年的期限都是暂定的", remedy)
        else:
            yield ok(f"{year} 年放假安排尚未公布，涉及这一年的期限是暂定的")


def clock_goes_on(session: Session, settings: Settings, now: datetime) -> Iterator[Finding]:
    last = session.scalar(sa.select(sa.func.max(AuditEvent.at)))
    if last is not None and last > now + AHEAD:
        yield wrong(
            f"系统时间 {local(now, settings.zone):%Y-%m-%d %H:%M} 早于已有的记录"
            f"（{local(last, settings.zone):%Y-%m-%d %H:%M}）",
            "校准服务器的时间（如启用 NTP）后再继续使用",
        )
    else:
        yield ok(f"系统时间 {local(now, settings.zone):%Y-%m-%d %H:%M}（{settings.timezone}）")


def scheduler_acts(session: Session, settings: Settings, now: datetime) -> Iterator[Finding]:
    seen = last_sign(session)
    remedy = "用 responder serve 或 responder scheduler 启动；定时发布、预警和导入都靠它"
    if seen is None:  # not broken: nobody has begun
        yield warning("调度器还没有启动过", remedy)
        return
    told = f"最后一次活动是 {local(seen, settings.zone):%Y-%m-%d %H:%M}"
    yield ok(told) if scheduler_is_alive(session, now) else wrong(f"调度器停了：{told}", remedy)


def jobs_go_well(session: Session, _settings: Settings, _now: datetime) -> Iterator[Finding]:
    for job in scheduling.failing(session):
        yield warning(
            f"“{JOB_LABELS.get(job.name, job.name)}”连续失败 {job.failures} 次（{job.problem}）",
            "查看日志，排除原因后在“定时任务”页立即运行",
        )


def nothing_stands_still(session: Session, settings: Settings, now: datetime) -> Iterator[Finding]:
    for queue in QUEUES:
        count, first = waiting(session, queue, now)
        if first is not None and now - first > queue.patience:
            yield wrong(
                f"{queue.label}有 {count} 项没有办完，"
                f"最早的从 {local(first, settings.zone):%Y-%m-%d %H:%M} 起",
                "看调度器是否在运行、日志里有什么错误，必要时重启调度器",
            )
