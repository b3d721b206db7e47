"""The ``responder`` command: what an administrator does at the console."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence

import click
from alembic.util import CommandError
from flask import Flask, current_app
from flask.cli import FlaskGroup, with_appcontext
from flask.ctx import AppContext
from sqlalchemy.exc import OperationalError, ProgrammingError

from nlp import warm_up
from responder.accounts import service as accounts
from responder.accounts.password_rules import USUAL, PasswordRules
from responder.accounts.password_views import rules_of
from responder.alerts.raising import seed_rules
from responder.core import disk
from responder.core.clocks import seed_clock_rules
from responder.core.console import CANNOT, json_option, print_json, say
from responder.core.database import (
    NO_DATABASE_FILE,
    Schema,
    alembic,
    alone,
    db,
    require_current_schema,
    require_known_schema,
    schema_problem,
    transaction,
)
from responder.core.errors import DomainError, Invalid
from responder.core.identity import ring_of
from responder.core.logs import console_only, keep_logs
from responder.core.permissions import CONSOLE, Role
from responder.core.work_calendar import seed_calendar
from responder.intake.identity.authors import keys_of
from responder.intake.searching.cli import fill as fill_search_index
from responder.openness.applications.outcomes import seed_outcomes
from responder.openness.catalogue.reference import seed_catalogue
from responder.openness.evaluations.circular import seed_circular
from responder.operating.audit_cli import audit_command
from responder.operating.cli import backup, doctor, restore_command, verify
from responder.operating.ownership import require_own
from responder.planning import service as planning
from responder.publishing.packages.columns import seed_columns
from responder.reference import calendar, clocks
from responder.responses.judging.kinds import seed_priority_kinds
from responder.routing.taxonomy import seed_taxonomy
from responder.serving import run_server
from responder.settings import Settings, load_settings
from responder.timing import run_scheduler
from responder.warnings.raising import seed_warnings

# What a database says, as a pattern → what it means for whoever asked.
KNOWN_OF_DATABASES = {
    "no such column|column .* does not exist": "数据库与程序的版本不合：请用 responder doctor 核对",
    "no such table": schema_problem(Schema.MISSING),
    'relation ".*" does not exist': schema_problem(Schema.MISSING),
    "unable to open database file": NO_DATABASE_FILE,
    'FATAL:  database "': (
        "PostgreSQL 里没有这个数据库：请核对 RESPONDER_DATABASE_URL，"
        "或由 postgres 用户运行 createdb -O responder responder"
    ),
    'FATAL:  role "': (
        "PostgreSQL 里没有这个用户：请核对 RESPONDER_DATABASE_URL，"
        "或由 postgres 用户运行 createuser responder"
    ),
    "permission denied for schema": (
        "数据库的用户不能在其中建表：请由 postgres 用户把数据库交给它，"
        "ALTER DATABASE responder OWNER TO responder"
    ),
}


def _create_app(settings: Settings | None = None) -> Flask:
    from responder import create_app  # the application imports this module

    return create_app(settings)


@click.group(
    cls=FlaskGroup,
    create_app=_create_app,
    add_default_commands=False,
    add_version_option=False,
    load_dotenv=False,
    set_debug_flag=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
def cli() -> None:
    """回应台：从群众关切到公开回应。

    例：responder init && responder demo load && responder serve
    """


cli.add_command(restore_command(_create_app))


def main() -> None:
    """Run the command; whatever cannot be done ends in one sentence and exit code 2."""
    cli.params = [parameter for parameter in cli.params if parameter.name == "help"]
    os.umask(0o077)  # what is stored is the office's alone
    console_only()
    try:
        require_own(load_settings().state_dir)
        cli()
    except DomainError as error:
        say(f"错误：{error.message}")
        sys.exit(CANNOT)
    except CommandError as error:
        say(f"错误：{error}。请用 responder doctor 核对数据库与程序的版本")
        sys.exit(CANNOT)
    except (OperationalError, ProgrammingError, OSError) as error:
        if disk.is_full(error):
            say(f"错误：{disk.not_done(error)}")
        elif isinstance(error, OSError):
            raise
        else:
            say(f"错误：{_database_sentence(str(error.orig))}")
        sys.exit(CANNOT)


def _database_sentence(detail: str) -> str:
    first_line = detail.strip().splitlines()[0]
    for pattern, sentence in KNOWN_OF_DATABASES.items():
        if re.search(pattern, first_line):
            return sentence
    return f"数据库无法使用（{first_line}）：请检查 RESPONDER_DATABASE_URL、目录权限和磁盘空间"


@click.command()
@click.option(
    "--admin", "username", default="admin", show_default=True, help="首位管理员的用户名。"
)
@click.option("--name", "display_name", default="系统管理员", show_default=True, help="显示名称。")
@click.option(
    "--password",
    envvar="RESPONDER_ADMIN_PASSWORD",
    help="首位管理员的密码，也可用环境变量 RESPONDER_ADMIN_PASSWORD；不给则在终端询问。"
    "已有管理员时忽略。",
)
@with_appcontext
def init(username: str, display_name: str, password: str | None) -> None:
    """建立或升级数据库，写入日历与时限规则，建立首位管理员。

    例：responder init --admin admin
    """
    settings = current_app.extensions["settings"]
    settings.keep_secret_key()
    prepare_database(username, display_name, password, rules_of(settings))
    warm_up()


def prepare_database(
    username: str,
    display_name: str,
    password: str | None,
    password_rules: PasswordRules = USUAL,
) -> None:
    """Bring the schema, the reference data and the first administrator up to date.

    Whoever does so at the same moment, on whichever host, waits and finds it done.

    :param password: asked for at the terminal when None and the administrator is missing.
    """
    with alone():
        require_known_schema()
        alembic.upgrade()
        _require_own_keys()
    if not password and not accounts.has_administrator(db.session):
        password = _ask_password(password_rules, (username, display_name))  # nobody waits for it
    with alone():
        _fill(username, display_name, password or "", password_rules)


def _fill(username: str, display_name: str, password: str, password_rules: PasswordRules) -> None:
    with transaction(CONSOLE) as session:
        years = seed_calendar(session)
        rules = seed_clock_rules(session)
        alert_rules = seed_rules(session)
        categories = seed_taxonomy(session)
        planning.seed_preparation(session)
        release_rules = planning.seed_release_rules(session)
        seed_columns(session)
        seed_outcomes(session)
        seed_catalogue(session)
        seed_circular(session)
        seed_warnings(session)
        seed_priority_kinds(session)
        if not accounts.has_administrator(session):
            accounts.create_user(
                session,
                username,
                display_name,
                password,
                [Role.ADMINISTRATOR],
                rules=password_rules,
            )
            say(f"已建立管理员 {username}")
    fill_search_index()
    say(
        f"数据库已就绪：新增日历 {len(years)} 年，时限规则 {rules} 条，提醒规则 {alert_rules} 条，"
        f"分类 {categories} 个，发布频次要求 {release_rules} 条"
    )


def _require_own_keys() -> None:
    """The migration that seals the first identities makes the keys; later ones would open nothing.

    :raises DomainError: the keys are missing, or are not those that the database was begun with.
    """
    place = ring_of(db.session).path
    if not place.exists():
        raise Invalid(
            f"这个数据库已有自己的身份信息密钥，文件 {place} 却不在，没有另建新的："
            "请从备份放回与数据库同期的 identity_keys（权限 0600），再运行 responder init"
        )
    keys_of(db.session)


def _ask_password(rules: PasswordRules, names: Sequence[str]) -> str:
    """Typed twice at the terminal, by rules that are told before; a bad one is asked for again."""
    if not sys.stdin.isatty():
        raise Invalid("请用 --password 或环境变量 RESPONDER_ADMIN_PASSWORD 给出首位管理员的密码")

    def fit(typed: str) -> str:
        if problem := rules.problem(typed, names):
            raise click.UsageError(problem)
        return typed

    say(
        f"请设定首位管理员 {names[0]} 的密码，输入时不显示，须输入两次：至少 {rules.least} 位，"
        "不能有用户名或姓名，常用词、键盘或数字顺序、年份、单位名称都不算数"
    )
    answer: str = click.prompt(
        "管理员密码",
        hide_input=True,
        value_proc=fit,
        confirmation_prompt="再输入一次",
        err=True,
    )
    return answer


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="监听地址。")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 32))
@click.option(
    "--web-only", is_flag=True, help="只启动网页服务；调度器另用 responder scheduler 启动。"
)
@with_appcontext
def serve(host: str, port: int, workers: int, web_only: bool) -> None:
    """启动网页服务，并在旁启动调度器。

    例：responder serve --host 0.0.0.0 --port 8000 --workers 4
    """
    with short_context():
        require_usable()
    run_server(current_app.extensions["settings"], host, port, workers, not web_only)


@click.command()
@click.option("--until-stdin-closes", is_flag=True, hidden=True)
@with_appcontext
def scheduler(until_stdin_closes: bool) -> None:
    """只运行调度器：定时发布，并把新留言聚合到话题。

    例：responder scheduler
    """
    with short_context():
        require_usable()
    kept = current_app.extensions["settings"]
    keep_logs(kept.logs, kept.zone)
    run_scheduler(current_app._get_current_object(), until_stdin_closes)  # type: ignore[attr-defined]


def short_context() -> AppContext:
    """An application context to look at the database in; a command that stays must not
    keep the connection that it looked with."""
    return current_app.app_context()


def require_usable() -> None:
    """Refuse to run on a database that ``init`` has not prepared, or without its keys."""
    require_current_schema()
    keys_of(db.session)  # the wrong ones are better met now than by the first caller


@click.command()
@json_option
@with_appcontext
def settings(as_json: bool) -> None:
    """列出全部设置、默认值与说明。

    例：RESPONDER_STATE_DIR=/srv/responder responder settings
    """
    rows = [
        {
            "name": f"RESPONDER_{name.upper()}",
            "default": str(field.default),
            "description": field.description or "",
        }
        for name, field in Settings.model_fields.items()
    ]
    if as_json:
        print_json({"settings": rows})
        return
    for row in rows:
        click.echo(f"{row['name']}\n    {row['description']}（默认：{row['default'] or '空'}）")


@click.command()
@click.argument("revision")
@click.option("--yes", is_flag=True, help="不再询问。")
@with_appcontext
def downgrade(revision: str, yes: bool) -> None:
    """把数据库退回到较早的版本号；其后版本新增的表和字段连同内容一起丢失。

    先运行 responder backup。例：responder db downgrade 0050
    """
    _check_goes_back(revision)
    if not yes:
        click.confirm(f"退回到 {revision} 会丢失其后新增的内容。已经备份，仍要退回吗", abort=True)
    alembic.downgrade(revision)
    say(f"数据库已退回到 {revision}")


def _check_goes_back(revision: str) -> None:
    """A number is a revision, never so many steps: 0050 would take the whole database away."""
    require_known_schema()
    now = {one.revision for one in alembic.current() if one}
    earlier = {
        one.revision
        for one in alembic.script_directory.iterate_revisions(tuple(now), "base")
        if one.revision not in now
    }
    if revision not in earlier:
        at = "、".join(sorted(now)) or "空"
        raise Invalid(
            f"不能退回到 {revision}：数据库现在是 {at}，请写比它早的完整版本号，例如 0050"
        )


def init_app(app: Flask) -> None:
    own = (init, serve, scheduler, settings, calendar, clocks, doctor, backup, verify)
    for command in (*own, audit_command):
        app.cli.add_command(command)
    migrations = app.cli.commands["db"]
    assert isinstance(migrations, click.Group)
    migrations.add_command(downgrade)  # in place of one that counts steps
