"""The list of trainings and meetings, declared."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select

from responder.core.permissions import Permission
from responder.openness.trainings import service
from responder.openness.trainings.models import KIND_LABELS, Occasion, OccasionKind
from responder.openness.years import year_choice
from responder.web.listing import Asker, Column, Empty, Listing, Tab, all_and, words
from responder.web.listing.rules import Choice, Filter, Values


def _filters(asker: Asker) -> list[Filter]:
    kinds = all_and(words(KIND_LABELS))
    years = service.years(asker.session, asker.actor)
    return [year_choice(years, asker.today), Choice("kind", _("按类别"), kinds)]


def _query(values: Values, asker: Asker) -> Select[Occasion]:
    return service.listed(asker.actor, values["year"], values["kind"])


def _counts(values: Values, asker: Asker) -> dict[OccasionKind | None, int]:
    counts = service.counts(asker.session, asker.actor, values["year"])
    held = {kind: one.held for kind, one in counts.items()}
    return {None: sum(held.values())} | dict(held.items())


def _empty(asker: Asker, values: Values) -> Empty:
    if asker.actor.may(Permission.OPENNESS_EDIT):
        return Empty(
            _("还没有登记：办完一次培训或会议，就在这里登记一次；以前的可以导入 Excel。"),
            "trainings.create",
            _("登记"),
            {"kind": values["kind"]},
        )
    if asker.actor.may(Permission.OPENNESS_READ):
        return Empty(_("还没有登记的培训和会议：由政务公开办登记。"))
    return Empty(_("没有登记过由本单位举办的培训和会议：举办之后，请告诉政务公开办登记。"))


TRAININGS = Listing(
    code="trainings",
    title=_l("培训会议"),
    counted=_l("共 %(count)s 场"),
    filters=_filters,
    query=_query,
    empty=_empty,
    cells="openness/trainings/_cells.html",
    cards=False,
    tabs=(Tab("year"), Tab("kind", _counts)),
    columns=(
        Column("held", _l("日期"), lambda one, _x: one.held_on, sort=(Occasion.held_on,),
               falling=True, width=12),
        Column("title", _l("名称"), lambda one, _x: one.title, width=40),
        Column("kind", _l("类别"), lambda one, _x: _(one.kind_label), width=10),
        Column("organiser", _l("举办单位"),
               lambda one, _x: one.organiser.name if one.organiser else _("市政务公开办"),
               width=24, on_page=False),
        Column("place", _l("地点"), lambda one, _x: one.place, width=24, on_page=False),
        Column("people", _l("人数"), lambda one, _x: one.attendance, sort=(Occasion.attendance,),
               falling=True, width=8, figures=True),
        Column("units", _l("单位数"), lambda one, _x: one.units, sort=(Occasion.units,),
               falling=True, width=8, figures=True),
    ),
)  # fmt: skip
