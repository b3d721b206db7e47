"""A disk that is full costs what cannot be stored, and nothing else: it is said, and goes by."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import requests

from responder.accounts import service as accounts
from responder.core.database import transaction
from responder.core.permissions import CONSOLE, Role
from responder.core.times import utc_now
from responder.core.work_calendar import seed_calendar
from responder.jobs import JOBS
from tests.browser.conftest import free_port, wait_until_up
from tests.factories import PASSWORD
from tests.installations import installation
from tests.operating.test_serving import until
from tests.planning.factories import event
from tests.small_disk import SmallDisk, small_disk
from tools.forms import presses

MEGABYTES = 64
PASSPHRASE = "only for trying it out"
LETTERS = "反映内容,来信时间\n槐荫巷的水管又爆了,2026-11-20\n小区路灯三天不亮,2026-11-21\n"
PEOPLE = {"operator": [Role.OPERATOR], "press": [Role.PRESS_OFFICER, Role.MONITOR]}
PLAIN_TEXT = b"%PDF-1.4\n" + b"x" * 300_000
ASKS = (
    "import sqlite3, sys; _, path, query, *given = sys.argv; "
    "print(sqlite3.connect(path).execute(query, given).fetchone()[0])"
)
OFTEN = sum(1 for job in JOBS.values() if job.every == 1)
DONE_SINCE = "SELECT count(*) FROM scheduled_job WHERE problem = '' AND ended_at > ?"


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an installation with two people and a press event."""
    folder: Path = tmp_path_factory.mktemp("prepared")
    with installation("sqlite", folder) as app, app.app_context():
        with transaction(CONSOLE) as session:
            seed_calendar(session)
            for name, roles in PEOPLE.items():
                accounts.create_user(session, name, f"{name} 某", PASSWORD, roles)
        event()
    return folder


@dataclass
class Desk:
    """Somebody at a browser."""

    url: str
    session: requests.Session = field(default_factory=requests.Session)

    def page(self, path: str) -> str:
        answer = self.session.get(self.url + path, timeout=60)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.text

    def send(
        self, page: str, path: str, given: dict[str, str], file: tuple[str, bytes] | None = None
    ) -> requests.Response:
        """What the form of ``page`` that goes to ``path`` sends when it is filled in."""
        press = next(one for one in presses(page, path) if one.address == path)
        files = {"file": (file[0], io.BytesIO(file[1]))} if file else None
        return self.session.post(
            self.url + path,
            data=press.sent(**given),
            files=files,
            timeout=60,
            allow_redirects=False,
        )

    def sign_in(self, username: str) -> requests.Response:
        given = {"username": username, "password": PASSWORD}
        return self.send(self.page("/sign-in"), "/sign-in", given)


@dataclass
class Installation:
    disk: SmallDisk
    log: Path

    @property
    def state(self) -> Path:
        return self.disk.outside / "state"

    def start(self, *arguments: str, output: Path | None = None) -> subprocess.Popen[bytes]:
        environment = {
            "RESPONDER_STATE_DIR": str(self.disk.inside / "state"),
            "RESPONDER_BACKUP_PASSPHRASE": PASSPHRASE,
            "RESPONDER_SCHEDULER_INTERVAL_SECONDS": "1",
        }
        command = (sys.executable, "-m", "responder", *arguments)
        return self.disk.start(*command, environment=environment, output=output or self.log)

    def run(self, *arguments: str) -> tuple[int, str]:
        """The exit code of a command, and what it said."""
        output = self.log.with_name("said")
        output.unlink(missing_ok=True)
        return self.start(*arguments, output=output).wait(), output.read_text("utf-8")

    def ask(self, query: str, *given: str) -> int:
        """The number that the database answers, asked by a process that sees the disk."""
        output = self.log.with_name("answer")
        output.unlink(missing_ok=True)
        database = str(self.disk.inside / "state" / "responder.db")
        command = (sys.executable, "-c", ASKS, database, query, *given)
        assert self.disk.start(*command, environment={}, output=output).wait() == 0
        return int(output.read_text("utf-8"))

    def half_written(self) -> list[str]:
        return [
            path.name
            for path in self.state.rglob("*")
            if path.suffix in {".part", ".tmp", ".new"} or path.parent.name == "uploads"
        ]


@pytest.fixture
def on_small_disk(prepared: Path, tmp_path: Path) -> Iterator[Installation]:
    with small_disk(tmp_path / "disk", MEGABYTES) as disk:
        shutil.copytree(prepared, disk.outside / "state")
        yield Installation(disk, tmp_path / "log")


def test_what_cannot_be_stored_is_told_and_goes_through_later(on_small_disk: Installation) -> None:
    place, port = on_small_disk, free_port()
    server = place.start("serve", "--web-only", "--workers", "1", "--port", str(port))
    try:
        url = f"http://127.0.0.1:{port}"
        wait_until_up(f"{url}/healthz", server)
        operator, press = Desk(url), Desk(url)
        assert operator.sign_in("operator").status_code == 302
        assert press.sign_in("press").status_code == 302
        works = _works(operator, press, Desk(url))
        place.disk.fill()
        for name, work in works.items():
            answer = work()
            assert answer.status_code == (422 if name == "a file" else 503), name
            assert "磁盘已满" in answer.text, name
            assert "Traceback" not in answer.text
        kept = works["a call"]()
        assert "三天没有水" in kept.text
        assert "请联系系统管理员腾出空间" in kept.text
        assert _an_attachment(press).status_code == 302
        assert "文件没有保存下来（磁盘已满）" in press.page("/planning/events/1")
        assert requests.get(f"{url}/readyz", timeout=60).text.startswith("disk: full\n")
        assert place.half_written() == []
        for path in ("/", "/messages", "/metrics", "/concerns", "/help", "/orders"):
            assert operator.session.get(url + path, timeout=60).status_code == 200, path
        code, said = place.run("doctor")
        assert (code, "所在磁盘已满" in said) == (2, True), said
        code, said = place.run("backup", str(place.disk.inside / "b.backup"))
        assert (code, "备份没有写成（磁盘已满）" in said) == (2, True), said
        assert {path.name for path in place.disk.outside.iterdir()} == {"state", "filler"}
        place.disk.give_back()
        for name, work in works.items():
            assert work().status_code in {200, 302}, name
        _an_attachment(press)
        assert "会议通知.pdf" in press.page("/planning/events/1")
        assert requests.get(f"{url}/readyz", timeout=60).text.endswith("disk: nearly full\n")
        assert place.run("backup", str(place.disk.inside / "b.backup"))[0] == 0
        assert server.poll() is None
    finally:
        server.terminate()
        server.wait(60)
    assert "Traceback" not in place.log.read_text("utf-8")
    assert place.run("verify")[0] == 0


def _works(
    operator: Desk, press: Desk, stranger: Desk
) -> dict[str, Callable[[], requests.Response]]:
    """What people do, each from a page that was opened while there was space."""
    desk, imports = operator.page("/messages/new"), press.page("/imports")
    entrance = stranger.page("/sign-in")
    call = {"body": "槐荫巷的水管又爆了，三天没有水", "author": "某某"}
    return {
        "a call": lambda: operator.send(desk, "/messages/new", call),
        "a draft": lambda: operator.session.post(
            f"{operator.url}/messages/new/draft", data=_filled(desk, call), timeout=60
        ),
        "a file": lambda: press.send(imports, "/imports/files", {}, ("来信.csv", LETTERS.encode())),
        "signing in": lambda: stranger.send(
            entrance, "/sign-in", {"username": "operator", "password": PASSWORD}
        ),
    }


def _filled(page: str, given: dict[str, str]) -> list[tuple[str, str]]:
    return next(
        one for one in presses(page, "/messages/new") if one.address == "/messages/new"
    ).sent(**given)


def _an_attachment(press: Desk) -> requests.Response:
    page = press.page("/planning/events/1")
    return press.send(
        page, "/planning/events/1/files", {"kind": "other"}, ("会议通知.pdf", PLAIN_TEXT)
    )


def test_jobs_outlive_a_full_disk_and_are_done_later(on_small_disk: Installation) -> None:
    place = on_small_disk
    scheduler = place.start("scheduler")
    try:
        assert until(lambda: place.ask(DONE_SINCE, "") > 0)
        place.disk.fill()
        assert until(lambda: "no space is left on the disk" in place.log.read_text("utf-8"))
        assert scheduler.poll() is None
        place.disk.give_back()
        again = f"{utc_now():%Y-%m-%d %H:%M:%S}"
        assert until(lambda: place.ask(DONE_SINCE, again) >= OFTEN)
    finally:
        scheduler.terminate()
        assert scheduler.wait(60) == 0
    assert "Traceback" not in place.log.read_text("utf-8")
    assert place.run("verify")[0] == 0
