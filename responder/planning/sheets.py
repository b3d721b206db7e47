"""How the workbooks of planning are printed."""

from __future__ import annotations

from typing import Any

_A4 = 9  # as Excel numbers papers


def fit_to_a4(sheet: Any, head: int, landscape: bool = True) -> None:
    """A4, as wide as the page, its head row on each page.

    :param sheet: a worksheet of ``xlsxwriter``.
    :param head: the row of the headings, from 0.
    """
    sheet.set_paper(_A4)
    if landscape:
        sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(head)
