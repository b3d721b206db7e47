"""The learned model, kept in a file beside the database: plain arrays, checked when read."""

from __future__ import annotations

import json
import logging
import os
import tempfile
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from nlp.classify import TextClassifier

_log = logging.getLogger(__name__)

FILE = "routing-model.npz"
FORMAT = 2  # raised when what the arrays mean changes


@dataclass(frozen=True)
class Card:
    """What is known of a model.

    :param trained_at: ISO 8601, UTC.
    :param learned: texts that it learned from; ``held_out``: those that it was judged on.
    :param macro_f1: on the held-out part; ``rules_macro_f1``: that of the cue words there.
    :param source: where the texts came from.
    """

    trained_at: str
    learned: int
    held_out: int
    categories: int
    macro_f1: float
    rules_macro_f1: float
    source: str

    @property
    def moment(self) -> datetime:
        return datetime.fromisoformat(self.trained_at)


@dataclass(frozen=True)
class Model:
    """A model in use, with its card."""

    card: Card
    classifier: TextClassifier


_kept: dict[Path, tuple[tuple[int, int], Model | None]] = {}


def find(folder: Path) -> Model | None:
    """The model in use; None when there is none, or its file cannot be trusted."""
    path = folder / FILE
    try:
        stat = path.stat()
    except OSError:
        return None
    seen = (stat.st_mtime_ns, stat.st_size)
    if path not in _kept or _kept[path][0] != seen:
        _kept[path] = (seen, _read(path))
    return _kept[path][1]


def _read(path: Path) -> Model | None:
    try:
        with path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
            arrays: dict[str, Any] = dict(file)
        card = json.loads(arrays.pop("card").tobytes().decode())
        if card.pop("format") != FORMAT:
            raise ValueError("another format")
        return Model(Card(**card), TextClassifier.from_arrays(arrays))
    except (OSError, ValueError, KeyError, TypeError, BadZipFile) as error:
        _log.warning("the routing model cannot be read, cue words suggest alone", exc_info=error)
        return None


def keep(folder: Path, model: Model) -> None:
    """Take a model into use: all of the file or nothing."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    card = json.dumps({**asdict(model.card), "format": FORMAT}, ensure_ascii=False).encode()
    packed = np.frombuffer(card, dtype=np.uint8)
    descriptor, partial = tempfile.mkstemp(dir=folder, prefix=f".{FILE}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            arrays: dict[str, Any] = {"card": packed, **model.classifier.arrays()}
            np.savez(file, **arrays)
            file.flush()
            os.fsync(file.fileno())
        Path(partial).replace(folder / FILE)
    except BaseException:
        Path(partial).unlink(missing_ok=True)
        raise
