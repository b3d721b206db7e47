"""What is worked out of a message's texts alone, before anything is locked to store it.

SQLite has one writer: an operator who saves a call waits for the import that is storing. So
the reading is done beforehand, and what remains for the transaction is to write.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nlp import Saying
from responder.core import privacy
from responder.intake.new_message import NewMessage
from responder.intake.repeats import grouping
from responder.intake.searching import index


@dataclass(frozen=True)
class Prepared:
    """A message and what was found in it.

    :param private_kinds: of its personal data, "" without any.
    :param saying: what repeats are told by; its author is known once the message is stored.
    :param sketch: the keys by which repeats are looked for.
    :param terms: as the search index holds it.
    """

    message: NewMessage
    private_kinds: str
    saying: Saying
    sketch: Sequence[int]
    terms: index.Terms


def prepare(messages: Sequence[NewMessage]) -> list[Prepared]:
    """Read some messages; many at once cost less than each alone."""
    kinds = [privacy.kinds_in(m.title, m.body, m.place, m.reply) for m in messages]
    sayings = [grouping.saying(m.title, m.body, m.place, district=m.district) for m in messages]
    words = [
        index.Words(m.title, m.body, m.district, m.place, found)
        for m, found in zip(messages, kinds, strict=True)
    ]
    found = (messages, kinds, sayings, grouping.sketch(sayings), index.terms_of(words))
    return [Prepared(*one) for one in zip(*found, strict=True)]
