"""Together or not at all: the document and every interpretation, whatever happens meanwhile."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update

from responder.core import audit
from responder.core.database import db, transaction
from responder.core.errors import GuardRefused, Invalid
from responder.core.lifecycle import Attempt
from responder.core.permissions import CONSOLE
from responder.publishing import releasing
from responder.publishing.final import PublishedIsFinal
from responder.publishing.packages import entering, queries, steps
from responder.publishing.packages.models import Duty, PackageState, PolicyPackage
from responder.publishing.packages.released import Interpretation, PolicyDocument, Withdrawal
from responder.settings import Settings
from tests.databases import DATABASES
from tests.factories import NOW
from tests.installations import installation
from tests.publishing.packages.factories import (
    HOUR,
    TITLE,
    brought_to,
    out,
    planned,
    proposed,
    take,
    written,
)

S = PackageState
WHOLE = ([TITLE], ["departments 的解读", "experts 的解读"])
NOTHING: tuple[list[str], list[str]] = ([], [])

# Dies by its own hand while it stores the second interpretation.
KILLED_HALF_WAY = f"""
import os, signal
from datetime import datetime
from sqlalchemy import event
from responder import create_app
from responder.publishing import releasing
from responder.publishing.packages.released import Interpretation
from responder.settings import Settings

stored = []

@event.listens_for(Interpretation, "after_insert")
def die(mapper, connection, record):
    stored.append(record)
    if len(stored) == 2:
        os.kill(os.getpid(), signal.SIGKILL)

with create_app().app_context():
    releasing.publish_due(datetime.fromisoformat("{HOUR.isoformat()}"), Settings())
"""


def test_a_package_goes_out_at_its_hour_as_a_whole(session, people):
    package = brought_to(S.SCHEDULED)
    assert releasing.publish_due(HOUR - timedelta(seconds=1), Settings()) == 0
    assert out() == NOTHING
    assert releasing.publish_due(HOUR, Settings()) == 1
    assert out() == WHOLE
    document = session.scalars(select(PolicyDocument)).one()
    found = session.scalars(select(Interpretation)).all()
    assert {one.published_at for one in (document, *found)} == {HOUR}
    assert {one.document_id for one in found} == {document.id}
    assert document.index_number == f"ZC-2026-{package.id:04d}"
    assert releasing.publish_due(HOUR, Settings()) == 0


def test_what_a_guard_refuses_at_the_hour_stays_in_as_a_whole_and_says_why(session):
    package = brought_to(S.SCHEDULED)
    with transaction(CONSOLE, NOW):
        package.materials[1].body = "请联系13812345678。"
    assert releasing.publish_due(HOUR, Settings()) == 0
    assert out() == NOTHING
    assert (package.state, package.publish_at) == (S.SIGNED, None)
    [note] = [line.note for line in audit.history(session, package) if line.action == "unschedule"]
    assert note.startswith("到点未发布：含有个人信息：第 2 份解读的正文")
    assert "13812345678" not in note


@pytest.mark.parametrize("kind", DATABASES)
def test_a_scheduler_that_is_killed_leaves_nothing_half_out(kind: str, tmp_path: Path) -> None:
    with installation(kind, tmp_path) as app:
        with app.app_context():
            brought_to(S.SCHEDULED)
        settings: Settings = app.extensions["settings"]
        environment = {
            **os.environ,
            "RESPONDER_STATE_DIR": str(tmp_path),
            "RESPONDER_DATABASE_URL": settings.database_url,
        }
        killed = subprocess.run([sys.executable, "-c", KILLED_HALF_WAY], env=environment)
        assert killed.returncode == -signal.SIGKILL
        with app.app_context():
            assert out() == NOTHING
            assert db.session.scalars(select(PolicyPackage.state)).one() is S.SCHEDULED
            assert releasing.publish_due(HOUR, Settings()) == 1
            assert out() == WHOLE
            assert releasing.publish_due(HOUR, Settings()) == 0


def test_what_is_public_never_changes_in_place_and_is_withdrawn_as_a_whole(session, people):
    package = brought_to(S.RELEASED)
    document = session.scalars(select(PolicyDocument)).one()
    interpretation = session.scalars(select(Interpretation)).first()
    for record in (document, interpretation):
        with pytest.raises(PublishedIsFinal), transaction(CONSOLE, NOW):
            record.title = "改过的"
        with pytest.raises(PublishedIsFinal), transaction(CONSOLE, NOW) as writing:
            writing.delete(record)
    for statement in (update(PolicyDocument).values(title="改过的"), delete(Interpretation)):
        with pytest.raises(PublishedIsFinal), transaction(CONSOLE, NOW) as writing:
            writing.execute(statement)
    session.expire_all()
    with pytest.raises(GuardRefused, match="个人信息"):
        take(package, "withdraw", people.signer, "请联系13812345678。")
    take(package, "withdraw", people.signer, "数据有误，现予撤回。")
    session.expire_all()
    assert document.withdrawal.note == "数据有误，现予撤回。"
    assert (document.standing, interpretation.withdrawal) == ([], document.withdrawal)
    assert audit.history(session, interpretation)[-1].action == "withdraw"
    with pytest.raises(PublishedIsFinal), transaction(CONSOLE, NOW) as writing:
        writing.delete(session.scalars(select(Withdrawal)).one())


def test_an_hour_that_has_passed_is_refused(people):
    package = brought_to(S.SIGNED)
    actor = people.press_officer.actor
    with pytest.raises(Invalid, match="已过"), transaction(actor, NOW) as session:
        steps.schedule(session, package, NOW - timedelta(hours=1), Attempt(actor, NOW))
    with pytest.raises(Invalid, match="两年以内"), transaction(actor, NOW) as session:
        steps.schedule(session, package, NOW + timedelta(days=732), Attempt(actor, NOW))


def test_a_document_that_went_out_alone_owes_its_interpretation_within_working_days(
    session, people, settings
):
    urgent = proposed(duty=Duty.LATER, duty_reason="汛情紧急，先行发布")
    steps_of = (
        (people.press_officer, "organise"), (people.first_reviewer, "review"),
        (people.signer, "sign"), (people.press_officer, "release"),
    )  # fmt: skip
    for person, action in steps_of:
        take(urgent, action, person)
    rule, deadline = queries.interpretation_due(session, urgent, settings.zone)
    # Released on Friday 2026-11-20: Monday, Tuesday, Wednesday.
    assert (rule.length, deadline.due_at.isoformat()) == (3, "2026-11-25T15:59:59+00:00")
    actor = people.editor.actor
    with transaction(actor, NOW) as writing:
        later = entering.follow_up(writing, urgent, Attempt(actor, NOW))
    assert later.lacks == ["解读方案", "解读材料"]
    written(planned(later, "departments", due_on="2026-11-20"), "departments")
    for person, action in steps_of:
        take(later, action, person)
    assert out() == ([TITLE], ["departments 的解读"])
    assert [one.document.package_id for one in session.scalars(select(Interpretation))] == [
        urgent.id
    ]
    assert queries.interpretation_due(session, urgent, settings.zone) is None
