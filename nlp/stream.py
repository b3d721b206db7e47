"""Messages in, topics out: the whole way in one object, whose memory can be put away."""

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, Self
from zipfile import BadZipFile

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nlp.cluster import StreamClusterer
from nlp.sparse import Floats, Integers
from nlp.vectorise import BigramVectorizer, Document

_DAY = 86_400.0
_FORMAT = 2  # of what `save` writes
_NOTE = "note_"


class TopicStream:
    """Give each message of a stream its topic; vectoriser and clusterer, kept together.

    Ids are those of `StreamClusterer`: negative for new topics until `rename`.

    `notes`: arrays by name that the caller wants kept with the stream.
    """

    def __init__(
        self,
        vectorizer: BigramVectorizer | None = None,
        clusterer: StreamClusterer | None = None,
    ) -> None:
        self.vectorizer = vectorizer or BigramVectorizer()
        self.clusterer = clusterer or StreamClusterer()
        self.notes: dict[str, NDArray[Any]] = {}

    @property
    def merges_(self) -> list[tuple[int, int]]:
        """(kept, lost) ids of earlier topics that the last call merged."""
        return self.clusterer.merges_

    @property
    def similarities_(self) -> Floats:
        """Cosine of each message of the last call with its topic; 1 for repeats."""
        return self.clusterer.similarities_

    def partial_fit_predict(
        self,
        documents: Sequence[Document],
        moments: ArrayLike,
        *,
        protected: Collection[int] = (),
        apart: Iterable[tuple[int, int]] = (),
        closed: Collection[int] = (),
    ) -> Integers:
        """Return the topic id of each message, int64 (m,).

        `documents`: m normalised (title, body), best in order of time; `moments`: m seconds
        since any epoch. `protected`, `apart`, `closed`: see `StreamClusterer.partial_fit_predict`.
        """
        vectors = self.vectorizer.fit_transform(documents)
        return self.clusterer.partial_fit_predict(
            vectors, np.asarray(moments) / _DAY, protected=protected, apart=apart, closed=closed
        )

    def restore(
        self, documents: Sequence[Document], topic_ids: ArrayLike, moments: ArrayLike
    ) -> Self:
        """Put messages into the topics (ids >= 0) that they are known to have."""
        vectors = self.vectorizer.fit_transform(documents)
        self.clusterer.restore(vectors, topic_ids, np.asarray(moments) / _DAY)
        return self

    def replace(
        self, documents: Sequence[Document], topic_ids: ArrayLike, moments: ArrayLike,
        *, gone: Collection[int] = (),
    ) -> Self:  # fmt: skip
        """Make these the only messages of their topics; drop the topics `gone`.

        The messages have been seen before, so the frequencies do not count them again.
        """
        ids = np.asarray(topic_ids, dtype=np.int64)
        self.clusterer.forget({*ids.tolist(), *gone})
        vectors = self.vectorizer.transform(documents)
        self.clusterer.restore(vectors, ids, np.asarray(moments) / _DAY)
        return self

    def rename(self, names: Mapping[int, int]) -> Self:
        """Give topics other ids: old → new."""
        self.clusterer.rename(names)
        return self

    def nearest(self, topic_ids: Sequence[int], limit: int = 3) -> list[list[tuple[int, float]]]:
        """Return for each topic the ids of those it is nearest to, with the cosine."""
        return self.clusterer.nearest(topic_ids, limit)

    def save(self, path: Path) -> None:
        """Write all that was learned to a file, whole or not at all."""
        vectorizer = self.vectorizer
        learned: dict[str, NDArray[Any]] = {
            "format": np.array(_FORMAT),
            "settings": self._settings(),
            "n_documents": np.array(vectorizer.n_documents_),
            "document_frequency": vectorizer.document_frequency_,
            **self.clusterer.state(),
            **{f"{_NOTE}{name}": array for name, array in self.notes.items()},
        }
        with NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as file:
            try:
                np.savez(file, allow_pickle=False, **learned)
            except BaseException:
                os.unlink(file.name)
                raise
        os.replace(file.name, path)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Return the stream that `save` wrote, with the shipped settings.

        Raises ValueError when the file is none of ours or was made with other settings, and
        OSError when it cannot be read.
        """
        stream = cls()
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
                learned = {name: arrays[name] for name in arrays.files}
            if int(learned["format"]) != _FORMAT or not np.array_equal(
                learned["settings"], stream._settings()
            ):
                raise ValueError(f"{path} was made with other settings")
            stream.vectorizer.n_documents_ = int(learned["n_documents"])
            stream.vectorizer.document_frequency_ = learned["document_frequency"]
            stream.clusterer.load(learned)
            stream.notes = {
                name.removeprefix(_NOTE): array
                for name, array in learned.items()
                if name.startswith(_NOTE)
            }
        except (KeyError, EOFError, TypeError, BadZipFile) as error:
            raise ValueError(f"{path} holds no saved topics") from error
        return stream

    def _settings(self) -> NDArray[np.float64]:
        """What a saved state depends on, as numbers."""
        vectorizer, clusterer = self.vectorizer, self.clusterer
        return np.array(
            [
                vectorizer.title_weight, vectorizer.full_title, vectorizer.rarity_power,
                vectorizer.body_limit,
                vectorizer.most, clusterer.most, *clusterer.limits, *clusterer.reach,
            ],
            dtype=np.float64,
        )  # fmt: skip


def gather(documents: Sequence[Document], moments: ArrayLike) -> Integers:
    """Return the topic of each message, int64 (n,), streamed in the order of `moments`.

    `documents`: n normalised (title, body); `moments`: n seconds since any epoch.
    """
    seconds = np.asarray(moments, dtype=np.float64)
    order = np.argsort(seconds, kind="stable")
    topics = np.empty(len(documents), dtype=np.int64)
    ordered = [documents[row] for row in order]
    topics[order] = TopicStream().partial_fit_predict(ordered, seconds[order])
    return topics
