"""The doctor looks at the machine: settings, keys, disk, permissions, clock and time zones."""

from __future__ import annotations

import os
import shlex
import stat
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from responder.core import disk
from responder.core.logs import files as log_files
from responder.core.times import local
from responder.oidc.failures import NotLetIn
from responder.oidc.options import is_wanted
from responder.oidc.provider import Provider, issuer_of
from responder.operating import kept, last_backup, ownership
from responder.operating.findings import Finding, ok, warning, wrong
from responder.settings import Settings

GROUP, OTHERS = 0o070, 0o007  # of a file's mode
GIGABYTE = 1024**3
LOW = 2 * GIGABYTE
BACKUP_EVERY = timedelta(days=8)
NAMED = 5  # of what is to be handed over: enough to begin with


def installation_is_there(settings: Settings, _now: datetime) -> Iterator[Finding]:
    """Which one is looked at comes before all that is said of it."""
    folder = settings.state_dir.resolve()
    database = sa.make_url(settings.resolved_database_url).render_as_string(hide_password=True)
    if folder.is_dir():
        yield ok(f"目录 {folder}")
    else:
        yield wrong(
            f"没有目录 {folder}",
            "用 RESPONDER_STATE_DIR 指明已有的目录；新安装请运行 responder init",
        )
    yield ok(f"数据库 {database}")


def settings_fit(settings: Settings, _now: datetime) -> Iterator[Finding]:
    addresses = (settings.desk_url, settings.public_url)
    if any(one.startswith("https://") for one in addresses) and not settings.secure_cookies:
        yield warning(
            "对外地址是 https，会话 Cookie 却也会经 http 发送",
            "设置 RESPONDER_SECURE_COOKIES=true",
        )
    if settings.secure_cookies and settings.desk_url.startswith("http://"):
        yield wrong(
            "会话 Cookie 只经 https 发送，工作台的地址却是 http：登录不成",
            "在反向代理上启用 HTTPS，并把 RESPONDER_DESK_URL 改为 https://…；"
            "没有 HTTPS 的，设置 RESPONDER_SECURE_COOKIES=false",
        )
    if not settings.desk_url:
        yield warning(
            "没有设置工作台的地址，预警消息和导出的报告里没有链接", "设置 RESPONDER_DESK_URL"
        )
    if not settings.public_url:
        yield warning(
            "没有设置公开栏目的地址，订阅源里的链接用访问者所用的地址",
            "设置 RESPONDER_PUBLIC_URL",
        )


def identity_provider_answers(settings: Settings, _now: datetime) -> Iterator[Finding]:
    """Whether signing in by it would begin; nothing is said where none is set."""
    if not is_wanted(settings):
        return
    try:
        Provider(settings, time.monotonic).begin(settings.desk_url)
    except NotLetIn as error:
        yield wrong(
            f"统一身份认证不能用（{error.detail or error.message}）",
            "核对 RESPONDER_OIDC_ISSUER、RESPONDER_SOURCE_PRIVATE_HOSTS、"
            "对方的证书和网络；在此之前可用密码登录",
        )
    else:
        yield ok(f"{issuer_of(settings)} 可以使用")


def disk_has_room(settings: Settings, _now: datetime) -> Iterator[Finding]:
    for folder in folders(settings):
        free = disk.free_bytes(folder)
        told = f"{folder} 所在磁盘剩余 {free / GIGABYTE:.1f} GB"
        remedy = "清理磁盘或扩容：空间用尽后不能再保存任何内容"
        if free < disk.NONE:
            yield wrong(
                f"{folder} 所在磁盘已满（剩余 {free // disk.MEGABYTE} MB）",
                "清理磁盘或扩容：现在不能保存任何内容；腾出空间后自行恢复，不必重新启动",
            )
        elif free < disk.SCARCE:
            yield wrong(told, remedy)
        elif free < LOW:
            yield warning(told, remedy)
        else:
            yield ok(told)


def folders(settings: Settings) -> set[Path]:
    """What is stored lies in these, where they are and whoever asks may see them."""
    stored = {settings.state_dir.resolve(), *_database_folder(settings)}
    return {folder for folder in stored if os.path.isdir(folder)}


def _database_folder(settings: Settings) -> Iterator[Path]:
    url = sa.make_url(settings.resolved_database_url)
    if url.get_backend_name() == "sqlite" and url.database:
        folder = Path(url.database).parent
        if os.path.isdir(folder):
            yield folder.resolve()


def files_are_writable(settings: Settings, _now: datetime) -> Iterator[Finding]:
    """By whoever asks: a command that somebody ran as another user leaves what is not."""
    beside = _database_beside(settings)
    lost = [path for path in _stored(settings, beside) if not _is_writable(path)]
    shut = [] if beside is None or _is_writable(beside.parent) else [beside.parent]
    if not (lost or shut):
        return
    root, me = settings.state_dir, ownership.user_name(os.geteuid())
    owner = _owner(root)
    if owner is not None and owner not in (os.geteuid(), ownership.ROOT):
        yield wrong(
            f"用户 {me} 不能写 {(lost + shut)[0]} 等 {len(lost + shut)} 项，"
            f"目录 {root} 属于用户 {ownership.user_name(owner)}",
            f"请{ownership.as_owner(owner, root)}",
        )
        return
    if lost:
        handing_over = _handing_over(root, lost, me)
        yield wrong(
            f"用户 {me} 不能写 {lost[0]} 等 {len(lost)} 项"
            f"（所有者 {ownership.user_name(lost[0].lstat().st_uid)}）",
            f"服务以 root 运行的，请以 root 运行命令；服务以 {me} 运行的，{handing_over}"
            if owner == ownership.ROOT
            else f"{handing_over}；以后一律以 {me} 运行命令（sudo -u {me}）",
        )
    for folder in shut:
        yield wrong(
            f"用户 {me} 不能写数据库所在的目录 {folder}：SQLite 要在数据库旁边写文件",
            f"建一个属于 {me} 的目录，停止服务，把数据库和旁边同名的文件移进去，"
            "再改 RESPONDER_DATABASE_URL",
        )


def _handing_over(root: Path, lost: list[Path], me: str) -> str:
    """The commands that give a user what is named, with all that lies in its folders."""
    known = set(lost)
    whole = [path for path in lost if path != root and known.isdisjoint(path.parents)]
    told = [(path, "") for path in lost if path == root]
    told += [(path, "-R ") for path in whole]
    commands = [
        f"sudo chown {deep}{me}: {shlex.quote(str(path))} && "
        f"sudo chmod {deep}u+rwX {shlex.quote(str(path))}"
        for path, deep in told[:NAMED]
    ]
    more = "；然后再运行 responder doctor：还有别的" if len(told) > NAMED else ""
    return " && ".join(commands) + more


def _stored(settings: Settings, beside: Path | None) -> Iterator[Path]:
    """The state folder and all in it, and a database that lies elsewhere."""
    root = settings.state_dir
    yield root
    for where, inner, files in os.walk(root):
        if Path(where) == root and kept.LOST_AND_FOUND in inner:
            inner.remove(kept.LOST_AND_FOUND)
        yield from (Path(where, name) for name in (*inner, *files))
    if beside is not None:
        of_it = (beside.with_name(f"{beside.name}{end}") for end in ("", "-wal", "-shm"))
        yield from filter(os.path.lexists, (*of_it, beside.with_suffix(".lock")))


def _database_beside(settings: Settings) -> Path | None:
    """The file of a database that does not lie in the state folder."""
    root = settings.state_dir.resolve()
    for folder in _database_folder(settings):
        if not folder.is_relative_to(root):
            return folder / Path(sa.make_url(settings.resolved_database_url).database or "").name
    return None


def _owner(path: Path) -> int | None:
    """Whose a folder is; None where it is gone, or may not be seen."""
    try:
        return path.stat().st_uid
    except OSError:
        return None


def _is_writable(path: Path) -> bool:
    needed = os.R_OK | os.W_OK | (os.X_OK if os.path.isdir(path) else 0)
    return os.access(path, needed, effective_ids=True) or not os.path.exists(path)


def files_are_private(settings: Settings, _now: datetime) -> Iterator[Finding]:
    root = settings.state_dir
    if not os.access(root, os.R_OK | os.X_OK, effective_ids=True):
        return
    for path in (settings.resolved_identity_keys, root / kept.SECRET_KEY):
        if path.is_file() and stat.S_IMODE(path.stat().st_mode) & (GROUP | OTHERS):
            yield wrong(f"密钥 {path} 可被其他用户读取", f"chmod 600 {path}")
    if stat.S_IMODE(root.stat().st_mode) & (GROUP | OTHERS):
        yield warning(f"目录 {root} 可被其他用户打开", f"chmod 700 {root}")
    opened = [path for path in root.rglob("*") if _is_open(path)]
    if opened:
        yield warning(
            f"{root} 里有 {len(opened)} 个文件可被其他用户读取，如 {opened[0].name}",
            f"chmod -R go-rwx {root}",
        )


def _is_open(path: Path, to: int = GROUP | OTHERS) -> bool:
    try:
        found = path.lstat()
    except OSError:
        return False  # gone meanwhile
    return stat.S_ISREG(found.st_mode) and bool(found.st_mode & to)


def logs_are_kept(settings: Settings, now: datetime) -> Iterator[Finding]:
    problem = log_files.problem_of(settings.logs, local(now, settings.zone).date())
    if problem is not None:
        yield wrong(
            f"不能写日志（{problem.strerror}）：系统做过什么、审计链到哪里都没有记下",
            f"把 {settings.logs} 和其中文件的所有者改为运行服务的用户，或移开占用它的文件",
        )


def backups_are_made(settings: Settings, now: datetime) -> Iterator[Finding]:
    made = last_backup.made_at(settings.state_dir)
    remedy = "用 responder backup 备份，并安排每天自动备份（deploy/ 里有样例）"
    if made is None:
        yield warning("没有用 responder backup 备份过", remedy)
    elif now - made > BACKUP_EVERY:
        yield warning(f"上次备份是 {_told(made, settings)}", remedy)
    else:
        yield ok(f"上次备份是 {_told(made, settings)}")
    key_file = last_backup.key_file(settings.state_dir)
    if key_file is not None and _is_open(key_file, OTHERS):
        yield warning(f"备份的密钥文件 {key_file} 可被其他用户读取", f"chmod o= {key_file}")


def _told(moment: datetime, settings: Settings) -> str:
    return f"{moment.astimezone(settings.zone):%Y-%m-%d %H:%M}"
