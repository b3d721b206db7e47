"""``make soak``: an office at work while its machines are killed, and a reckoning afterwards.

    python -m tools.soak [--minutes 30] [--every 30] [--kept-in FOLDER]

Twenty browsers' worth of people (operators, programs that push, four answers on their way from
the first version to the public column, readers, citizens) work against two gunicorn hosts and a
scheduler over PostgreSQL. In turn a web process, all connections, the scheduler, a host and
the database itself are killed. A backup is taken half-way. Afterwards what was acknowledged is
looked for in the database and in the restored backup. Exit code 1: something was lost or
doubled, an answer had no excuse, or the backup does not hold.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask

from responder import create_app
from responder.accounts import tokens
from responder.accounts.token_models import Scope
from responder.core.console import say
from responder.core.database import db, transaction
from responder.core.permissions import CONSOLE
from responder.core.times import utc_now
from tools import pages, world
from tools.soak import judging, people
from tools.soak.breaking import Absence, not_broken, shake
from tools.soak.browser import Browser
from tools.soak.ledger import Ledger
from tools.soak.office import Office, at_work, database

CALLERS, PROGRAMS, ANSWERS, CITIZENS = 6, 2, 4, 2
READERS = ("press", "analyst", "supervisor", "auditor", "openness", "liaison")
BACKUPS_TRIED = 10  # some meet with the database's absence
PASSPHRASE = "soak: only for trying it"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--every", type=float, default=30, help="seconds between two breaks")
    parser.add_argument("--kept-in", type=Path, help="a folder for logs and backup, kept")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as passing:
        folder = (chosen.kept_in or Path(passing)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise SystemExit(f"{folder} is not empty: name a new folder")
        with database(Path(passing) / "postgresql") as (server, url):
            (folder / "state").mkdir()
            world.make(folder / "state", database_url=url)
            app = create_app(world.settings_in(folder / "state", url))
            with at_work(folder / "state", url, server) as office:
                told = _soak(app, office, folder, chosen.minutes * 60, chosen.every)
    say(json.dumps(told, ensure_ascii=False, indent=1))
    sys.exit(not told["holds"])


def _soak(app: Flask, office: Office, folder: Path, seconds: float, every: float) -> dict[str, Any]:
    ledger, over, absences = Ledger(), threading.Event(), list[Absence]()
    workers = [
        threading.Thread(target=one, daemon=True) for one in _works(app, office, ledger, over)
    ]
    workers.append(threading.Thread(target=_shaking, args=(office, every, ledger, over, absences)))
    for one in workers:
        one.start()
    over.wait(seconds / 2)
    backed_up_at = time.time()
    backup = _backup(office, folder / "half-way.backup")
    over.wait(max(0.0, seconds / 2 - (time.time() - backed_up_at)))
    over.set()
    for one in workers:
        one.join(90)
    return _reckoning(office, folder, ledger, absences, backed_up_at, backup)


def _shaking(
    office: Office, every: float, ledger: Ledger, over: threading.Event, absences: list[Absence]
) -> None:
    try:
        shake(office, every, over, absences)
    except Exception as error:  # a machine that did not come back: told in the end
        ledger.broken.append(f"{type(error).__name__}: {error}"[:300])


def _works(
    app: Flask, office: Office, ledger: Ledger, over: threading.Event
) -> list[Callable[[], None]]:
    """What each thread does."""
    with app.app_context():
        unit_id = db.session.scalar(sa.text("SELECT min(id) FROM unit"))
    desk = people.Desk(ledger, over, int(unit_id or 1))
    signed_in = partial(_signed_in, app, office, ledger, over)
    chances = (random.Random(number) for number in range(1000))
    turns: list[tuple[Callable[[], None], random.Random]] = []

    def add(act: Callable[..., None], *given: Any) -> None:
        chance = next(chances)
        turns.append((partial(act, *given, chance), chance))

    for _ in range(CALLERS):
        add(people.log_call, desk, signed_in("operator"))
    for number in range(PROGRAMS):
        add(people.push, desk, _program(app, office, ledger, over, number))
    for _ in range(ANSWERS):
        everybody = {who: signed_in(who) for who in ("analyst", *dict(people.WAY))}
        add(people.answer_a_worry, desk, everybody)
    addresses = _addresses(app)
    for who in READERS:
        add(people.look_around, signed_in(who), addresses[who])
    for _ in range(CITIZENS):
        add(people.look_around, signed_in(None), addresses[None])
    return [partial(people.work, desk, turn, chance) for turn, chance in turns]


def _signed_in(
    app: Flask, office: Office, ledger: Ledger, over: threading.Event, who: str | None
) -> Browser:
    client = pages.client_of(app, who)
    name = app.config["SESSION_COOKIE_NAME"]
    cookie = client.get_cookie(name)
    return Browser(office.urls, ledger, over, (name, cookie.value) if cookie else None)


def _program(
    app: Flask, office: Office, ledger: Ledger, over: threading.Event, number: int
) -> Browser:
    with app.app_context(), transaction(CONSOLE) as session:
        wanted = tokens.NewToken(f"热线 {number}", frozenset({Scope.MESSAGES_WRITE}))
        secret = tokens.issue(session, CONSOLE, wanted, utc_now()).secret
    return Browser(office.urls, ledger, over, token=secret)


def _addresses(app: Flask) -> Mapping[str | None, list[str]]:
    """Who reads which pages: those that the inventory says open well."""
    found: dict[str | None, list[str]] = {}
    for page in pages.pages(app):
        if not page.name.startswith("/"):
            found.setdefault(page.who, []).append(page.address.partition("#")[0])
    return found


def _backup(office: Office, path: Path) -> int:
    """The exit code of a backup that is taken while everybody works; tried until one comes."""
    for _ in range(BACKUPS_TRIED):
        code = _responder(office, "backup", str(path)).returncode
        if not code:
            break
        time.sleep(1)
    return code


def _responder(office: Office, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **office.webs[0].environment,
        "RESPONDER_BACKUP_PASSPHRASE": PASSPHRASE,
        "RESPONDER_IDENTITY_KEY_FILE": str(office.folder / "identity_keys"),
    }
    return subprocess.run(
        [sys.executable, "-m", "responder", *arguments],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


def _reckoning(
    office: Office,
    folder: Path,
    ledger: Ledger,
    absences: list[Absence],
    backed_up_at: float,
    backup: int,
) -> dict[str, Any]:
    engine = sa.create_engine(office.database)
    with engine.connect() as connection:
        kept = judging.reckon(ledger, judging.stored(connection), time.time())
    engine.dispose()
    verified = _responder(office, "verify")
    restored = _restore(office, folder, ledger, backed_up_at)
    unexcused = judging.faults(ledger.answers, absences)
    statuses = Counter(str(one.status or "nobody answered") for one in ledger.answers)
    failed = sum(1 for one in ledger.answers if not 0 < one.status < 500)
    unseen = [*judging.not_done(ledger), *not_broken(absences)]
    return {
        "holds": not (
            kept["lost"] or kept["doubled"] or unexcused or backup or verified.returncode
            or restored["faults"] or ledger.broken or unseen
        ),
        "work_that_broke": dict(Counter(ledger.broken)),
        "never_happened": unseen,
        "browsers": CALLERS + PROGRAMS + ANSWERS + len(READERS) + CITIZENS,
        "broken": dict(Counter(one.what for one in absences)),
        "answers": len(ledger.answers),
        "by_status": dict(statuses.most_common()),
        "failed_of_a_thousand": round(1000 * failed / max(1, len(ledger.answers)), 2),
        "without_excuse": dict(Counter(unexcused)),
        "kept": kept,
        "refused": {kind: dict(Counter(found)) for kind, found in ledger.refused.items()},
        "verify": _last_line(verified),
        "backup": restored,
        "milliseconds": judging.latencies(ledger.answers),
    }  # fmt: skip


def _restore(office: Office, folder: Path, ledger: Ledger, backed_up_at: float) -> dict[str, Any]:
    """What the half-way backup holds once it is restored, and what becomes of a spoilt one."""
    backup, probe = folder / "half-way.backup", folder / "restored"
    restored = _responder(office, "restore", str(backup), "--into", str(probe))
    if restored.returncode:
        return {"faults": ["not restored"], "said": _last_line(restored)}
    engine = sa.create_engine(f"sqlite:///{probe / world.DATABASE}")
    with engine.connect() as connection:
        kept = judging.reckon(ledger, judging.stored(connection), backed_up_at)
    engine.dispose()
    spoilt = folder / "spoilt.backup"
    content = bytearray(backup.read_bytes())
    content[len(content) // 2] ^= 1
    spoilt.write_bytes(content)
    refused = _responder(office, "restore", str(spoilt), "--into", str(folder / "spoilt"))
    faults = [*kept["lost"], *kept["doubled"]]
    if not refused.returncode:
        faults.append("a spoilt backup was restored")
    return {
        "faults": faults,
        "acknowledged_before": kept["acknowledged"],
        "restored": _last_line(restored),
        "spoilt": _last_line(refused),
    }


def _last_line(process: subprocess.CompletedProcess[str]) -> str:
    lines = (process.stdout + process.stderr).strip().splitlines()
    return lines[-1] if lines else f"exit code {process.returncode}"


if __name__ == "__main__":
    main()
