"""The media list: pasted, counted, exported, never a number too many."""

from __future__ import annotations

from io import BytesIO

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import text
from sqlalchemy.orm import Session

from responder.core import audit
from responder.core.database import transaction
from responder.core.errors import Invalid, NotFound
from responder.core.permissions import CONSOLE
from responder.planning.events import media
from responder.planning.events.exporting import media_workbook
from responder.planning.events.media import MediumFacts
from responder.planning.events.models import MediaInvitation, Reply
from responder.planning.events.pasted import PastedMedium, read_media
from responder.planning.models import PressEvent
from tests.factories import NOW
from tests.planning import factories as make


def invite(event: PressEvent, *facts: object) -> MediaInvitation:
    with transaction(CONSOLE, NOW) as session:
        return media.invite(session, event, MediumFacts(*facts))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("市日报 王小明 13812345678", PastedMedium("市日报", "王小明", "13812345678")),
        ("市日报\t王 小明\t0512-6512 3456\tB123", PastedMedium(
            "市日报", "王 小明", "0512-6512 3456", "B123")),
        ("市电视台，李四", PastedMedium("市电视台", "李四")),
        ("市电视台、13812345678", PastedMedium("市电视台", "", "13812345678")),
        ("新华社", PastedMedium("新华社")),
        ("=SUM(1) @x", PastedMedium("=SUM(1)", "@x")),
    ],
)  # fmt: skip
def test_a_pasted_line_is_a_medium(line: str, expected: PastedMedium) -> None:
    assert read_media(f"\n  {line}  \n\n").media == (expected,)


def test_lines_that_cannot_be_read_are_named_with_what_to_do_and_the_rest_is_kept() -> None:
    read = read_media("市日报 王小明\n\n晚报 张三 不是电话\na b c d e\n" + "长" * 101)
    assert [one.outlet for one in read.media] == ["市日报"]
    assert [problem.partition("：")[0] for problem in read.problems] == [
        "第 3 行", "第 4 行", "第 5 行",
    ]  # fmt: skip
    assert "不像电话号码" in read.problems[0]
    assert read.refused == ("晚报 张三 不是电话", "a b c d e", "长" * 101)


def test_pasting_twice_adds_nobody_twice(session: Session) -> None:
    event = make.event()
    lines = read_media("市日报 王小明 13812345678\n市日报 李四\n市日报 李四").media
    with transaction(CONSOLE, NOW) as writing:
        assert media.invite_many(writing, event, lines) == 2
        assert media.invite_many(writing, event, lines) == 0
    assert [one.journalist for one in media.invitations(session, event)] == ["王小明", "李四"]


def test_a_medium_sent_twice_is_one_and_another_of_its_name_is_refused(session: Session) -> None:
    event = make.event()
    first = invite(event, "市日报", "王小明", "13812345678")
    assert invite(event, " 市日报", "王小明", "13812345678") is first
    with pytest.raises(Invalid, match="“市日报 王小明”已在名单上"):
        invite(event, "市日报", "王小明", "13912345678")
    invite(event, "市日报", "李四")
    assert len(media.invitations(session, event)) == 2


def test_numbers_are_sealed_and_kept_unless_replaced(session: Session) -> None:
    one = invite(make.event(), "市日报", "王小明", "13812345678")
    stored = session.scalar(text("SELECT phone FROM media_invitation"))
    assert stored
    assert "13812345678" not in stored
    with transaction(CONSOLE, NOW) as writing:
        media.edit_invitation(writing, one, MediumFacts("市日报社", "王小明", None))
    session.expire_all()
    assert (one.outlet, one.phone) == ("市日报社", "13812345678")
    with transaction(CONSOLE, NOW) as writing:
        media.edit_invitation(writing, one, MediumFacts("市日报社", "王小明", ""))
    assert one.phone == ""
    assert "13812345678" not in str([line.changes for line in audit.history(session, one)])


def test_a_medium_without_a_name_is_refused(session: Session) -> None:
    with pytest.raises(Invalid) as refusal:
        invite(make.event(), "  ")
    assert "outlet" in refusal.value.fields


def test_replies_are_counted_and_every_answer_is_named(session: Session) -> None:
    event = make.event()
    one, _two = invite(event, "甲"), invite(event, "乙")
    with transaction(CONSOLE, NOW) as writing:
        media.set_reply(writing, one, Reply.ACCEPTED)
    counts = media.counts(media.invitations(session, event))
    assert counts == {
        Reply.INVITED: 1, Reply.ACCEPTED: 1, Reply.DECLINED: 0, Reply.ATTENDED: 0, Reply.ABSENT: 0,
    }  # fmt: skip
    with transaction(CONSOLE, NOW) as writing:
        media.remove_invitation(writing, one)
    with pytest.raises(NotFound):
        media.find_invitation(session, one.id)


def rows(content: BytesIO) -> list[list[object]]:
    return CalamineWorkbook.from_filelike(content).get_sheet_by_index(0).to_python()


def test_the_workbook_hides_numbers_and_holds_no_formula(session: Session) -> None:
    event = make.event()
    invite(event, "=HYPERLINK(1)", "+王", "13812345678", "B1", "电话 13912345678")
    listed = media.invitations(session, event)
    hidden, shown = rows(media_workbook("主题", listed)), rows(media_workbook("主题", listed, True))
    assert hidden[1] == ["序号", "媒体", "记者", "电话", "记者证号", "回复", "备注"]
    assert hidden[2][1:4] == ["=HYPERLINK(1)", "+王", "已隐去"]
    assert "13912345678" not in str(shown)
    assert shown[2][3] == "13812345678"
