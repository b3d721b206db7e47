"""People have the last word: merge, split, move, rename, pin, dismiss, never the same."""

from responder.topics.corrections.constraints import (
    Constraints,
    constraints,
    held_messages,
    keep_topics,
    rested_on,
)
from responder.topics.corrections.making import (
    MAX_LABEL_LENGTH,
    dismiss,
    merge,
    move,
    never_same,
    pin,
    rename,
    split,
)
from responder.topics.corrections.storing import (
    KIND_LABELS,
    corrected_since,
    corrections_of,
    get_correction,
    lock_topics,
    state_of_play,
    topic_as_seen,
)
from responder.topics.corrections.undoing import undo, undo_mark

__all__ = [
    "KIND_LABELS",
    "MAX_LABEL_LENGTH",
    "Constraints",
    "constraints",
    "corrected_since",
    "corrections_of",
    "dismiss",
    "get_correction",
    "held_messages",
    "keep_topics",
    "lock_topics",
    "merge",
    "move",
    "never_same",
    "pin",
    "rename",
    "rested_on",
    "split",
    "state_of_play",
    "topic_as_seen",
    "undo",
    "undo_mark",
]
