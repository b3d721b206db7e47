"""``responder doctor``, ``backup``, ``restore`` and ``verify``."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext

from responder.core.console import DONE_WITH_REFUSALS, json_option, print_json, say
from responder.core.database import db
from responder.core.errors import Invalid
from responder.core.times import utc_now
from responder.operating import doctor as examining
from responder.operating import last_backup, verifying
from responder.operating.backing_up import back_up
from responder.operating.findings import SAID_OF_LEVELS
from responder.operating.opening import examine
from responder.operating.ownership import require_own
from responder.operating.restoring import NewApp, restore_into
from responder.operating.sealing import SHORTEST_PASSPHRASE
from responder.settings import Settings, load_settings

PASSPHRASE = "RESPONDER_BACKUP_PASSPHRASE"  # noqa: S105
INTO = "恢复到这个目录和其中的 SQLite；不给则用 RESPONDER_STATE_DIR 和 RESPONDER_DATABASE_URL。"

key_option = click.option(
    "--key-file",
    type=click.Path(path_type=Path),
    help=f"存放备份口令的文件；不给则用环境变量 {PASSPHRASE}，或在终端询问。",
)
file_argument = click.argument("file", type=click.Path(path_type=Path))


@click.command()
@json_option
@with_appcontext
def doctor(as_json: bool) -> None:
    """体检：设置、数据库、磁盘、权限、密钥、日历、时间、调度器，哪里不对、怎么办。

    退出码：0 正常，1 有要注意的，2 有问题。例：responder doctor
    """
    checked = list(examining.examine(db.session, current_app.extensions["settings"], utc_now()))
    if as_json:
        print_json(
            {
                "checks": [
                    {
                        "check": one.label,
                        "level": one.level.name.lower(),
                        "findings": [
                            {
                                "level": found.level.name.lower(),
                                "sentence": found.sentence,
                                "remedy": found.remedy,
                            }
                            for found in one.findings
                        ],
                    }
                    for one in checked
                ]
            }
        )
    else:
        for one in checked:
            click.echo(f"{SAID_OF_LEVELS[one.level]}  {one.label}")
            for found in one.findings:
                remedy = f"。办法：{found.remedy}" if found.remedy else ""
                click.echo(f"      {found.sentence}{remedy}")
    sys.exit(max(one.level for one in checked))


@click.command()
@file_argument
@key_option
@click.option("--with-keys", is_flag=True, help="连同身份信息的密钥和会话密钥；不给则须另行保管。")
@json_option
@with_appcontext
def backup(file: Path, key_file: Path | None, with_keys: bool, as_json: bool) -> None:
    """把数据库和文件备份到一个加密的文件，期间照常使用。

    例：responder backup /backup/2026-11-29.backup --key-file /etc/responder/backup-key
    """
    passphrase = _passphrase(key_file, is_new=True)
    settings = current_app.extensions["settings"]
    with _ending_in_good_order():
        made_at = utc_now()
        written = back_up(file, passphrase, db.engine, settings, made_at, with_keys, say)
    last_backup.note(settings.state_dir, made_at, key_file)
    size = file.stat().st_size
    if as_json:
        print_json(
            {
                "file": str(file),
                "bytes": size,
                "rows": written.rows,
                "files": written.files,
                "lacking": written.lacking,
                "trail": written.trail,
            }
        )
    say(f"备份完成：{file}（{size} 字节），{written.rows} 行，{written.files} 个文件")
    say(f"审计链到 {written.trail}")
    if not with_keys:
        say("身份信息的密钥不在其中：请另行备份 identity_keys，与备份分开存放")
    _tell_lacking(written.lacking)


def restore_command(new_app: NewApp) -> click.Command:
    """``restore`` builds the application that it fills: the one of the settings may be another."""

    @click.command("restore")
    @file_argument
    @key_option
    @click.option("--into", type=click.Path(path_type=Path), help=INTO)
    @click.option("--database-url", default="", help="与 --into 合用：恢复到这个数据库。")
    @json_option
    def restore(
        file: Path, key_file: Path | None, into: Path | None, database_url: str, as_json: bool
    ) -> None:
        """把备份恢复到一个空的目录和空的数据库，然后核验。中断或失败则什么也不留下。

        例：responder restore 2026-11-29.backup --into /srv/probe
        """
        target = _target(into, database_url)
        passphrase = _passphrase(key_file)
        with _ending_in_good_order():
            manifest = restore_into(target, new_app, file, passphrase, say)
        app = new_app(target)
        with app.app_context():
            found = _verify(target)
            db.engine.dispose()
        made = manifest.made(target.zone)
        say(f"已恢复到 {target.state_dir}：{manifest.row_count} 行，备份时间 {made}")
        facts = {"rows": manifest.row_count, "made_at": manifest.made_at}
        _conclude(found, as_json, facts, _lacking_keys(target))

    return restore


@click.command()
@click.argument("file", type=click.Path(path_type=Path), required=False)
@key_option
@json_option
@with_appcontext
def verify(file: Path | None, key_file: Path | None, as_json: bool) -> None:
    """核验本系统的数据是否完整；给出文件则核验这份备份，不恢复。

    例：responder verify /backup/2026-11-29.backup --key-file /etc/responder/backup-key
    """
    if file is None:
        _conclude(_verify(current_app.extensions["settings"]), as_json, {})
        return
    manifest = examine(file, _passphrase(key_file))
    made = manifest.made(current_app.extensions["settings"].zone)
    if as_json:
        print_json(
            {
                "made_at": manifest.made_at,
                "revision": manifest.revision,
                "rows": manifest.row_count,
                "files": len(manifest.members),
                "lacking": manifest.lacking,
                "trail": manifest.trail,
            }
        )
    say(
        f"备份完整：{made}，数据库版本 {manifest.revision}，"
        f"{manifest.row_count} 行，{len(manifest.members)} 个部分"
    )
    if manifest.trail:
        say(f"审计链到 {manifest.trail}")
    _tell_lacking(list(manifest.lacking))


def _target(into: Path | None, database_url: str) -> Settings:
    settings = load_settings()
    if into is None:
        if database_url:
            raise Invalid("--database-url 要与 --into 合用：请同时给出恢复到哪个目录")
        return settings
    require_own(into)
    return settings.model_copy(update={"state_dir": into, "database_url": database_url})


def _passphrase(key_file: Path | None, is_new: bool = False) -> bytes:
    """:param is_new: a backup is made with it; else it must be the one of an earlier backup."""
    if key_file is not None:
        given = _key_in(key_file, is_new)
    elif PASSPHRASE in os.environ:
        given = os.environ[PASSPHRASE]
    elif sys.stdin.isatty():
        again = "再输入一次备份口令" if is_new else False
        given = click.prompt("备份口令", hide_input=True, confirmation_prompt=again)
    else:
        raise Invalid(f"请用 --key-file 或环境变量 {PASSPHRASE} 给出备份口令")
    if len(given) < SHORTEST_PASSPHRASE:
        raise Invalid(f"备份口令太短：至少 {SHORTEST_PASSPHRASE} 个字符")
    return given.encode()


def _key_in(key_file: Path, is_new: bool) -> str:
    try:
        return key_file.read_text("utf-8").strip()
    except FileNotFoundError as error:
        remedy = (
            "请核对文件名；还没有密钥的，可用 (umask 077; "
            f"mkdir -p {key_file.parent}; head -c 32 /dev/urandom | base64 > {key_file}) "
            "生成一个，并另存一份"
            if is_new
            else "请核对文件名，用备份时所用的那一个"
        )
        raise Invalid(f"密钥文件 {key_file} 不存在：{remedy}") from error
    except OSError as error:
        raise Invalid(
            f"无法读取密钥文件 {key_file}（{error.strerror}）：请检查路径和权限"
        ) from error
    except UnicodeError as error:
        raise Invalid(f"密钥文件 {key_file} 里不是文字：请核对文件名") from error


@contextmanager
def _ending_in_good_order() -> Iterator[None]:
    """A signal ends the work as an error does: nothing half-done stays."""

    def end(_number: int, _frame: object) -> None:
        raise Invalid("已停止：没有留下任何内容，可以重新运行")

    before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _verify(settings: Settings) -> list[verifying.Finding]:
    found = []
    for finding in verifying.verify(db.session, settings):
        say(f"{finding.label}：{'正常' if finding.is_clean else '有问题'}")
        for problem in finding.problems:
            say(f"  {problem}")
        if finding.more:
            say("  ……还有更多")
        found.append(finding)
    return found


def _lacking_keys(settings: Settings) -> str:
    """What is to be done before the identities open; empty when their keys are there."""
    place = settings.resolved_identity_keys
    if place.exists():
        return ""
    return (
        f"还缺身份信息的密钥，不能启动：请把与备份同期的 identity_keys 放到 {place}（权限 0600），"
        "再运行 responder verify"
    )


def _conclude(
    found: list[verifying.Finding], as_json: bool, facts: dict[str, Any], lacking: str = ""
) -> None:
    """The last line is the result, and what is lacking."""
    if as_json:
        checks = [{"check": one.label, "problems": one.problems} for one in found]
        print_json({**facts, "checks": checks})
    bad = "、".join(one.label for one in found if not one.is_clean)
    problems = [sentence for sentence in (bad and f"核验有问题：{bad}", lacking) if sentence]
    say("。".join(problems) or "核验完成：全部正常")
    if problems:
        sys.exit(DONE_WITH_REFUSALS)


def _tell_lacking(lacking: list[str]) -> None:
    if lacking:
        say(f"有 {len(lacking)} 个文件在备份前就已不在磁盘上，如 {lacking[0]}")
        sys.exit(DONE_WITH_REFUSALS)
