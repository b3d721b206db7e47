"""People have the last word: whatever they correct, later refreshes leave it so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from responder.core.errors import DomainError
from responder.topics import corrections
from responder.topics.models import CorrectionKind, Membership, Topic, TopicCorrection
from tests.factories import NOW
from tests.topics.correcting import correct, ids_in, members, placed, undo
from tests.topics.factories import refresh, store

CORRECTIONS = 200
REFRESHES = 10
ESTATES = ("柳岸花园", "云锦世家", "翠湖名苑", "金桥新村", "南山雅居", "东湖公馆")
MATTERS = (
    "旁搅拌站噪音扰民，夜里无法睡觉",
    "开发商捆绑销售车位不给交房",
    "连续停水，物业不通知",
    "电梯经常故障，困人没人管",
)


def say(estate: str, matter: str, number: int, occurred_at) -> None:
    store(f"{estate}{matter[:8]}", f"{estate}{matter}，第{number}次反映", f"{number}", occurred_at)


def world() -> None:
    """Messages of four matters at six estates."""
    for number in range(48):
        said_at = NOW - timedelta(days=20, hours=number)
        say(ESTATES[number % 6], MATTERS[number % 4], number, said_at)
    refresh()


class Corrector:
    """Somebody who corrects at random, and remembers what has to hold from then on."""

    def __init__(self, session: Session, random: Random) -> None:
        self.session = session
        self.random = random
        self.made: list[TopicCorrection] = []
        self.where = members()
        self.labels: dict[int, str] = {}
        self.held: set[int] = set()

    def living(self) -> list[Topic]:
        query = select(Topic).where(Topic.merged_into_id.is_(None)).order_by(Topic.id)
        return list(self.session.scalars(query))

    def try_one(self) -> None:
        """One correction; none where the product refuses what was thought of."""
        kind = self.random.choice(list(CorrectionKind))
        topic, other = self.random.sample(self.living(), 2)
        self.session.expire_all()
        try:
            self.made.append(self.deed(kind, topic, other)())
        except DomainError:
            return
        self.remember(self.made[-1])

    def deed(self, kind: CorrectionKind, topic: Topic, other: Topic) -> Callable[[], object]:
        own = ids_in(topic)
        some = self.random.sample(own, self.random.randint(1, max(1, len(own) - 1)))
        target = None if self.random.random() < 0.3 else other
        name = f"人工命名{len(self.made)}"
        return {
            CorrectionKind.MERGE: lambda: correct(corrections.merge, topic, other),
            CorrectionKind.SPLIT: lambda: correct(corrections.split, topic, some),
            CorrectionKind.MOVE: lambda: correct(corrections.move, some[0], target, seen_in=topic),
            CorrectionKind.RENAME: lambda: correct(corrections.rename, topic, name),
            CorrectionKind.PIN: lambda: correct(corrections.pin, topic),
            CorrectionKind.DISMISS: lambda: correct(corrections.dismiss, topic),
            CorrectionKind.NEVER_SAME: lambda: correct(corrections.never_same, topic, other),
        }[kind]

    def remember(self, made: TopicCorrection) -> None:
        """By the words of the task, not by the code under test."""
        if made.kind is CorrectionKind.RENAME:
            self.labels[made.topic_id] = made.details["new"]
        if made.kind is CorrectionKind.MERGE:
            gone = [one for one, at in self.where.items() if at == made.other_id]
            self.where.update(dict.fromkeys(gone, made.topic_id))
            self.held.update(one for one, at in self.where.items() if at == made.topic_id)
        if made.kind is CorrectionKind.SPLIT:
            self.held.update(one for one, at in self.where.items() if at == made.topic_id)
        if made.kind in (CorrectionKind.SPLIT, CorrectionKind.MOVE):
            chosen = made.details["messages"]
            self.where.update(dict.fromkeys(chosen, made.other_id))
            self.held.update(chosen)


def marks(session: Session) -> Iterator[tuple[object, ...]]:
    query = select(Topic).order_by(Topic.id)
    for one in session.scalars(query.where(Topic.id.in_(select(TopicCorrection.topic_id)))):
        yield one.id, one.pinned, one.dismissed, one.renamed, one.merged_into_id


def test_no_correction_is_undone_by_later_refreshes(session: Session) -> None:
    world()
    person = Corrector(session, Random(3))
    while len(person.made) < CORRECTIONS:
        person.try_one()
    kinds = Counter(made.kind for made in person.made)
    assert set(kinds) == set(CorrectionKind)
    assert members() == person.where
    said, marked = corrections.constraints(session), list(marks(session))
    for number in range(REFRESHES):
        say(ESTATES[number % 6], MATTERS[number % 4], 100 + number, NOW - timedelta(days=number))
        refresh()
    session.expire_all()
    after = members()
    assert len(after) == len(person.where) + REFRESHES
    assert {one: after[one] for one in person.held} == {
        one: person.where[one] for one in person.held
    }
    assert set(session.scalars(corrections.held_messages())) == person.held
    labels = {one.id: one.label for one in session.scalars(select(Topic).where(Topic.renamed))}
    assert labels == person.labels
    assert list(marks(session)) == marked
    assert corrections.constraints(session).separations == said.separations
    assert corrections.constraints(session).kept == said.kept
    gone = set(session.scalars(select(Topic.id).where(Topic.merged_into_id.is_not(None))))
    assert not gone & set(after.values())


def test_figures_are_right_after_every_correction(session: Session) -> None:
    world()
    person = Corrector(session, Random(5))
    while len(person.made) < 30:
        person.try_one()
        counts = Counter(members().values())
        for topic in person.living():
            assert topic.message_count == counts[topic.id] > 0
            own = session.scalars(select(Membership).where(Membership.topic_id == topic.id)).all()
            said_at = [one.message.occurred_at for one in own]
            assert (topic.first_seen, topic.last_seen) == (min(said_at), max(said_at))


def test_all_can_be_undone_in_any_order_that_the_product_allows(session: Session) -> None:
    world()
    before = placed()
    labels = {one.id: one.label for one in session.scalars(select(Topic))}
    random = Random(7)
    person = Corrector(session, random)
    while len(person.made) < 40:
        person.try_one()
    left = list(person.made)
    while left:
        random.shuffle(left)
        done = [made for made in left if may_be_undone(made)]
        assert done, "the last one can always be undone"
        left = [made for made in left if made not in done]
    assert placed() == before
    living = {one.id: one.label for one in person.living()}
    assert living == labels
    assert corrections.constraints(session).kept == set()


def may_be_undone(made: TopicCorrection) -> bool:
    try:
        undo(made)
    except DomainError:
        return False
    return True
