"""The list of what was published in a year, declared."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select

from responder.core.office import public_lines
from responder.core.permissions import Permission
from responder.core.privacy import mask
from responder.openness.catalogue import queries, reference
from responder.openness.catalogue.models import WAY_LABELS, Publication
from responder.openness.catalogue.queries import Wanted
from responder.openness.years import year_choice
from responder.web.listing import Asker, Column, Empty, Listing, Tab, words
from responder.web.listing.rules import Choice, Filter, Flag, Option, Text, Values


def _filters(asker: Asker) -> list[Filter]:
    areas = [Option(area.id, area.name) for area in reference.key_areas(asker.session)]
    return [
        year_choice(queries.years(asker.session), asker.today),
        Text("q", _("标题或索引号")),
        Choice("way", _("登记方式"), words(WAY_LABELS)),
        Choice("area", _("重点领域"), areas),
        Flag("key", _("只看重点领域")),
    ]


def _query(values: Values, asker: Asker) -> Select[Publication]:
    wanted = Wanted(
        year=values["year"],
        way=values["way"],
        area_id=values["area"],
        key_areas=values["key"],
        text=values["q"] or "",
    )
    return queries.with_columns(queries.listed(asker.actor, wanted))


def _empty(asker: Asker, _values: Values) -> Empty:
    message = _("这一年还没有登记信息：导入门户网站导出的表格，逐条登记，或在栏目里设置订阅地址。")
    if any(map(asker.actor.may, (Permission.OPENNESS_EDIT, Permission.OPENNESS_REPORT))):
        return Empty(message, "catalogue.publications_show", _("导入 Excel"))
    return Empty(message)


PUBLICATIONS = Listing(
    code="publications",
    title=_l("公开信息"),
    counted=_l("共 %(count)s 条"),
    filters=_filters,
    query=_query,
    empty=_empty,
    cells="openness/catalogue/_publication_rows.html",
    tabs=(Tab("year"),),
    columns=(
        Column("published", _l("公开日期"), lambda one, _x: one.published_on,
               sort=(Publication.published_on,), falling=True, width=12),
        Column("title", _l("标题"), lambda one, _x: mask(one.title, public_lines()), width=50),
        Column("column", _l("栏目"), lambda one, _x: one.column.name, width=24),
        Column("unit", _l("单位"), lambda one, _x: one.column.unit.name, width=22),
        Column("way", _l("登记方式"), lambda one, _x: _(one.way_label), width=12),
        Column("index", _l("索引号"), lambda one, _x: one.index_number,
               sort=(Publication.index_number,), width=24),
        Column("url", _l("链接"), lambda one, _x: one.url, width=40),
    ),
)  # fmt: skip
