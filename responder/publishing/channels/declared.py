"""The list of posts on other channels, declared."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select

from responder.publishing.channels import service
from responder.publishing.channels.models import CHANNEL_LABELS, Channel, ChannelPost
from responder.web.listing import (
    Asker,
    Choice,
    Column,
    Days,
    Empty,
    Listing,
    Option,
    Tab,
    Text,
    Values,
    counts_by,
    within,
    words,
)  # fmt: skip
from responder.web.listing.rules import Filter


def _filters(_asker: Asker) -> list[Filter]:
    channels = [Option(None, _("全部"), "all"), *words(CHANNEL_LABELS)]
    found: list[Filter] = [Choice("channel", _("按渠道"), channels), Days(_("发布日期"))]
    return [*found, Text("q", _("索引号或标题"))]


def _query(values: Values, asker: Asker) -> Select[ChannelPost]:
    found = service.posts(values["channel"], values["q"] or "")
    return found.where(*within(ChannelPost.posted_at, values, asker))


def _counts(values: Values, asker: Asker) -> Mapping[Channel | None, int]:
    return counts_by(asker.session, _query({**values, "channel": None}, asker), ChannelPost.channel)


def _empty(_asker: Asker, values: Values) -> Empty:
    if values["channel"] is not None:
        return Empty(_("这个渠道还没有登记。"), "channels.index", _("查看全部"))
    message = _("还没有登记：在微博、微信发布之后，请在那件回应事项的页面登记链接和时间。")
    return Empty(message, "responses.index", _("查看已发布的事项"), {"state": "published"})


POSTS = Listing(
    code="channel_posts",
    title=_l("各渠道发布"),
    counted=_l("共 %(count)s 条"),
    filters=_filters,
    query=_query,
    empty=_empty,
    cells="publishing/_post_rows.html",
    tabs=(Tab("channel", _counts),),
    columns=(
        Column("channel", _l("渠道"), lambda one, _x: _(one.channel_label), width=12),
        Column("entry", _l("索引号"), lambda one, _x: one.entry.index_number, width=20),
        Column("title", _l("标题"), lambda one, _x: one.entry.title, width=40),
        Column("posted", _l("发布时间"), lambda one, _x: one.posted_at,
               sort=(ChannelPost.posted_at,), falling=True),
        Column("url", _l("链接"), lambda one, _x: one.url, width=50),
        Column("by", _l("登记人"), lambda one, _x: one.recorded_by_name, width=12),
    ),
)  # fmt: skip
