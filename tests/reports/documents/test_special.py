"""舆情专报: facts, the views of all sides in their own sentences, what was answered."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from responder.core.database import db, transaction
from responder.core.errors import Invalid, NotFound
from responder.core.permissions import CONSOLE
from responder.core.privacy import mask
from responder.intake.models import Message, Nature
from responder.reports.documents import rules
from responder.reports.documents.content import Figure, Paragraph, Table, text_of
from responder.topics.models import Membership
from tests.factories import NOW
from tests.intake.searching.asked import messages_of
from tests.planning.briefing.factories import message
from tests.publishing.factories import published
from tests.reports.documents.factories import TODAY, composed, rows, said, tables, worried_topic


def report_on(topic):
    return composed("special", rules.of_topic(topic.id, TODAY))


def quotes(content) -> list[tuple[str, list[int]]]:
    """(sentence, the messages that it is said to stand in)."""
    found = []
    for block in content.blocks:
        if isinstance(block, Paragraph) and block.runs[0].text.startswith("“"):
            sentence = re.match("“(.*?)”（", block.runs[0].text).group(1)
            ids = [
                dict(run.link.arguments)["message_id"]
                for run in block.runs
                if run.link and run.link.endpoint == "intake.show"
            ]
            found.append((sentence, ids))
    return found


def test_facts_curve_channels_and_places(app) -> None:
    content = report_on(worried_topic())
    text = said(content)
    assert "首条留言在2026年11月16日" in text
    assert "共有 4 人、4 条留言" in text
    assert "负面 2 条（50.0%）、中性 1 条（25.0%）、正面 1 条（25.0%）" in text
    curve = next(block for block in content.blocks if isinstance(block, Figure))
    assert len(curve.names) == 30
    assert sum(curve.series[0][1]) == 4
    assert rows(tables(content)["渠道"]) == [["市长热线", "4", "100.0%"]]
    assert rows(tables(content)["区县"]) == [["云溪区", "4", "100.0%"]]


def test_every_quoted_sentence_stands_in_the_message_that_it_names(app) -> None:
    content = report_on(worried_topic())
    found = quotes(content)
    assert len(found) >= 3
    for sentence, ids in found:
        stored = db.session.get_one(Message, ids[0])
        assert sentence in mask(f"{stored.title}\n{stored.body}"), sentence


def test_each_figure_links_to_the_messages_that_it_counts(app) -> None:
    content = report_on(worried_topic())
    runs = [
        run
        for block in content.blocks
        for cell in (
            [block.runs] if isinstance(block, Paragraph)
            else [cell for row in block.rows for cell in row] if isinstance(block, Table)
            else []
        )
        for run in cell
        if run.link and run.link.endpoint == "intake.index"
    ]  # fmt: skip
    assert len(runs) == 3
    for run in runs:
        asked = {name: str(value) for name, value in run.link.arguments}
        listed = messages_of(asked)
        assert str(listed.count()) == run.text


def test_critical_and_friendly_voices_are_both_heard(app) -> None:
    text = said(report_on(worried_topic()))
    negative = text[text.index("语气偏负面的留言") : text.index("语气中性的留言")]
    positive = text[text.index("语气偏正面的留言") :]
    assert "太气人了" in negative
    assert "辛苦了" in positive


def test_what_citizens_wrote_is_masked(app) -> None:
    content = report_on(worried_topic())
    assert "13812345678" not in str(content)
    assert "张建国" not in str(content)


def test_reports_are_counted_and_never_quoted(app) -> None:
    topic = worried_topic()
    secret = message(topic, "举报水厂科长收受回扣，请查处此人！")
    with transaction(CONSOLE, NOW):
        secret.nature = Nature.REPORT
        topic.message_count = 5
    content = report_on(topic)
    assert "收受回扣" not in str(content)
    assert "另有举报 1 条，内容不列入本报告。" in said(content)
    assert secret.id not in [one for _text, ids in quotes(content) for one in ids]


def test_answers_stand_with_their_date_and_number(app) -> None:
    topic = worried_topic()
    assert "此前没有公开回应。" in said(report_on(topic))
    entry = published(topic=topic)
    text = said(report_on(topic))
    assert (
        f"{entry.title}（市住房和城乡建设局，已公开，2026年11月20日，{entry.index_number}）" in text
    )


def test_a_merged_topic_leads_to_where_its_messages_are(app) -> None:
    gone, living = worried_topic(), worried_topic()
    with transaction(CONSOLE, NOW) as session:
        for member in session.scalars(select(Membership).where(Membership.topic_id == gone.id)):
            member.topic_id = living.id
        gone.merged_into_id, gone.message_count = living.id, 0
    linked = {
        (found := dict(run.link.arguments)).get("topic_id", found.get("topic"))
        for block in report_on(gone).blocks
        if isinstance(block, Paragraph)
        for run in block.runs
        if run.link and run.link.endpoint in ("topics.show", "intake.index")
    }
    assert linked == {living.id}


def test_what_is_no_topic_has_no_report(app) -> None:
    topic = worried_topic()
    with transaction(CONSOLE, NOW):
        topic.dismissed = True
    with pytest.raises(Invalid, match="不能写专报"):
        report_on(topic)
    with pytest.raises(NotFound):
        composed("special", rules.of_topic(999_999, TODAY))


def test_the_summary_is_left_to_the_writer(app) -> None:
    slots = {slot.code: slot for slot in report_on(worried_topic()).slots}
    assert (slots["summary"].limit, slots["summary"].required) == (200, True)
    assert [slot.text for slot in slots.values()] == ["", "", ""]
    assert set(slots) == {"summary", "outlook", "advice"}


def test_text_of_runs_is_what_is_read(app) -> None:
    content = report_on(worried_topic())
    paragraphs = [block for block in content.blocks if isinstance(block, Paragraph)]
    assert all(text_of(block.runs).strip() for block in paragraphs)
