"""Files of an application (申请书、答复书): entered, taken along, taken off."""

from __future__ import annotations

from sqlalchemy.orm import Session

from responder.core import audit
from responder.core.errors import GuardRefused, NotFound
from responder.core.lifecycle import Attempt
from responder.core.permissions import Actor
from responder.intake.imports.uploads import safe_name
from responder.openness.applications.lifecycle import OPEN
from responder.openness.applications.models import Application, ApplicationFile, ApplicationState
from responder.openness.applications.queries import demand_reader
from responder.openness.applications.registering import demand_handler, touch
from responder.planning.events.files import Kept

MOST_FILES = 20
_CLOSED = (ApplicationState.ARCHIVED, ApplicationState.VOID)


def add(
    session: Session,
    application: Application,
    kept: Kept,
    name: str,
    media_type: str,
    attempt: Attempt,
) -> ApplicationFile:
    """Enter a content that has been put away among the files of an application.

    :raises Forbidden: the person does not handle applications.
    :raises GuardRefused: it is archived, or has many already.
    """
    demand_handler(attempt)
    if application.state in _CLOSED:
        raise GuardRefused("本件已归档或作废，不能再加附件")
    if len(application.files) >= MOST_FILES:
        raise GuardRefused(f"一件申请最多 {MOST_FILES} 个附件：请先删除不需要的")
    file = ApplicationFile(
        name=safe_name(name), media_type=media_type, size=kept.size, digest=kept.digest,
        added_at=attempt.now, added_by_name=attempt.actor.name,
    )  # fmt: skip
    application.files.append(file)
    touch(application, attempt)
    session.flush()
    return file


def take_out(session: Session, file_id: int, actor: Actor) -> ApplicationFile:
    """A file that somebody is about to take along; the trail says who.

    :raises Forbidden: the person does not read applications.
    """
    demand_reader(actor)
    file = find(session, file_id)
    audit.record(session, "download", file, {}, "", actor)
    return file


def remove(
    session: Session, application: Application, file: ApplicationFile, attempt: Attempt
) -> str:
    """Take a file off an application that is in work; its name.

    :raises Forbidden: the person does not handle applications.
    :raises GuardRefused: the application has ended, and its file is part of how.
    """
    demand_handler(attempt)
    if application.state not in OPEN:
        raise GuardRefused("本件已办结，附件随件保存，不能删除")
    name = file.name
    application.files.remove(file)
    touch(application, attempt)
    session.flush()
    return name


def find(session: Session, file_id: int) -> ApplicationFile:
    """:raises NotFound: no such file."""
    file = session.get(ApplicationFile, file_id)
    if file is None:
        raise NotFound("没有这个附件，或已被删除：请刷新申请页面")
    return file
