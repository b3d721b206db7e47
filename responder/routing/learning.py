"""Learning from confirmed messages; measuring what was learned on messages it never saw."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from nlp import NearDuplicates
from nlp.classify import TextClassifier
from nlp.duplicates import Saying
from responder.core.errors import Invalid
from responder.intake.models import Message
from responder.routing import model_store, rules, suggesting
from responder.routing.model_store import Card, Model
from responder.routing.models import CategoryConfirmation
from responder.routing.snapshot import Snapshot

FEWEST_EXAMPLES = 40
FEWEST_OF_CATEGORY = 3  # below, the cue words speak for it alone
MOST_EXAMPLES = 6000  # the newest; what is learned from grows with the square of their number
_HELD_OUT_OF = 5  # one group of texts in five is never learned from


@dataclass(frozen=True)
class Example:
    """A text, as ``suggesting.as_text`` gives it, and the category it belongs to."""

    text: str
    label: str


@dataclass(frozen=True)
class ClassScore:
    """How well one category was recognised; ``support`` counts its texts."""

    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True)
class Report:
    """What a measurement found.

    :param macro_f1: mean F1 of the categories, each counting the same.
    :param grouped_macro_f1: the same with near repeats always on one side; None when not asked.
    :param repeats: texts that say again what another of them says.
    """

    macro_f1: float
    accuracy: float
    per_class: dict[str, ClassScore]
    rows: int
    folds: int
    seconds: float
    repeats: int = 0
    grouped_macro_f1: float | None = None
    learned_rows: int = 0


@dataclass(frozen=True)
class Outcome:
    """What became of a training: the card of the candidate, and why it was refused, if it was."""

    card: Card
    standing: rules.Standing
    refusal: str = field(default="")


def cross_validate(
    examples: Sequence[Example],
    taxonomy: Snapshot,
    folds: int,
    clock: Callable[[], float] = time.perf_counter,
) -> Report:
    """Learn from all parts but one, judge on that one, each in turn; parts are stratified.

    All settings are chosen within what is learned from.

    :raises Invalid: a category has fewer texts than there are folds.
    """
    _require_enough(examples, folds)
    started = clock()
    texts, labels = [one.text for one in examples], [one.label for one in examples]
    groups = repeated(texts)
    classifier = TextClassifier(taxonomy.rules.lists())
    readings = [classifier.read(text) for text in texts]

    def predictions(parts: Iterable[tuple[Sequence[int], Sequence[int]]]) -> list[str]:
        found = [""] * len(texts)
        for learned, judged in parts:
            classifier.fit([readings[i] for i in learned], [labels[i] for i in learned])
            answers = classifier.predict([readings[i] for i in judged])
            for place, answer in zip(judged, answers, strict=True):
                found[place] = answer
        return found

    from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

    apart = StratifiedKFold(folds, shuffle=True, random_state=0)
    together = StratifiedGroupKFold(folds, shuffle=True, random_state=0)
    found = predictions(apart.split(texts, labels))
    grouped = predictions(together.split(texts, labels, groups))
    repeats = len(groups) - len(set(groups))
    return _report(
        labels,
        found,
        folds=folds,
        seconds=clock() - started,
        repeats=repeats,
        grouped_macro_f1=_macro_f1(labels, grouped),
    )


def judge(
    learned: Sequence[Example],
    judged: Sequence[Example],
    taxonomy: Snapshot,
    clock: Callable[[], float] = time.perf_counter,
) -> Report:
    """Learn from some texts, judge on others."""
    _require_enough(learned, 2)
    started = clock()
    classifier = _fitted(learned, taxonomy)
    found = classifier.predict([classifier.read(one.text) for one in judged])
    labels = [one.label for one in judged]
    report = _report(labels, found, folds=0, seconds=clock() - started)
    return Report(**{**vars(report), "learned_rows": len(learned)})


def repeated(texts: Sequence[str]) -> list[int]:
    """The number of the first text that each one repeats; its own when it repeats none."""
    found = NearDuplicates().fit_predict([Saying("", text) for text in texts])
    return [int(number) for number in found]


def confirmed_examples(session: Session, taxonomy: Snapshot) -> list[Example]:
    """What people confirmed, oldest first; of the newest messages as many as are learned from."""
    code_of = {entry.id: code for code, entry in taxonomy.entries.items()}
    query = (
        select(CategoryConfirmation.message_id, CategoryConfirmation.category_id)
        .add_columns(Message.title, Message.body, Message.place)
        .join(Message, Message.id == CategoryConfirmation.message_id)
        .order_by(CategoryConfirmation.id.desc())
    )
    newest: dict[int, Example] = {}
    for message_id, category_id, title, body, place in session.execute(query):
        if message_id not in newest and len(newest) < MOST_EXAMPLES:
            text = suggesting.as_text(title, body, place)
            newest[message_id] = Example(text, code_of[category_id])
    valid = [one for one in newest.values() if taxonomy.entries[one.label].valid]
    return valid[::-1]


def train(
    examples: Sequence[Example], taxonomy: Snapshot, folder: Path, now: datetime, source: str
) -> Outcome:
    """Learn, and take the model into use unless the held-out part says that it is worse.

    Which texts are held out rests on their words alone, so that no model in use has ever
    learned from them, and every candidate is judged on them afresh.

    :raises Invalid: there is too little to learn from or to judge on.
    """
    examples = examples[-MOST_EXAMPLES:]
    learned, held_out = split(examples)
    counts = Counter(one.label for one in learned)
    learned = [one for one in learned if counts[one.label] >= FEWEST_OF_CATEGORY]
    labels = {one.label for one in learned}
    if len(examples) < FEWEST_EXAMPLES or len(labels) < 2 or not held_out:
        raise Invalid(
            f"可学习的留言还不够（{len(examples)} 条）：请先确认至少 {FEWEST_EXAMPLES} 条，"
            f"其中两个以上分类各不少于 {FEWEST_OF_CATEGORY} 条"
        )
    classifier = _fitted(learned, taxonomy)
    in_use = model_store.find(folder)
    standing = rules.Standing(
        rules=_held_out_score(held_out, taxonomy, None),
        in_use=_held_out_score(held_out, taxonomy, in_use.classifier) if in_use else None,
        candidate=_held_out_score(held_out, taxonomy, classifier),
    )
    card = Card(
        trained_at=now.isoformat(),
        learned=len(learned),
        held_out=len(held_out),
        categories=len(labels),
        macro_f1=round(standing.candidate, 4),
        rules_macro_f1=round(standing.rules, 4),
        source=source,
    )
    refusal = rules.refusal(standing)
    if not refusal:
        model_store.keep(folder, Model(card, classifier))
    return Outcome(card, standing, refusal)


def split(examples: Sequence[Example]) -> tuple[list[Example], list[Example]]:
    """(to learn from, held out). Near repeats go the same way."""
    firsts = repeated([one.text for one in examples])
    parts: tuple[list[Example], list[Example]] = ([], [])
    for one, first in zip(examples, firsts, strict=True):
        digest = sha256(examples[first].text.encode("utf-8", "surrogatepass")).digest()
        parts[digest[0] % _HELD_OUT_OF == 0].append(one)
    return parts


def _fitted(examples: Sequence[Example], taxonomy: Snapshot) -> TextClassifier:
    classifier = TextClassifier(taxonomy.rules.lists())
    readings = [classifier.read(one.text) for one in examples]
    return classifier.fit(readings, [one.label for one in examples])


def _held_out_score(
    held_out: Sequence[Example], taxonomy: Snapshot, classifier: TextClassifier | None
) -> float:
    """Macro-F1 of what would be suggested; a first level is met by any of its children."""
    parents = taxonomy.parents
    found = []
    for one in held_out:
        guesses = suggesting.guess(one.text, taxonomy, classifier)
        code = guesses[0].code if guesses else ""
        found.append(one.label if parents.get(code) == one.label else code)
    return _macro_f1([one.label for one in held_out], found)


def _require_enough(examples: Sequence[Example], folds: int) -> None:
    counts = Counter(one.label for one in examples)
    if len(counts) < 2:
        raise Invalid("只有一个分类，无从区分：请给出两个以上分类的留言")
    rarest, count = min(counts.items(), key=lambda item: item[1])
    if count < folds:
        raise Invalid(f"“{rarest}”只有 {count} 条，不够 {folds} 折：请减少 --folds，或补充留言")


def _report(
    labels: Sequence[str],
    found: Sequence[str],
    *,
    folds: int,
    seconds: float,
    repeats: int = 0,
    grouped_macro_f1: float | None = None,
) -> Report:
    from sklearn.metrics import precision_recall_fscore_support

    names = sorted(set(labels))
    columns = precision_recall_fscore_support(labels, found, labels=names, zero_division=0)
    per_class = {
        name: ClassScore(float(p), float(r), float(f), int(n))
        for name, p, r, f, n in zip(names, *columns, strict=True)
    }
    right = sum(a == b for a, b in zip(labels, found, strict=True))
    return Report(
        macro_f1=sum(one.f1 for one in per_class.values()) / len(names),
        accuracy=right / len(labels),
        per_class=per_class,
        rows=len(labels),
        folds=folds,
        seconds=seconds,
        repeats=repeats,
        grouped_macro_f1=grouped_macro_f1,
    )


def _macro_f1(labels: Sequence[str], found: Sequence[str]) -> float:
    """Over the categories that occur among the labels."""
    from sklearn.metrics import f1_score

    names = sorted(set(labels))
    return float(f1_score(labels, found, labels=names, average="macro", zero_division=0))
