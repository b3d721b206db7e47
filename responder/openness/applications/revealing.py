"""Who asked, shown to whoever may see it, once, with a line in the trail."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

from responder.core import audit, privacy
from responder.core.permissions import Actor
from responder.openness.applications.models import Application
from responder.openness.applications.queries import demand_reader
from responder.openness.applications.rules import ApplicantKind

SHOWN_BODY = 6  # characters; of a shorter name too little would be hidden


def reveal(session: Session, application: Application, actor: Actor) -> Application:
    """An application whose applicant somebody is about to see.

    :raises Forbidden: the person does not read applications.
    """
    demand_reader(actor)
    audit.record(session, "reveal", application, {}, "", actor)
    return application


def reveal_all(session: Session, applications: Iterable[Application], actor: Actor) -> None:
    """Applications whose applicants are about to leave in a file; a line for each.

    :raises Forbidden: the person does not read applications.
    """
    demand_reader(actor)
    for application in applications:
        audit.record(session, "reveal_export", application, {}, "", actor)


def names_of(application: Application) -> frozenset[str]:
    """The recorded names that its texts must not say."""
    return privacy.recorded_names([application.applicant_name])


def shown_name(application: Application) -> str:
    """As lists show it: ``王**``; of a body its ends, ``江澜**公司``."""
    name = application.applicant_name
    if application.applicant_kind is ApplicantKind.PERSON or len(name) < SHOWN_BODY:
        return privacy.mask_name(name)
    return f"{name[:2]}**{name[-2:]}"
