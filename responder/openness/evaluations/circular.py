"""The circular of a round (通报): the office's words, the ranking, the indicators as an annex."""

from __future__ import annotations

import re
import tomllib
from dataclasses import asdict, dataclass
from datetime import date, datetime
from importlib.resources import files
from io import BytesIO
from typing import Any

from docx.enum.text import WD_ALIGN_PARAGRAPH
from sqlalchemy import select
from sqlalchemy.orm import Session

from responder.core import official_word as word
from responder.core.errors import Invalid
from responder.core.texts import clean
from responder.core.times import chinese_date
from responder.openness.evaluations import rules
from responder.openness.evaluations.models import CircularTemplate, EvaluationRound
from responder.openness.evaluations.ranking import Group, ranking
from responder.openness.points import HUNDRED, mean, plain, two_places

RANKING = (("名次", 16), ("单位", 62), ("得分", 22), ("名次变化", 28), ("得分变化", 28))
INDICATORS = (
    ("一级指标", 30), ("二级指标", 44), ("权重", 17), ("满分", 17), ("平均得分", 24),
    ("得分率", 24),
)  # fmt: skip
_CENTRED = frozenset({0, 2, 3, 4})
_HEADING = re.compile(r"[一二三四五六七八九十]+、.{1,24}")
_ADDRESSEES = re.compile(r".+：")
_NAMED = 10


@dataclass(frozen=True)
class Circular:
    """All that a circular says.

    :param tables: (name of the group, rows below :data:`RANKING`); the name may be empty.
    :param indicators: rows below :data:`INDICATORS`; none where the round has none.
    :param day: ISO date on which it went out; empty before.
    """

    title: str
    body: str
    tables: list[tuple[str, list[list[str]]]]
    indicators: list[list[str]]
    sender: str
    day: str = ""


def seed_circular(session: Session) -> bool:
    """Store the shipped template where there is none; whether it was."""
    if session.scalar(select(CircularTemplate.id).limit(1)) is not None:
        return False
    session.add(_shipped())
    session.flush()
    return True


def template(session: Session) -> CircularTemplate:
    """The office's template; the shipped one, not stored yet, where there is none."""
    found = session.scalar(select(CircularTemplate).order_by(CircularTemplate.id).limit(1))
    return found or _shipped()


def save_template(
    session: Session, found: CircularTemplate, title: str, body: str, sender: str
) -> None:
    """:raises Invalid: empty, or with a placeholder that nobody can fill."""
    words = {
        "title": " ".join(clean(title).split()),
        "body": clean(body).strip(),
        "sender": " ".join(clean(sender).split()),
    }
    for name, text in words.items():
        if not text:
            raise Invalid("请填写标题、正文和发文单位", {name: "必填"})
        if unknown := rules.unknown_placeholders(text):
            raise Invalid(
                f"没有“{{{unknown[0]}}}”这个占位：请从页面所列的占位中选用", {name: "占位有误"}
            )
    found.title, found.body, found.sender = words["title"], words["body"], words["sender"]
    session.add(found)
    session.flush()


def compose(
    one: EvaluationRound,
    before: EvaluationRound | None,
    words: CircularTemplate,
    day: date | None = None,
) -> Circular:
    """The circular as it would go out now."""
    groups = ranking(one, before)
    values = placeholder_values(one, groups)
    return Circular(
        title=rules.fill(words.title, values),
        body=rules.fill(words.body, values),
        tables=[(group.name, _ranking_rows(group)) for group in groups],
        indicators=_indicator_rows(one),
        sender=words.sender,
        day=day.isoformat() if day else "",
    )


def circular_of(
    one: EvaluationRound, before: EvaluationRound | None, words: CircularTemplate
) -> Circular:
    """What went out; of a round that was not circulated yet, what would."""
    if one.circular is None:
        return compose(one, before, words)
    kept = dict(one.circular)
    return Circular(**kept | {"tables": [(name, rows) for name, rows in kept["tables"]]})


def as_kept(circular: Circular) -> dict[str, Any]:
    """For the column ``EvaluationRound.circular``."""
    return asdict(circular)


def placeholder_values(one: EvaluationRound, groups: list[Group]) -> dict[str, str]:
    """What stands for each of ``rules.PLACEHOLDERS``; empty where there is nothing to say."""
    lines = [line for group in groups for line in group.lines]
    totals = [line.total for line in lines if line.total is not None]
    risen = [line for line in lines if line.change and (line.change.rank or 0) > 0]
    asked = [line for line in lines if line.asked]
    return {
        "年份": str(one.year),
        "次数": str(one.number),
        "类别": one.kind_label,
        "名称": one.name,
        "机构": one.evaluator or "测评机构",
        "日期": chinese_date(one.evaluated_on),
        "单位数": str(len(totals)),
        "平均分": plain(mean(totals)) if totals else "",
        "最高分": plain(max(totals)) if totals else "",
        "最低分": plain(min(totals)) if totals else "",
        "前列单位": _names([line for line in lines if line.rank == 1]),
        "靠后单位": _names(asked),
        "上升单位": _names(risen),
        "说明期限": chinese_date(one.explain_by) if one.explain_by and asked else "",
    }


def circular_document(circular: Circular, now: datetime) -> bytes:
    """The circular as .docx to official format, the indicators as an annex."""
    document = word.new_document(circular.title, now)
    word.add_title(document, circular.title)
    word.add_line(document, "")
    _add_words(document, circular.body)
    for name, rows in circular.tables:
        head = word.add_line(document, name or "得分和名次", word.HEADING_FONTS[0], centred=True)
        head.paragraph_format.keep_with_next = True
        word.add_table(document, RANKING, rows, _CENTRED)
        word.add_line(document, "")
    if circular.indicators:
        # No signature stands alone on a page (GB/T 9704-2012).
        for line in (
            word.add_body(document, "附件：测评指标和得分情况"),
            word.add_line(document, ""),
        ):
            line.paragraph_format.keep_with_next = True
    day = chinese_date(date.fromisoformat(circular.day)) if circular.day else "（未印发）"
    for place, text in enumerate((circular.sender, day)):
        signed = word.add_line(document, text)
        signed.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        signed.paragraph_format.keep_with_next = place == 0
    if circular.indicators:
        head = word.add_line(document, "附件", word.HEADING_FONTS[0])
        head.paragraph_format.page_break_before = True
        word.add_title(document, "测评指标和得分情况")
        word.add_line(document, "")
        word.add_table(document, INDICATORS, circular.indicators, frozenset({2, 3, 4, 5}))
    output = BytesIO()
    document.save(output)
    return output.getvalue()


def change_words(change: rules.Change | None) -> tuple[str, str]:
    """(places, points) since the round before, in words: ``升 2``, ``＋1.25``."""
    if change is None:
        return "—", "—"
    if change.new:
        return "新列入", "—"
    if change.rank is None:
        places = "—"
    elif change.rank:
        places = f"{'升' if change.rank > 0 else '降'} {abs(change.rank)}"
    else:
        places = "持平"
    if change.total is None:
        return places, "—"
    return places, f"+{plain(change.total)}" if change.total > 0 else plain(change.total)


def _shipped() -> CircularTemplate:
    text = files("responder").joinpath("data/circular.toml").read_text(encoding="utf-8")
    shipped = tomllib.loads(text)
    return CircularTemplate(
        title=shipped["title"], body=shipped["body"].strip(), sender=shipped["sender"], version_id=1
    )


def _add_words(document: Any, body: str) -> None:
    for place, raw in enumerate(body.splitlines()):
        line = raw.strip()
        if not line:
            continue
        if place == 0 and _ADDRESSEES.fullmatch(line):
            word.add_line(document, line)
        elif _HEADING.fullmatch(line) and not line.endswith(("。", "；")):
            word.add_heading(document, line, 1)
        else:
            word.add_body(document, line)


def _ranking_rows(group: Group) -> list[list[str]]:
    return [
        [
            str(line.rank) if line.rank else "—",
            line.participant.unit.name,
            plain(line.total),
            *change_words(line.change),
        ]
        for line in group.lines
    ]


def _indicator_rows(one: EvaluationRound) -> list[list[str]]:
    rows = []
    for indicator in one.indicators:
        known = [
            mark.score
            for each in one.participants
            if (mark := each.marks.get(indicator.id)) and mark.score is not None
        ]
        average = mean(known)
        rate = two_places(average / indicator.full * HUNDRED) if average is not None else None
        rows.append(
            [
                indicator.group,
                indicator.name,
                plain(indicator.weight),
                plain(indicator.full),
                plain(average),
                "—" if rate is None else f"{plain(rate)}%",
            ]
        )
    return rows


def _names(lines: list[Any]) -> str:
    names = [line.participant.unit.name for line in lines]
    more = f"等{len(names)}个单位" if len(names) > _NAMED else ""
    return "、".join(names[:_NAMED]) + more
