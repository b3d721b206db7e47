"""The keys of the product: the one table from which the dialog of ``?``, the page ``/keys``,
``docs/keys.md`` and ``keys.js`` take them.

A letter alone acts only while nobody types, and only while the person has the keys switched on;
keys with Ctrl or Alt always act. The go-to letters are those of the rooms' names in pinyin,
where two rooms do not ask for the same one.
"""

from __future__ import annotations

from dataclasses import replace

from flask import request
from flask_babel import lazy_gettext as _l

from responder.guide.rules import Key, KeyGroup
from responder.web.access import may_open
from responder.web.navigation import rooms

EVERYWHERE = KeyGroup(
    _l("任何页面"),
    (
        Key(("?",), _l("这一页有哪些键"), "keys"),
        Key(("/",), _l("到这一页的检索框"), "search"),
        Key(("Ctrl+S",), _l("保存正在填写的内容"), "save"),
        Key(("Esc",), _l("关闭打开的窗口、说明；离开正在填写的格子"), "leave"),
    ),
)
LISTS = KeyGroup(
    _l("列表"),
    (
        Key(("j",), _l("下一行（已在某一行时，↓ 也可以）"), "next-row"),
        Key(("k",), _l("上一行（↑ 也可以）"), "previous-row"),
        Key(("Enter",), _l("打开这一行")),
        Key(("x",), _l("选中或取消选中这一行"), "select-row"),
    ),
)
ITEMS = KeyGroup(
    _l("从列表打开的一项"),
    (
        Key(("]",), _l("列表里的下一项"), "next-item"),
        Key(("[",), _l("列表里的上一项"), "previous-item"),
        Key(("u",), _l("回到列表"), "list"),
        Key(("b",), _l("到“办理”：通过、退回等步骤"), "steps"),
    ),
)
DESK = KeyGroup(
    _l("登记来电"),
    (
        Key(("Ctrl+Enter",), _l("登记，光标回到正文，接下一通")),
        Key(("Alt+1…5",), _l("与右边第几条“相同”")),
        Key(("Esc",), _l("不并入，回到正文")),
        Key(("Alt+U",), _l("采用建议：标为紧急")),
        Key(("Alt+N",), _l("采用建议：诉求性质")),
        Key(("Alt+C",), _l("采用建议：事项类别")),
    ),
    frozenset({"desk.index"}),
)
BOARD = KeyGroup(
    _l("看板"),
    (
        Key(("←", "→"), _l("换到旁边的环节")),
        Key(("↑", "↓"), _l("同一环节的上一件、下一件")),
        Key(("Space",), _l("选中或取消选中这一件")),
    ),
    frozenset({"responses.board"}),
)
CALENDAR = KeyGroup(
    _l("日历"),
    (
        Key(("←", "→"), _l("前一天、后一天")),
        Key(("↑", "↓"), _l("前一周、后一周")),
        Key(("PageUp", "PageDown"), _l("前一页、后一页")),
        Key(("t",), _l("今天（在日历里时）")),
        Key(("m",), _l("把这一天的活动改期（在日历里时）")),
    ),
    frozenset({"planning.calendar"}),
)
# Each room has one: a room without it does not start.
LETTERS = {
    "reports.today": "j",
    "desk.index": "l",
    "intake.index": "y",
    "sources.index": "r",
    "orders.index": "g",
    "topics.index": "h",
    "alerts.index": "t",
    "planning.calendar": "f",
    "responses.index": "x",
    "packages.index": "z",
    "responses.materials": "d",
    "publishing.index": "c",
    "openness.index": "w",
    "statistics.index": "s",
    "documents.index": "b",
    "deadlines.rules": "q",
    "warnings.index": "e",
    "accounts.people": "p",
    "reports.audit_trail": "a",
    "scheduling.index": "u",
}
GO_TO = KeyGroup(
    _l("去别的栏目"),
    (
        *(
            Key((f"g {LETTERS[room.endpoint]}",), room.label, "go", room.endpoint)
            for room in rooms()
        ),
        Key(("g k",), _l("看板"), "go", "responses.board"),
        Key(("g ?",), _l("使用手册"), "go", "guide.chapters"),
    ),
)
GROUPS = (DESK, BOARD, CALENDAR, EVERYWHERE, LISTS, ITEMS, GO_TO)


def of_page() -> list[KeyGroup]:
    """The keys that whoever asks has on the page that is being shown."""
    own = [group for group in GROUPS if not group.endpoints or request.endpoint in group.endpoints]
    return [_open_to_me(group) for group in own]


def of_all_pages() -> list[KeyGroup]:
    """For the page of all keys: what whoever asks has anywhere."""
    return [_open_to_me(group) for group in GROUPS if all(map(may_open, group.endpoints))]


def _open_to_me(group: KeyGroup) -> KeyGroup:
    mine = (key for key in group.keys if not key.endpoint or may_open(key.endpoint))
    return replace(group, keys=tuple(mine))
