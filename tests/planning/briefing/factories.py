"""Topics with messages, and packs of events."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from responder.core.database import db, transaction
from responder.core.permissions import CONSOLE
from responder.core.privacy import NOBODY
from responder.core.times import SHANGHAI
from responder.intake.models import Channel, Message
from responder.planning import service
from responder.planning.briefing.layout import shipped_template
from responder.planning.briefing.pack import Pack, prepare
from responder.planning.briefing.reading import Standpoint
from responder.planning.models import EventState, LinkState, PressEvent
from responder.topics.heat_models import TopicDay
from responder.topics.models import Membership, Topic, TopicRefresh
from tests.factories import NOW
from tests.planning import factories

HERE = Standpoint(NOW, SHANGHAI, NOBODY)


def message(
    of: Topic,
    body: str,
    title: str = "",
    who: str = "",
    at: datetime = NOW - timedelta(days=2),
    channel: Channel = Channel.HOTLINE,
    district: str = "",
) -> Message:
    """A message in a topic."""
    with transaction(CONSOLE, NOW) as session:
        count = session.query(Message).count()
        made = Message(
            fingerprint=f"test-{count}",
            channel=channel,
            title=title,
            body=body,
            author_key=who or f"person-{count}",
            district=district,
            occurred_at=at,
            received_at=at,
        )
        session.add(made)
        session.flush()
        session.add(Membership(message_id=made.id, topic_id=of.id, similarity=1.0))
    return made


def heat_on(of: Topic, day: date, heat: float) -> None:
    with transaction(CONSOLE, NOW) as session:
        session.add(TopicDay(topic_id=of.id, day=day, heat=heat, level=1, people=1, messages=1))


def refreshed(as_of: datetime = NOW) -> None:
    """A refresh that gathered all messages until then."""
    with transaction(CONSOLE, NOW) as session:
        session.add(
            TopicRefresh(
                as_of=as_of, ran_at=as_of, messages_added=0, topics_created=0, topics_total=1
            )
        )


def answered_event(
    state: EventState = EventState.CONFIRMED, **facts: object
) -> tuple[PressEvent, Topic]:
    """An event with a topic that a person has linked to it."""
    made = factories.event(state=state, **facts)
    of = factories.topic()
    factories.link(of, made, LinkState.CONFIRMED)
    return made, of


def fill(made: PressEvent, **facts: object) -> None:
    """Set what planning's forms write on an event."""
    with transaction(CONSOLE, NOW):
        for name, value in facts.items():
            setattr(made, name, value)


def say(made: PressEvent, text: str) -> None:
    """Set what is said on each topic of an event."""
    with transaction(CONSOLE, NOW):
        for link in made.links:
            link.statement = text


def pack_of(made: PressEvent) -> Pack:
    db.session.expire_all()
    return prepare(db.session, service.get_event(db.session, made.id), HERE)


def edited(changes: dict[str, str], **parts: bytes) -> bytes:
    """The shipped template with texts replaced, and parts added under their names."""
    source, target = ZipFile(BytesIO(shipped_template())), BytesIO()
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        for name in source.namelist():
            content = source.read(name)
            if name == "word/document.xml":
                text = content.decode("utf-8")
                for old, new in changes.items():
                    assert old in text
                    text = text.replace(old, new)
                content = text.encode("utf-8")
            archive.writestr(name, parts.pop(name, content))
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()
