"""Tables as offices hand them on."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from io import BytesIO
from zipfile import ZipFile

from responder.core.papers import PaperColumn, PaperTable, papers_workbook
from tests.openness.applications.factories import words_of

FORMULA, LINK = '=HYPERLINK("https://x/","看")', "https://x/"


def test_no_text_of_a_workbook_becomes_a_formula_or_a_link() -> None:
    columns = [PaperColumn("甲", 10, 20), PaperColumn(FORMULA, 10, 20)]
    filled = PaperTable(FORMULA, FORMULA, columns, [(FORMULA, LINK)])
    linked = PaperTable(LINK, LINK, columns, [])
    now = datetime(2026, 11, 20, tzinfo=UTC)
    content = papers_workbook(FORMULA, now, {"一": filled, "二": linked})
    with ZipFile(BytesIO(content)) as file:
        sheets = "".join(file.read(name).decode() for name in file.namelist() if "sheets/" in name)
    assert not re.search(r"<f>|<hyperlink", sheets)
    assert words_of(content, "一").count(FORMULA) == 4
    assert words_of(content, "二").count(LINK) == 2
