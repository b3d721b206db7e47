"""The command line as a person meets it: one sentence, a meaningful exit code, no traceback."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from urllib.request import urlopen

import pytest

from responder import cli
from responder.core.errors import SettingsError
from responder.settings import load_settings
from tests.another_user import NOBODY, require_root
from tests.browser.conftest import free_port, wait_until_up
from tests.console import run


def says(result: subprocess.CompletedProcess[str], sentence: str) -> bool:
    """Exit code 2 and one line that says what to do."""
    lines = result.stderr.strip().splitlines()
    return result.returncode == 2 and len(lines) == 1 and sentence in lines[0]


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The state of an instance after ``init``."""
    state = tmp_path_factory.mktemp("state")
    done = run("init", "--password", "only for trying it", state=state)
    assert done.returncode == 0, done.stderr
    return state


def test_init_can_be_run_again(ready: Path) -> None:
    again = run("init", state=ready)
    assert again.returncode == 0
    assert "新增日历 0 年，时限规则 0 条" in again.stderr


def test_a_database_goes_back_to_a_revision_and_never_by_so_many_steps(tmp_path: Path) -> None:
    """0050 was taken for fifty steps, and nothing was left."""
    assert run("init", "--password", "only for trying it", state=tmp_path).returncode == 0
    for wrong in ("9999", "base", "50", "-1", "head"):
        refused = run("db", "downgrade", "--yes", "--", wrong, state=tmp_path)
        assert says(refused, f"不能退回到 {wrong}：数据库现在是")
    assert run("db", "downgrade", "0050", state=tmp_path).returncode == 1  # nobody said yes
    assert "0051" in run("db", "current", state=tmp_path).stdout
    back = run("db", "downgrade", "0050", "--yes", state=tmp_path)
    assert (back.returncode, back.stderr.strip()) == (0, "数据库已退回到 0050")
    assert "0050" in run("db", "current", state=tmp_path).stdout
    assert run("init", state=tmp_path).returncode == 0
    assert run("verify", state=tmp_path).returncode == 0


def test_the_first_password_may_come_from_the_environment(tmp_path: Path) -> None:
    done = run("init", state=tmp_path, RESPONDER_ADMIN_PASSWORD="a long one")
    assert done.returncode == 0, done.stderr


def test_init_makes_no_new_keys_for_a_database_that_has_its_own(tmp_path: Path) -> None:
    assert run("init", "--password", "only for trying it", state=tmp_path).returncode == 0
    (tmp_path / "identity_keys").unlink()
    assert says(run("init", state=tmp_path), "请从备份放回与数据库同期的 identity_keys")
    assert not (tmp_path / "identity_keys").exists()


def test_the_first_password_is_typed_twice_by_rules_that_are_told_before(tmp_path: Path) -> None:
    keyboard, terminal = os.openpty()
    command = [sys.executable, "-m", "responder", "init"]
    environment = {**os.environ, "RESPONDER_STATE_DIR": str(tmp_path)}
    with subprocess.Popen(
        command, stdin=terminal, stderr=subprocess.PIPE, env=environment, start_new_session=True
    ) as process:
        assert process.stderr is not None
        told = ""
        for prompt, typed in (
            ("管理员密码: ", "short"),
            ("管理员密码: ", "seven umbrellas"),
            ("再输入一次: ", "seven umbrellas"),
        ):
            heard = b""
            while not heard.endswith(prompt.encode()):
                heard += process.stderr.read(1) or pytest.fail(told + heard.decode())
            told += heard.decode()
            os.write(keyboard, f"{typed}\n".encode())
        told += process.stderr.read().decode()
    for one in (keyboard, terminal):
        os.close(one)
    assert process.returncode == 0, told
    assert told.index("至少 10 位，不能有用户名") < told.index("管理员密码: ")
    assert "密码至少 10 位：可以用几个不相干的词连起来" in told
    assert "已建立管理员 admin" in told


def test_help_names_every_command_with_an_example(ready: Path) -> None:
    listed = run("--help", state=ready).stdout
    for command in ("init", "serve", "scheduler", "import", "demo", "topics", "plan", "responses"):
        assert f"  {command} " in listed
    for command in (["serve"], ["import"], ["topics", "refresh"], ["demo", "load"]):
        assert "例：responder" in run(*command, "--help", state=ready).stdout


def test_an_unknown_setting_is_named(tmp_path: Path) -> None:
    result = run("settings", state=tmp_path, RESPONDER_DATABSE_URL="x")
    assert says(result, "未知设置 RESPONDER_DATABSE_URL")


def test_an_ill_typed_setting_is_named(tmp_path: Path) -> None:
    result = run("settings", state=tmp_path, RESPONDER_TOPIC_WINDOW_DAYS="soon")
    assert says(result, "RESPONDER_TOPIC_WINDOW_DAYS")


@pytest.mark.parametrize(
    "key",
    ["dev", "x" * 64, "change-me-change-me-change-me-0123456789", "0123456789abcdef0123456789"],
)
def test_a_key_that_can_be_guessed_is_refused(tmp_path: Path, key: str) -> None:
    result = run("settings", state=tmp_path, RESPONDER_SECRET_KEY=key)
    assert says(result, "RESPONDER_SECRET_KEY 太弱")
    assert key not in result.stderr
    strong = run("settings", state=tmp_path, RESPONDER_SECRET_KEY=secrets.token_urlsafe(48))
    assert strong.returncode == 0, strong.stderr


def test_a_token_for_the_figures_that_can_be_guessed_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RESPONDER_STATE_DIR", str(tmp_path))
    for weak in ("x", "metrics-metrics-metrics", "change-me-change-me-change-me-0123456789"):
        monkeypatch.setenv("RESPONDER_METRICS_TOKEN", weak)
        with pytest.raises(SettingsError, match="RESPONDER_METRICS_TOKEN 太弱"):
            load_settings()
    strong = secrets.token_urlsafe(48)
    monkeypatch.setenv("RESPONDER_METRICS_TOKEN", strong)
    assert load_settings().metrics_token == strong


def test_a_first_password_that_everybody_tries_is_refused(tmp_path: Path) -> None:
    assert says(run("init", "--password", "responder-demo", state=tmp_path), "太容易猜到")


def test_settings_are_listed_with_their_meaning(ready: Path) -> None:
    listed = json.loads(run("settings", "--json", state=ready).stdout)["settings"]
    assert {"RESPONDER_STATE_DIR", "RESPONDER_DATABASE_URL"} <= {row["name"] for row in listed}
    assert all(row["description"] for row in listed)


def test_a_database_that_was_not_prepared_is_said_so(tmp_path: Path) -> None:
    assert says(run("serve", state=tmp_path), "请先运行 responder init")
    assert says(run("topics", "list", state=tmp_path), "请先运行 responder init")


def test_a_database_of_a_newer_version_asks_for_that_version_and_never_for_init(
    tmp_path: Path,
) -> None:
    assert run("init", "--password", "only for trying it", state=tmp_path).returncode == 0
    with closing(sqlite3.connect(tmp_path / "responder.db")) as database, database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    newer = "数据库是由更新版本的回应台建立或升级的：请安装那个版本或更新的安装包"
    for command in (["init"], ["serve"], ["scheduler"], ["db", "downgrade", "0050", "--yes"]):
        assert says(run(*command, state=tmp_path), newer), command
    verified = run("verify", state=tmp_path)
    assert (verified.returncode, newer in verified.stderr) == (1, True)
    examined = run("doctor", state=tmp_path)
    assert (examined.returncode, "安装包" in examined.stdout) == (2, True)
    current = run("db", "current", state=tmp_path)
    assert says(current, "请用 responder doctor 核对数据库与程序的版本")
    told = "".join((verified.stderr, examined.stdout, examined.stderr))
    assert "responder init" not in told
    assert "Traceback" not in told


def test_a_database_that_cannot_be_written_is_said_so(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    result = run("init", "--password", "only for trying it", state=blocked / "state")
    assert result.returncode == 2
    assert "Traceback" not in result.stderr
    assert "RESPONDER_STATE_DIR" in result.stderr


def test_a_database_file_whose_folder_is_not_there_is_said_so(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'gone' / 'office.db'}"
    result = run("init", state=tmp_path, RESPONDER_DATABASE_URL=url)
    assert says(result, "数据库文件打不开：请核对 RESPONDER_STATE_DIR")


@pytest.mark.parametrize(
    ("detail", "told"),
    [
        ("no such column: topic_message.gravity", "数据库与程序的版本不合"),
        ("column topic_message.gravity does not exist\nLINE 1: …", "数据库与程序的版本不合"),
        ("no such table: topic", "请先运行 responder init"),
        ('relation "topic" does not exist', "请先运行 responder init"),
        ('permission denied for relation "topic"', "请检查 RESPONDER_DATABASE_URL"),
    ],
)
def test_what_a_database_says_is_told_with_its_remedy(detail: str, told: str) -> None:
    assert told in cli._database_sentence(detail)


def test_a_database_server_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    url = f"postgresql+psycopg://nobody@127.0.0.1:{free_port()}/none"
    result = run("init", state=tmp_path, RESPONDER_DATABASE_URL=url)
    assert says(result, "请检查 RESPONDER_DATABASE_URL")


def test_a_port_in_use_is_said_so(ready: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert says(run("serve", "--port", port, state=ready), "请用 --port 换一个端口")


def test_the_demo_keeps_away_from_an_offices_own_database(ready: Path) -> None:
    assert says(run("demo", "serve", "--port", str(free_port()), state=ready), "不能载入演示数据")


@pytest.mark.parametrize("url", ["garbage", "mysql://somewhere/x"])
def test_an_address_that_is_no_database_is_said_so(tmp_path: Path, url: str) -> None:
    result = run("init", state=tmp_path, RESPONDER_DATABASE_URL=url)
    assert says(result, "不是可用的数据库地址")


def test_a_state_folder_that_is_a_file_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    result = run("init", state=tmp_path / "file")
    assert result.returncode == 2
    assert "Traceback" not in result.stderr


def test_every_command_says_that_a_state_folder_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for command in (["doctor"], ["serve"], ["settings"]):
        assert says(run(*command, state=tmp_path / "file"), "不是目录：请填写一个目录"), command


def test_root_keeps_away_from_a_folder_that_the_services_user_owns(tmp_path: Path) -> None:
    require_root()
    os.chown(tmp_path, NOBODY, -1)
    for command in (["init"], ["topics", "refresh"], ["backup", "b"]):
        assert says(run(*command, state=tmp_path), "sudo -u nobody"), command
    assert list(tmp_path.iterdir()) == []
    into = ("restore", "b", "--into", str(tmp_path))
    assert says(run(*into, state=tmp_path / "none"), "sudo -u nobody")


def test_what_is_stored_is_readable_by_the_owner_alone(ready: Path) -> None:
    modes = {path.name: path.stat().st_mode & 0o077 for path in ready.iterdir()}
    assert set(modes.values()) == {0}, modes


def test_wrong_use_ends_with_two(ready: Path) -> None:
    assert run("topics", "list", "--limit", "many", state=ready).returncode == 2
    assert says(run("topics", "show", "4711", state=ready), "没有编号为 4711 的话题")
    assert says(run("topics", "refresh", "--as-of", "gestern", state=ready), "不是日期")


def test_the_calendar_takes_a_year_from_a_file(ready: Path, tmp_path: Path) -> None:
    file = tmp_path / "2027.json"
    off = (("元旦", "2027-01-01"), ("国庆节", "2027-10-01"))
    days = [{"name": name, "date": day, "isOffDay": True} for name, day in off]
    file.write_text(json.dumps({"year": 2027, "days": days}), encoding="utf-8")
    result = run("calendar", "import", str(file), "--json", state=ready)
    assert json.loads(result.stdout) == {
        "years": [{"year": 2027, "days": 2, "clocks_moved": 0, "tasks_moved": 0}]
    }


def test_serving_starts_web_and_scheduler_and_both_end_together(ready: Path) -> None:
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "responder", "serve", "--port", str(port), "--workers", "1"],
        env={**os.environ, "RESPONDER_STATE_DIR": str(ready)},
        stderr=subprocess.DEVNULL,
    )
    wait_until_up(f"http://127.0.0.1:{port}/sign-in", server)
    assert urlopen(f"http://127.0.0.1:{port}/sign-in").status == 200
    companions = children(server.pid)
    assert sorted("scheduler" in command for command in companions.values()) == [False, True]
    server.send_signal(signal.SIGKILL)  # the hard way: nobody tells the others
    server.wait()
    assert gone(list(companions))


def children(pid: int) -> dict[int, str]:
    """Process id → command line of the direct children."""
    found = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(path.read_text().rpartition(")")[2].split()[1])
            if parent == pid:
                command = (path.parent / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                found[int(path.parent.name)] = command
        except OSError:
            continue  # it ended while we looked
    return found


def gone(pids: list[int], seconds: float = 60) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not any(Path(f"/proc/{pid}").exists() for pid in pids):
            return True
        time.sleep(0.1)
    return False


def test_a_day_and_a_rule_can_be_changed_at_the_console(ready: Path) -> None:
    changed = run("calendar", "set", "2026-05-08", "--off", "--name", "市庆日", state=ready)
    assert changed.returncode == 0, changed.stderr
    days = json.loads(run("calendar", "show", "2026", "--json", state=ready).stdout)["days"]
    assert {"day": "2026-05-08", "working": False, "name": "市庆日"} in days
    arguments = ("--length", "36", "--source", "市府办〔2026〕12号")
    assert run("clocks", "set", "public_concern", *arguments, state=ready).returncode == 0
    rules = json.loads(run("clocks", "list", "--json", state=ready).stdout)["rules"]
    [rule] = [rule for rule in rules if rule["code"] == "public_concern"]
    assert (rule["length"], rule["source"]) == (36, "市府办〔2026〕12号")
    assert says(run("clocks", "set", "nothing", *arguments, state=ready), "没有代码为 nothing")
    assert says(run("calendar", "show", "2099", state=ready), "尚未导入")


@pytest.mark.parametrize("arguments", [["--help"], ["dotor"], ["doctor", "--help"], ["doctor"]])
def test_a_command_that_only_asks_writes_nothing(tmp_path: Path, arguments: list[str]) -> None:
    """A mistyped one left a key in whichever folder it was typed in."""
    state = tmp_path / "var"
    run(*arguments, state=state)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    assert says(run("topics", "list", state=tmp_path / "elsewhere"), "请核对 RESPONDER_STATE_DIR")


def test_a_schema_of_another_version_is_told_how_to_mend(ready: Path, tmp_path: Path) -> None:
    state = tmp_path / "older"
    shutil.copytree(ready, state)
    assert run("db", "downgrade", "0050", "--yes", state=state).returncode == 0
    refused = run("scheduler", state=state)
    assert says(refused, "再运行 responder init 升级")
