"""Tables three and four: what counts in which year, in which row, and whether it balances."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest
from docx import Document
from sqlalchemy import select

from responder.core.database import transaction
from responder.core.errors import Invalid, Stale
from responder.core.lifecycle import Attempt
from responder.core.permissions import CONSOLE
from responder.openness.applications import exporting, outcomes, proceedings, tables
from responder.openness.applications.models import (
    Application,
    Outcome,
)
from responder.openness.applications.proceeding_models import (
    Proceeding,
    ProceedingKind,
    ProceedingResult,
)
from responder.openness.applications.proceedings import ProceedingFacts
from responder.openness.applications.queries import Part
from responder.openness.applications.rules import ApplicantKind, Balance, with_total
from tests.factories import NOW
from tests.openness.applications.factories import (
    LATER,
    S,
    brought_to,
    officer,
    outcome,
    registered,
    sheet_of,
    take,
)
from tests.openness.counting import value_of

K, R = ProceedingKind, ProceedingResult


def entered(today: date = date(2027, 7, 1), **changed: object) -> Proceeding:
    known = {
        "kind": K.RECONSIDERATION, "body": "省人民政府", "begun_on": date(2026, 5, 6),
        "matter": "不服答复", **changed,
    }  # fmt: skip
    actor = officer().actor
    with transaction(actor, LATER) as session:
        facts = ProceedingFacts(**known)
        return proceedings.save(session, None, facts, Attempt(actor, LATER), today)


def year_of_work() -> None:
    """Carried in 1 (handled), new 5: handled 3, open 2, and one entered by mistake."""
    body = {"applicant_kind": ApplicantKind.LEGAL_SERVICE, "applicant_name": "某某律师事务所"}
    carried = registered(received_on=date(2025, 12, 22))
    take(carried, "reply", "2026-01-12", outcome_id=outcome("partly").id)
    first = registered(received_on=date(2026, 3, 2), **body)
    take(first, "reply", "2026-03-31", outcome_id=outcome("refused_process").id)  # a day late
    second = registered(received_on=date(2026, 4, 1))
    take(second, "reply", "2026-04-10", outcome_id=outcome("disclosed").id)
    take(registered(received_on=date(2026, 5, 6)), "withdraw", "2026-05-08")
    registered(received_on=date(2026, 11, 2))
    registered(received_on=date(2026, 11, 3), **body)
    take(registered(received_on=date(2026, 6, 1)), "void", "2026-06-02")


def test_the_table_counts_each_application_where_the_form_has_it(session) -> None:
    year_of_work()
    table = tables.application_table(session, 2026)
    person, law, total = 0, 4, 6
    assert table.row(Part.NEW).counts == (3, 0, 0, 0, 2, 0, 5)
    assert table.row(Part.CARRIED_IN).counts[total] == 1
    assert table.row(Part.HANDLED).counts == (3, 0, 0, 0, 1, 0, 4)
    assert table.row("total").counts == table.row(Part.HANDLED).counts
    assert table.row(Part.CARRIED_ON).counts == (1, 0, 0, 0, 1, 0, 2)
    for code, column in (
        ("partly", person), ("refused_process", law), ("disclosed", person),
        ("other_other", person),
    ):  # fmt: skip
        assert table.row(code).counts[column] == 1
        assert table.row(code).total == 1
    assert table.row("refused").counts == table.row("refused_process").counts
    assert table.row("other").total == 1
    assert table.holds
    assert table.balances[total] == Balance(5, 1, 4, 2)
    assert tables.application_table(session, 2025).balances[total] == Balance(1, 0, 0, 1)
    assert tables.application_table(session, 2027).balances[total] == Balance(0, 2, 0, 2)


def test_the_rows_are_those_of_the_form_in_its_order(session) -> None:
    labels = [row.label for row in tables.application_table(session, 2026).rows]
    assert labels[:6] == [
        "一、本年新收政府信息公开申请数量", "二、上年结转政府信息公开申请数量",
        "三、本年度办理结果", "（一）予以公开", "（二）部分公开", "（三）不予公开",
    ]  # fmt: skip
    assert labels[-2:] == ["（七）总计", "四、结转下年度继续办理"]
    below = [row.label for row in tables.application_table(session, 2026).rows if row.depth == 2]
    assert len(below) == 8 + 3 + 5 + 3
    assert below[0] == "1. 属于国家秘密"
    assert below[-1] == "3. 其他"


def test_figures_are_those_of_the_table(session) -> None:
    year_of_work()
    asked = {
        code: value_of(session, code, 2026)
        for code in (
            "applications_received", "applications_handled", "applications_carried_over",
            "applications_late",
        )
    }  # fmt: skip
    assert list(asked.values()) == [5, 4, 2, 1]
    assert value_of(session, "applications_late", 2025) == 0


def test_records_that_say_two_things_at_once_are_named(session) -> None:
    application = brought_to(S.REPLIED)
    with transaction(CONSOLE, NOW):
        application.outcome = None
    table = tables.application_table(session, 2026)
    assert not table.holds
    assert table.strays == ((application, "办结却没有办理结果"),)
    assert table.balances[-1] == Balance(1, 0, 0, 0)
    assert "勾稽关系不符" in exporting.balance_words(table)
    disclosed = outcome()
    with transaction(CONSOLE, NOW):
        application.outcome, application.closed_on = disclosed, date(2026, 11, 1)
    ((_one, reason),) = tables.application_table(session, 2026).strays
    assert reason == "办结日期早于收到日期"


def test_proceedings_count_by_result_in_their_year_and_pending_at_its_end(session) -> None:
    entered(result=R.UPHELD, concluded_on=date(2026, 7, 1))
    entered(begun_on=date(2026, 11, 2), result=R.CORRECTED, concluded_on=date(2027, 1, 5))
    entered(kind=K.DIRECT_LAWSUIT)
    entered(kind=K.LATER_LAWSUIT, result=R.OTHER, concluded_on=date(2026, 12, 31))
    this, following = (tables.proceeding_table(session, year) for year in (2026, 2027))
    assert this.row(K.RECONSIDERATION).counts == (1, 0, 0, 1, 2)
    assert this.row(K.DIRECT_LAWSUIT).counts == (0, 0, 0, 1, 1)
    assert this.row(K.LATER_LAWSUIT).counts == (0, 0, 1, 0, 1)
    assert following.row(K.RECONSIDERATION).counts == (0, 1, 0, 0, 1)
    assert following.row(K.DIRECT_LAWSUIT).counts == (0, 0, 0, 1, 1)
    assert value_of(session, "reconsiderations", 2026) == 2
    assert value_of(session, "lawsuits", 2026) == 2
    for row in this.rows:
        for result, count in zip(tables.RESULTS, row.counts, strict=False):
            listed = session.scalars(tables.proceedings(2026, K(row.code), result)).all()
            assert len(listed) == count
        assert len(session.scalars(tables.proceedings(2026, K(row.code))).all()) == row.total
    assert tables.years_of_proceedings(session) == [2026, 2027]
    of_any_year = {
        result: len(session.scalars(tables.proceedings(result=result)).all())
        for result in tables.RESULTS
    }
    assert of_any_year == {"upheld": 1, "corrected": 1, "other": 1, "pending": 1}


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"body": " "}, "body"),
        ({"matter": ""}, "matter"),
        ({"begun_on": date(2027, 7, 2)}, "begun_on"),
        ({"result": R.UPHELD}, "concluded_on"),
        ({"concluded_on": date(2026, 7, 1)}, "result"),
        ({"result": R.UPHELD, "concluded_on": date(2026, 5, 5)}, "concluded_on"),
    ],
)
def test_a_proceeding_that_cannot_be_is_refused_by_its_field(session, changed, field) -> None:
    with pytest.raises(Invalid) as refused:
        entered(**changed)
    assert list(refused.value.fields) == [field]


def test_a_proceeding_does_not_begin_before_its_application(session) -> None:
    application = brought_to(S.REPLIED)
    with pytest.raises(Invalid, match="早于收到申请之日"):
        entered(application=application, matter="", begun_on=date(2026, 11, 1))
    entered(application=application, matter="", begun_on=date(2026, 11, 19))
    assert len(application.proceedings) == 1


def test_who_changes_a_proceeding_too_late_is_told(session) -> None:
    one, actor = entered(), officer().actor
    facts = ProceedingFacts(K.RECONSIDERATION, "市政府", date(2026, 5, 6), matter="不服")
    with pytest.raises(Stale), transaction(actor, LATER) as writing:
        proceedings.save(writing, one, facts, Attempt(actor, LATER), date(2027, 7, 1), 99)


def test_shipped_outcomes_come_once_and_edited_ones_stay(session) -> None:
    secret = outcome("refused_secret")
    with transaction(CONSOLE, NOW) as writing:
        outcomes.save(writing, secret, "属于国家秘密信息", "新格式", True)
        assert outcomes.seed_outcomes(writing) == 0
    assert outcome("refused_secret").label == "属于国家秘密信息"
    assert len(session.scalars(select(Outcome)).all()) == 6 + 19
    unpaid = outcome("other_unpaid")
    with pytest.raises(Invalid), transaction(CONSOLE, NOW) as writing:
        outcomes.save(writing, unpaid, "某", "某", False)


def test_the_workbook_has_the_forms_head_and_counts_as_numbers(session) -> None:
    year_of_work()
    three, four = tables.application_table(session, 2026), tables.proceeding_table(session, 2026)
    content = exporting.tables_workbook(three, four, NOW).getvalue()
    sheet = sheet_of(content, "表三")
    assert sheet[0][0] == "2026 年收到和处理政府信息公开申请情况"
    assert (sheet[1][1], sheet[2][2], sheet[3][2]) == ("申请人情况", "法人或其他组织", "商业企业")
    rows = {str(row[0]).strip("　"): row[1:] for row in sheet[4:]}
    assert rows["一、本年新收政府信息公开申请数量"] == [3, 0, 0, 0, 2, 0, 5]
    assert sheet_of(content, "表四")[1][1] == "结果维持"


def test_the_word_file_has_both_tables_and_tells_what_does_not_balance(session) -> None:
    year_of_work()
    three, four = tables.application_table(session, 2026), tables.proceeding_table(session, 2026)
    document = Document(BytesIO(exporting.tables_document(three, four, NOW).getvalue()))
    first, second = document.tables
    cells = [[cell.text for cell in row.cells] for row in first.rows]
    assert cells[0][1:] == ["申请人情况"] * 7
    assert cells[2][2:7] == ["商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他"]
    assert cells[3] == ["一、本年新收政府信息公开申请数量", "3", "0", "0", "0", "2", "0", "5"]
    assert [cell.text for cell in second.rows[0].cells][-1] == "总计"
    assert not any("勾稽" in paragraph.text for paragraph in document.paragraphs)


def test_an_application_is_in_just_one_row_of_each_half(session) -> None:
    year_of_work()
    for year in (2025, 2026, 2027):
        table = tables.application_table(session, year)
        received = session.scalars(
            select(Application.id).where(Application.received_on <= date(year, 12, 31))
        ).all()
        assert table.row(Part.NEW).total + table.row(Part.CARRIED_IN).total <= len(received)
        assert all(balance.holds for balance in table.balances)


def test_totals_are_sums() -> None:
    assert with_total({"a": 2, "c": 3}, ("a", "b", "c")) == (2, 0, 3, 5)
