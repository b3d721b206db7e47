"""The list of bundles, declared."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select

from responder.core import privacy
from responder.publishing.bundles import service
from responder.publishing.bundles.lifecycle import BUNDLE
from responder.publishing.bundles.models import Bundle, BundleState
from responder.web.listing import (
    Asker,
    Choice,
    Column,
    Empty,
    Listing,
    Option,
    Tab,
    Text,
    Values,
    counts_by,
    words,
)  # fmt: skip
from responder.web.listing.rules import Filter


def _filters(_asker: Asker) -> list[Filter]:
    states = [Option(None, _("全部"), "all"), *words(BUNDLE.states)]
    return [Choice("state", _("按状态"), states), Text("q", _("名称"))]


def _query(values: Values, _asker: Asker) -> Select[Bundle]:
    return service.listed(values["state"], values["q"] or "")


def _counts(values: Values, asker: Asker) -> Mapping[BundleState | None, int]:
    return counts_by(asker.session, service.listed(text=values["q"] or ""), Bundle.state)


def _empty(_asker: Asker, values: Values) -> Empty:
    if values["state"] is not None:
        return Empty(_("没有这个状态的发布组。"), "bundles.index", _("查看全部"))
    return Empty(_("还没有成组发布过：在上面勾选几件已签发的事项。"))


def _titles(bundle: Bundle, _beside: None) -> str:
    return "\n".join(privacy.mask(item.title) for item in bundle.items)


BUNDLES = Listing(
    code="bundles",
    title=_l("发布组"),
    counted=_l("共 %(count)s 组"),
    filters=_filters,
    query=_query,
    empty=_empty,
    cells="publishing/_bundle_rows.html",
    tabs=(Tab("state", _counts),),
    columns=(
        Column("name", _l("名称"), lambda one, _x: one.name, width=30),
        Column("items", _l("件数"), lambda one, _x: len(one.items), width=8),
        Column("titles", _l("事项"), _titles,
               width=50),
        Column("publish", _l("发布时间"), lambda one, _x: one.publish_at,
               sort=(Bundle.publish_at,), falling=True),
        Column("state", _l("状态"), lambda one, _x: _(BUNDLE.states[one.state]), width=10),
        Column("settled", _l("办结时间"), lambda one, _x: one.settled_at),
        Column("by", _l("成组人"), lambda one, _x: one.made_by_name, width=12),
    ),
)  # fmt: skip
