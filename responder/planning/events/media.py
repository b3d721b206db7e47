"""The media that are asked to come to an event: invited, answered, counted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from responder.core import audit
from responder.core.errors import Invalid, NotFound
from responder.core.permissions import Actor
from responder.planning.events.holding import hold_event
from responder.planning.events.models import MediaInvitation, Reply
from responder.planning.events.pasted import PastedMedium
from responder.planning.models import PressEvent

REVEAL = "reveal"


@dataclass(frozen=True)
class MediumFacts:
    """What a person writes of a medium. ``phone`` None: leave the number that is stored."""

    outlet: str
    journalist: str = ""
    phone: str | None = ""
    accreditation: str = ""
    note: str = ""


def invitations(session: Session, event: PressEvent) -> list[MediaInvitation]:
    """The media list of an event, in the order in which they were entered."""
    query = select(MediaInvitation).where(MediaInvitation.event_id == event.id)
    return list(session.scalars(query.order_by(MediaInvitation.id)))


def counts(listed: Iterable[MediaInvitation]) -> dict[Reply, int]:
    """How many gave which answer; every answer is named, also those that nobody gave."""
    found = dict.fromkeys(Reply, 0)
    for one in listed:
        found[one.reply] += 1
    return found


def find_invitation(session: Session, invitation_id: int) -> MediaInvitation:
    """:raises NotFound: no such invitation."""
    found = session.get(MediaInvitation, invitation_id, options=[joinedload(MediaInvitation.event)])
    if found is None:
        raise NotFound("没有这家媒体，或已从名单删除：请刷新媒体名单")
    return found


def invite(session: Session, event: PressEvent, facts: MediumFacts) -> MediaInvitation:
    """Put a medium on the list. The same sent twice (a double click) is one.

    :raises Invalid: no name, or it is on the list with other facts.
    """
    hold_event(session, event)
    invitation = MediaInvitation(reply=Reply.INVITED)
    _write(invitation, facts)
    for one in invitations(session, event):
        if _told(one) == _told(invitation):
            return one
        if _key(one) == _key(invitation):
            raise Invalid(
                f"“{' '.join(filter(None, _key(one)))}”已在名单上：请在名单中修改；"
                "同一媒体再来一位，请写明记者姓名",
                {"outlet": "已在名单上"},
            )
    return _add(session, event, invitation)


def invite_many(session: Session, event: PressEvent, media: Iterable[PastedMedium]) -> int:
    """Put each on the list who is not on it yet (by medium and journalist); how many.

    Two who paste at once wait for each other, and nobody is asked twice.
    """
    hold_event(session, event)
    known = {_key(one) for one in invitations(session, event)}
    added = 0
    for one in media:
        invitation = MediaInvitation(reply=Reply.INVITED)
        facts = MediumFacts(one.outlet, one.journalist, one.phone, one.accreditation)
        _write(invitation, facts)
        if _key(invitation) in known:
            continue
        known.add(_key(invitation))
        _add(session, event, invitation)
        added += 1
    return added


def _add(session: Session, event: PressEvent, invitation: MediaInvitation) -> MediaInvitation:
    invitation.event = event
    session.add(invitation)
    session.flush()
    return invitation


def _key(one: MediaInvitation) -> tuple[str, str]:
    """Who is asked: a medium, and of one medium each journalist by the name."""
    return one.outlet, one.journalist


def _told(one: MediaInvitation) -> tuple[str, ...]:
    return (*_key(one), one.phone, one.accreditation, one.note)


def edit_invitation(session: Session, invitation: MediaInvitation, facts: MediumFacts) -> None:
    """Change what is written of a medium; errors as :func:`invite`."""
    _write(invitation, facts)
    session.flush()


def set_reply(session: Session, invitation: MediaInvitation, reply: Reply) -> None:
    """Note what a medium answered, or whether it came."""
    invitation.reply = reply
    session.flush()


def remove_invitation(session: Session, invitation: MediaInvitation) -> None:
    """Take a medium off the list; the trail keeps that it was on it."""
    session.delete(invitation)
    session.flush()


def reveal_phones(session: Session, event: PressEvent, actor: Actor) -> list[MediaInvitation]:
    """The media list for somebody who may see the numbers; the trail names them.

    Whoever shows it asks for ``Permission.MEDIA_CONTACT``.
    """
    audit.record(session, REVEAL, event, actor=actor)
    return invitations(session, event)


def _write(invitation: MediaInvitation, facts: MediumFacts) -> None:
    if not facts.outlet.strip():
        raise Invalid("请填写媒体名称", {"outlet": "必填"})
    invitation.outlet = facts.outlet.strip()
    invitation.journalist = facts.journalist.strip()
    invitation.accreditation = facts.accreditation.strip()
    invitation.note = facts.note.strip()
    if facts.phone is not None:
        invitation.phone = facts.phone.strip()
