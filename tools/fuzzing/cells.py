"""Cells and tables as careless, broken and hostile hands fill them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from hypothesis import strategies as st

HEADINGS = (
    "编号", "标题", "内容", "姓名", "电话", "时间", "点赞数", "评论数", "区县", "地点", "诉求性质",
    "是否紧急", "链接", "回复内容", "回复时间",
)  # fmt: skip
NEEDED = ("标题", "内容", "时间")

WORDS = (
    "", " ", "\t", "工地夜间施工", "滨江路工地夜里十一点还在打桩，没人管。", "王女士", "13812345678", "投诉",
    "是", "否", "也许", "匿名", "1.2万", "1,234", "99999999999亿", "9" * 400, "1e999", "NaN", "Infinity",
    "-0", "²", "٣", "１２３", "0x1F", "2026-03-05 09:30", "2026-02-30", "9999-12-31 23:59:59", "3月5日",
    "0001-01-01 00:00", "2019-11-13 11:20+99:99", "2019-11-13 11:20-23:59", "2026-03-05 24:00",
    "2026-03-05 下午13:00", "20260305T093000Z", "45000.5", "74000", "1900-01-00", "2026年3月5日 上午8时",
    "0000-00-00", "1990-01-01 00:00 +14:00", "=1+1", "=HYPERLINK(\"http://a.example\")", "+86 138",
    "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "'=1", "|", ";", '"', '""', "甲\n乙", "甲\r\n乙", "\0",
    "甲\0乙", "\u202e反", "\ufeff", "\u200b", "\x1b[31m", "\x85", "\u2028", "😀" * 40, "e\u0301" * 50,
    "<script>alert(1)</script>", "{{7*7}}", "{% for x in y %}", "%s%n%x", "'; DROP TABLE message; --",
    "../../etc/passwd", "file:///etc/passwd", "javascript:alert(1)", "http://" + "a" * 600, "甲" * 20_001,
    "合计", "注：填表说明", "市教育局", "市教育局、市公安局", "100", "100.005", "-5", "省级", "已完成",
)  # fmt: skip

words = st.one_of(st.sampled_from(WORDS), st.text(max_size=12))
numbers = st.one_of(
    st.integers(-(2**70), 2**70),
    st.integers(0, 100),
    st.floats(30_000, 75_000),
    st.sampled_from([0.1, 1e300, 1e15, 123456789012345678.0, 2.0**31, -1.5]),
)
moments = st.one_of(
    st.datetimes(datetime(1900, 1, 1), datetime(9999, 12, 31)),
    st.datetimes(datetime(2020, 1, 1), datetime(2026, 12, 31)),
    st.dates(date(1900, 1, 1), date(9999, 12, 31)),
    st.times(),
    st.timedeltas(timedelta(0), timedelta(days=3000)),
)
good = st.sampled_from(
    ["工地夜间施工", "路灯坏了三天", "2026-03-05 09:30", "2026/3/5 8:00", "张先生", "X1", "X2", "3"]
)


class Grid(NamedTuple):
    """A table before it is any file."""

    headings: list[str]
    rows: list[list[Any]]


@st.composite
def grids(
    draw: st.DrawFn,
    cells: st.SearchStrategy[Any],
    headings: Sequence[str] = HEADINGS,
    needed: Sequence[str] = NEEDED,
) -> Grid:
    """A few rows below headings that are mostly right; some rows are longer or shorter."""
    others = draw(st.lists(st.sampled_from(headings), max_size=4, unique=True))
    named = list(dict.fromkeys([*needed, *others]))
    if draw(st.integers(0, 9)) == 0:
        named[draw(st.integers(0, len(named) - 1))] = draw(words)
    rows = []
    for _ in range(draw(st.integers(0, 3))):
        row = [_plausible(draw, name, cells) for name in named]
        extra = draw(st.integers(-1, 6))
        rows.append(row[:-1] if extra < 0 else row + [draw(cells)] * (extra == 6))
    return Grid(named, rows)


def _plausible(draw: st.DrawFn, name: str, cells: st.SearchStrategy[Any]) -> Any:
    """What belongs below a heading, or anything."""
    if draw(st.integers(0, 2)) == 0:
        return draw(cells)
    if "时间" in name or "日期" in name:
        return draw(st.sampled_from(["2026-03-05 09:30", "2026-03-06", "2025/12/31 8:00"]))
    return draw(good)


def told(cell: Any) -> str:
    """A cell as text."""
    return cell.isoformat() if isinstance(cell, (datetime, date, time)) else str(cell)
