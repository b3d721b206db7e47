"""The list of messages, declared."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from responder.core import privacy
from responder.core.permissions import Permission
from responder.intake.models import CHANNEL_LABELS, NATURE_LABELS, ImportBatch, Message
from responder.intake.searching.callers import is_number
from responder.intake.searching.conditions import Asked, read_asked
from responder.intake.searching.facets import facets
from responder.intake.searching.listing import MOST_COUNTED, MessageSource, copies
from responder.intake.searching.wanted import REPEATS_LABELS, MessageFilter, Order, Repeats
from responder.web.listing import (
    Asker,
    Choice,
    Column,
    Days,
    Empty,
    Flag,
    Listing,
    Option,
    Text,
    Values,
    words,
)  # fmt: skip
from responder.web.listing.rules import Asked as AskedOfList
from responder.web.listing.rules import Filter, day, whole


@dataclass(frozen=True)
class Beside:
    """What the rows of a page need beside themselves.

    :param copies: message id → how many messages its group has; of those in a group.
    :param ask_facets: finds what ``facets`` holds, which only files show.
    """

    copies: dict[int, int]
    ask_facets: Callable[[], dict[str, Mapping[int, str]]]
    asked: Asked
    typed: str
    most: int = MOST_COUNTED

    @cached_property
    def facets(self) -> dict[str, Mapping[int, str]]:
        """What other rooms know of each message: topic, category, unit."""
        return self.ask_facets()


def message_filters(asker: Asker) -> list[Filter]:
    """By what messages can be restricted, as it stands in addresses."""

    def file_name(batch_id: int) -> str:
        batch = asker.session.get(ImportBatch, batch_id)
        return batch.file_name if batch else str(batch_id)

    replied = (Option(True, _("已有答复"), "yes"), Option(False, _("没有答复"), "no"))
    return [
        Text("q", _("关键词")),
        Choice("channel", _("渠道"), words(CHANNEL_LABELS)),
        Choice("nature", _("性质"), words(NATURE_LABELS)),
        Text("district", _("区县")),
        Text("place", _("地点")),
        Days(_("时间")),
        *(
            Choice(
                name,
                _(one.label),
                [Option(value, said) for value, said in one.choices(asker.session)],
                others=_numbered,
            )
            for name, one in facets().items()
        ),
        Choice("replied", _("答复"), replied),
        Flag("urgent", _("紧急"), "yes"),
        Choice("repeats", _("重复留言"), words(REPEATS_LABELS), default=Repeats.ALL),
        Text("received", _("收到自"), day, in_form=False),
        Text("batch", _("导入自"), whole, file_name, in_form=False),
    ]


def _numbered(key: str) -> Option | None:
    """What a menu has no room for, such as a topic that is no longer hot."""
    return Option(key, f"#{key}") if key.isascii() and key.isdigit() and len(key) < 10 else None


def wanted_of(values: Values, order: Order = Order.TIME) -> MessageFilter:
    """The messages that the values of an address ask for."""
    return MessageFilter(
        text=values["q"] or "",
        channel=values["channel"],
        district=(values["district"] or "")[:64],
        place=(values["place"] or "")[:64],
        nature=values["nature"],
        urgent=values["urgent"],
        replied=values["replied"],
        first_day=values["from"],
        last_day=values["to"],
        received_since=values["received"],
        batch=values["batch"],
        repeats=values["repeats"],
        facets={name: values[name] for name in facets() if values[name]},
        order=order,
    )


def _source(asked: AskedOfList, asker: Asker) -> MessageSource:
    order = Order(asked.sort.key) if asked.sort else Order.TIME
    return MessageSource(asker.session, wanted_of(asked.values, order), asker.zone)


def _beside(rows: Sequence[Message], asker: Asker, values: Values) -> Beside:
    typed = values["q"] or ""

    def ask_facets() -> dict[str, Mapping[int, str]]:
        ids = [row.id for row in rows]
        return {name: facet.names(asker.session, ids) for name, facet in facets().items()}

    return Beside(copies(asker.session, rows), ask_facets, read_asked(asker.session, typed), typed)


def _facet_columns() -> list[Column]:
    return [
        Column(name, _l(facet.label), partial(_facet, name), width=24)
        for name, facet in facets().items()
    ]


def _facet(name: str, one: Message, beside: Beside) -> str | None:
    return beside.facets[name].get(one.id)


def _empty(asker: Asker, _values: Values) -> Empty:
    if asker.actor.may(Permission.MESSAGE_LOG):
        return Empty(_("还没有留言：请登记第一通来电。"), "desk.index", _("登记来电"))
    if asker.actor.may(Permission.MESSAGE_IMPORT):
        return Empty(_("还没有留言：请导入 Excel 或 CSV。"), "intake.imports", _("去导入"))
    return Empty(_("还没有留言：话务员登记来电或监测员导入文件后，会列在这里。"))


def _unsavable(values: Values) -> str:
    if is_number(values["q"] or ""):
        return str(_("电话号码不能存进常用视图：请改用事情、地点的词"))
    return ""


def _replied(one: Message, _beside: Beside) -> str:
    return str(_("已有答复") if one.reply else _("没有答复"))


# What these sort by, the source knows.
_sorting = partial(Column, sort=(True,), one_way=True)

MESSAGES = Listing(
    code="messages",
    title=_l("留言"),
    counted=_l("共 %(count)s 条"),
    filters=message_filters,
    source=_source,
    prepare=_beside,
    empty=_empty,
    cells="intake/_rows.html",
    sort_name="order",
    search_help=_l(
        "空格隔开的词都要有；“引号内”须连着；-词 表示不含；简繁体都可，"
        "地名和单位可打拼音或首字母（cpw）。"
    ),
    nothing_found="intake/_nothing_found.html",
    unsavable=_unsavable,
    more_in_files=_facet_columns,
    columns=(
        Column("id", _l("编号"), lambda one, _x: one.id, width=8),
        _sorting("time", _l("时间"), lambda one, _x: one.occurred_at),
        Column("channel", _l("渠道"), lambda one, _x: _(one.channel_label), width=12),
        Column("nature", _l("性质"), lambda one, _x: one.nature and _(one.nature_label), width=8),
        Column("urgent", _l("紧急"), lambda one, _x: _("紧急") if one.urgent else "", width=6),
        Column("title", _l("标题"), lambda one, _x: privacy.mask(one.title), width=40),
        Column("body", _l("内容"), lambda one, _x: privacy.mask(one.body), width=60),
        Column("district", _l("区县"), lambda one, _x: privacy.mask(one.district), width=12),
        Column("place", _l("地点"), lambda one, _x: privacy.mask(one.place), width=20),
        Column("author", _l("来电人"), lambda one, _x: privacy.mask_name(one.author), width=10),
        Column("replied", _l("答复"), _replied, width=10),
        _sorting("relevance", _l("相关程度"), lambda _one, _x: None, in_files=False),
        _sorting("repeats", _l("重复次数"), lambda one, x: x.copies.get(one.id, 1), width=10),
    ),
)
