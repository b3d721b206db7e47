"""What the office owns: words to mind and right names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from sqlalchemy import select
from sqlalchemy.orm import Session

from responder.accounts.models import Unit
from responder.core import privacy
from responder.core.errors import Forbidden, Invalid, NotFound
from responder.core.permissions import Actor, Permission
from responder.core.texts import clean
from responder.core.versions import check_seen
from responder.responses.drafting import checking
from responder.responses.drafting.checking import Lists
from responder.responses.drafting.models import ProperName, SensitiveWord, Severity

MOST_IMPORTED = 5_000
_READ_ONCE = "barred words"
LONGEST_WORD, LONGEST_ADVICE, LONGEST_NAME = 60, 200, 100


def words(session: Session) -> list[SensitiveWord]:
    """The list, what blocks first."""
    query = select(SensitiveWord).order_by(SensitiveWord.severity, SensitiveWord.word)
    return list(session.scalars(query))


def names(session: Session) -> list[ProperName]:
    """The right names."""
    return list(session.scalars(select(ProperName).order_by(ProperName.name)))


def lists(session: Session) -> Lists:
    """All of it, for the check."""
    return Lists(
        tuple(checking.Word(row.word, row.advice, row.severity) for row in words(session)),
        tuple(checking.Name(row.name, tuple(row.wrong_forms)) for row in names(session)),
        tuple(session.scalars(select(Unit.name).order_by(Unit.id))),
    )


def barred_in(session: Session, texts: Iterable[str]) -> list[str]:
    """The words in some texts that keep them from being handed in and signed."""
    kept = session.info.get(_READ_ONCE)
    barred = _barred(session) if kept is None else kept
    whole, _places = privacy.as_one_word("\n".join(texts))
    return [word for word in barred if privacy.as_one_word(word)[0] in whole]


@contextmanager
def barred_read_once(session: Session) -> Iterator[None]:
    """Within it the barred words are read once, however many items are looked at."""
    session.info[_READ_ONCE] = _barred(session)
    try:
        yield
    finally:
        del session.info[_READ_ONCE]


def _barred(session: Session) -> tuple[str, ...]:
    query = select(SensitiveWord.word).where(SensitiveWord.severity == Severity.BLOCK)
    with session.no_autoflush:
        return tuple(session.scalars(query.order_by(SensitiveWord.word)))


def require_keeper(actor: Actor) -> None:
    """:raises Forbidden: the person does not keep these lists."""
    if not actor.may(Permission.DRAFTING_KEEP):
        raise Forbidden("您没有修改模板和词表的权限，请联系新闻办的同事办理")


def one_line(text: str, longest: int, field: str, label: str) -> str:
    """A short text as it is kept.

    :raises Invalid: too long.
    """
    line = " ".join(clean(text).split())
    if len(line) > longest:
        raise Invalid(f"{label}最多 {longest} 字：请缩短", {field: "太长"})
    return line


# ---- words ----


def find_word(session: Session, word_id: int) -> SensitiveWord:
    """One row.

    :raises NotFound: no such row.
    """
    row = session.get(SensitiveWord, word_id)
    if row is None:
        raise NotFound("没有这个词，或已被删除：请从敏感词表重新进入")
    return row


def put_word(
    session: Session,
    row: SensitiveWord | None,
    word: str,
    advice: str,
    severity: Severity,
    actor: Actor,
    version: int | None = None,
) -> SensitiveWord:
    """Add a word, or change a row.

    :param version: of the row, as the person had it before them.
    :raises Forbidden: the person does not keep the list.
    :raises Invalid: no word, a word that is there already.
    :raises Stale: somebody else changed the row.
    """
    require_keeper(actor)
    if row is not None:
        check_seen(row, version)
    word = one_line(word, LONGEST_WORD, "word", "词")
    if not word:
        raise Invalid("请填写词", {"word": "必填"})
    twin = session.scalar(select(SensitiveWord).where(SensitiveWord.word == word))
    if twin is not None and twin is not row:
        raise Invalid(f"“{word}”已在表里：请直接修改那一行", {"word": "已有"})
    row = row or SensitiveWord()
    row.word, row.severity = word, severity
    row.advice = one_line(advice, LONGEST_ADVICE, "advice", "建议")
    session.add(row)
    session.flush()
    return row


def remove_word(session: Session, row: SensitiveWord, actor: Actor, version: int | None) -> None:
    """Take a word off the list.

    :raises Forbidden, Stale: as :func:`put_word`.
    """
    require_keeper(actor)
    check_seen(row, version)
    session.delete(row)
    session.flush()


def import_words(session: Session, text: str, severity: Severity, actor: Actor) -> tuple[int, int]:
    """Add words, one a line, with advice behind a comma or tab; how many are new, and how many
    were there and stay as they are.

    :raises Forbidden: the person does not keep the list.
    :raises Invalid: no word, too many, one too long.
    """
    require_keeper(actor)
    told = _listed(text)
    if not told:
        raise Invalid("没有可导入的词：请一行写一个词", {"words": "必填"})
    if len(told) > MOST_IMPORTED:
        raise Invalid(f"一次最多导入 {MOST_IMPORTED} 个词：请分几次", {"words": "太多"})
    known = set(session.scalars(select(SensitiveWord.word)))
    new = {word: advice for word, advice in told.items() if word not in known}
    session.add_all(
        SensitiveWord(word=word, advice=advice, severity=severity) for word, advice in new.items()
    )
    session.flush()
    return len(new), len(told) - len(new)


def _listed(text: str) -> dict[str, str]:
    told: dict[str, str] = {}
    for line in clean(text).lstrip("\ufeff").split("\n"):
        word, _mark, advice = line.replace("\t", "，").replace(",", "，").partition("，")
        word = one_line(word, LONGEST_WORD, "words", f"“{word.strip()[:12]}…”")
        if word:
            told.setdefault(word, one_line(advice, LONGEST_ADVICE, "words", f"“{word}”的建议"))
    return told


# ---- names ----


def find_name(session: Session, name_id: int) -> ProperName:
    """One row.

    :raises NotFound: no such row.
    """
    row = session.get(ProperName, name_id)
    if row is None:
        raise NotFound("没有这个称谓，或已被删除：请从规范称谓表重新进入")
    return row


def put_name(
    session: Session,
    row: ProperName | None,
    name: str,
    wrong: str,
    actor: Actor,
    version: int | None = None,
) -> ProperName:
    """Add a right name, or change a row.

    :raises Forbidden: the person does not keep the list.
    :raises Invalid: no name, one that is there already, or a wrong form that is the name.
    :raises Stale: somebody else changed the row.
    """
    require_keeper(actor)
    if row is not None:
        check_seen(row, version)
    name = one_line(name, LONGEST_NAME, "name", "规范称谓")
    forms = [one for one in (" ".join(line.split()) for line in clean(wrong).split("\n")) if one]
    if not name:
        raise Invalid("请填写规范称谓", {"name": "必填"})
    if name in forms or any(len(form) > LONGEST_NAME or len(form) < 2 for form in forms):
        raise Invalid(
            f"常见误写须与规范称谓不同，2 到 {LONGEST_NAME} 字，一行一个：请改正",
            {"wrong": "不能用"},
        )
    twin = session.scalar(select(ProperName).where(ProperName.name == name))
    if twin is not None and twin is not row:
        raise Invalid(f"“{name}”已在表里：请直接修改那一行", {"name": "已有"})
    row = row or ProperName()
    row.name, row.wrong = name, "\n".join(dict.fromkeys(forms))
    session.add(row)
    session.flush()
    return row


def remove_name(session: Session, row: ProperName, actor: Actor, version: int | None) -> None:
    """Take a name off the list.

    :raises Forbidden, Stale: as :func:`put_name`.
    """
    require_keeper(actor)
    check_seen(row, version)
    session.delete(row)
    session.flush()
