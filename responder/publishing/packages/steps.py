"""Taking a package through its gates, and letting it out: all of it, or nothing."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from responder.accounts.proofs import Proven, signed_by
from responder.core import audit
from responder.core.errors import Invalid
from responder.core.lifecycle import Attempt
from responder.core.texts import clean
from responder.core.times import local
from responder.publishing import rules as publishing_rules
from responder.publishing.packages.lifecycle import GATE_OF, PACKAGE, PROVEN_STEPS, WITHDRAW
from responder.publishing.packages.models import (
    PackageGate,
    PackageState,
    PolicyPackage,
    ReturnSlip,
)
from responder.publishing.packages.released import (
    Attachment,
    Interpretation,
    PolicyDocument,
    Withdrawal,
)
from responder.publishing.webhooks.policy import tell_policy
from responder.settings import Settings

OVERDUE = "到点未发布："


def advance(
    session: Session,
    package: PolicyPackage,
    action: str,
    attempt: Attempt,
    settings: Settings,
    proven: Proven | None = None,
) -> ReturnSlip | None:
    """Take one step; the slip, where the package went back.

    :param proven: that the signer has just proved who they are.
    :raises Forbidden, WrongState: as :meth:`Lifecycle.advance`.
    :raises GuardRefused: as there; or the signer's proof is wanting.
    :raises Invalid: a package is not scheduled or edited by this way.
    """
    if action in ("schedule", "edit"):
        raise Invalid(f"没有“{action}”这个操作")
    proof = ""
    if action in ("release", WITHDRAW):
        _take_turns(session, package)
    if action in PROVEN_STEPS:
        PACKAGE.allow(package, action, attempt)
        proof = signed_by(attempt.actor, proven)
    PACKAGE.advance(session, package, action, attempt, {"proof": proof} if proof else None)
    if gate := GATE_OF.get(action):
        package.gates.append(
            PackageGate(
                round=package.round,
                gate=gate,
                at=attempt.now,
                by_id=attempt.actor.id,
                by_name=attempt.actor.name,
                proof=proof,
            )
        )
    slip = None
    if action == "return":
        slip = _issue_slip(session, package, attempt)
    elif action == "release":
        _put_out(session, package, attempt, settings)
    elif action == "unschedule":
        package.publish_at = None
    elif action == WITHDRAW:
        _withdraw(session, package, attempt)
    session.flush()
    return slip


def _take_turns(session: Session, package: PolicyPackage) -> None:
    """Packages of one public document go out, and back, one after the other."""
    if document := package.published_document:
        session.refresh(document, with_for_update=True)


def schedule(
    session: Session, package: PolicyPackage, publish_at: datetime, attempt: Attempt
) -> None:
    """Set the hour at which all of a signed package goes out.

    :param publish_at: aware; not before the present minute, and at most two years ahead.
    :raises Invalid: the hour has passed.
    :raises Forbidden, WrongState, GuardRefused: as :meth:`Lifecycle.advance`.
    """
    if reason := publishing_rules.wrong_hour(publish_at, attempt.now):
        raise Invalid(reason, {"publish_at": reason})
    PACKAGE.advance(session, package, "schedule", attempt)
    package.publish_at = publish_at
    session.flush()


def due_ids(session: Session, now: datetime) -> list[int]:
    """The packages whose hour has come, the one that waits longest first."""
    query = select(PolicyPackage.id).where(*_is_due(now)).order_by(PolicyPackage.publish_at)
    return list(session.scalars(query))


def release_if_due(session: Session, package_id: int, attempt: Attempt, settings: Settings) -> bool:
    """Look again, now that the row is ours: another scheduler may have been faster.

    What a guard refuses stays in as a whole, and is signed again, with the reason in the trail.
    """
    query = select(PolicyPackage).where(PolicyPackage.id == package_id, *_is_due(attempt.now))
    package = session.scalar(query.with_for_update(skip_locked=True))
    if package is None:
        return False
    if reason := refusal(package, attempt):
        told = Attempt(attempt.actor, attempt.now, f"{OVERDUE}{reason}")
        advance(session, package, "unschedule", told, settings)
        return False
    advance(session, package, "release", attempt, settings)
    return True


def refusal(package: PolicyPackage, attempt: Attempt) -> str | None:
    """Why a package cannot go out now; None when it can."""
    guards = PACKAGE.find("release", package.state).guards
    return next((reason for guard in guards if (reason := guard(package, attempt))), None)


def _is_due(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (PolicyPackage.state == PackageState.SCHEDULED, PolicyPackage.publish_at <= now)


def _issue_slip(session: Session, package: PolicyPackage, attempt: Attempt) -> ReturnSlip:
    """The slip, and a new round: no gate of the old one counts any more."""
    slip = ReturnSlip(
        title=package.title,
        addressee=package.unit.name,
        missing="、".join(package.lacks),
        reason=clean(attempt.note).strip(),
        issued_at=attempt.now,
        issued_by_id=attempt.actor.id,
        issued_by_name=attempt.actor.name,
    )
    package.slips.append(slip)
    package.round += 1
    session.flush()
    return slip


def _put_out(
    session: Session, package: PolicyPackage, attempt: Attempt, settings: Settings
) -> None:
    """Copy what citizens are to read; the document and every interpretation at one moment."""
    package.released_at = attempt.now
    document = package.published_document or _published(session, package, attempt, settings)
    year = local(attempt.now, settings.zone).year
    for material in package.materials:
        session.add(
            Interpretation(
                package_id=package.id,
                document=document,
                column=material.column,
                column_name=material.column.name,
                index_number=f"JD-{year}-{material.id:04d}",
                title=material.title,
                author=material.author,
                body=material.body,
                publisher=settings.publisher_name,
                published_at=attempt.now,
            )
        )
    session.flush()
    tell_policy(session, document, package, attempt.now)


def _published(
    session: Session, package: PolicyPackage, attempt: Attempt, settings: Settings
) -> PolicyDocument:
    document = PolicyDocument(
        package=package,
        index_number=f"ZC-{local(attempt.now, settings.zone).year}-{package.id:04d}",
        title=package.title,
        document_number=package.document_number,
        issuer=package.issuer,
        unit_name=package.unit.name,
        body=package.body,
        publisher=settings.publisher_name,
        published_at=attempt.now,
        attachments=[
            Attachment(
                name=file.name, media_type=file.media_type, size=file.size, digest=file.digest
            )
            for file in package.files
        ],
    )
    session.add(document)
    session.flush()
    return document


def _withdraw(session: Session, package: PolicyPackage, attempt: Attempt) -> None:
    """All that went out is taken back together, and the reason stands in its place."""
    withdrawal = Withdrawal(
        package_id=package.id,
        note=clean(attempt.note).strip(),
        at=attempt.now,
        by_id=attempt.actor.id,
        by_name=attempt.actor.name,
    )
    session.add(withdrawal)
    session.flush()
    for record in (package.document, *_interpretations(session, package)):
        if record is not None:
            session.expire(record)
            audit.record(session, "withdraw", record, {}, withdrawal.note, attempt.actor)
    if document := package.published_document:
        tell_policy(session, document, package, attempt.now, withdrawal)


def _interpretations(session: Session, package: PolicyPackage) -> list[Interpretation]:
    query = select(Interpretation).where(Interpretation.package_id == package.id)
    return list(session.scalars(query.order_by(Interpretation.id)))
