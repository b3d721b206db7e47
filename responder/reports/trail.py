"""The audit trail as a list, declared."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select

from responder.core.audit import AuditEvent
from responder.core.office import public_lines
from responder.core.permissions import Permission
from responder.core.privacy import mask
from responder.reports import service
from responder.web import trail
from responder.web.listing import (
    Asker,
    Choice,
    Column,
    Days,
    Empty,
    Listing,
    Option,
    Text,
    Values,
    within,
)  # fmt: skip
from responder.web.listing.rules import Filter

_APPLICATION = "disclosure_application"


def _filters(_asker: Asker) -> list[Filter]:
    kinds = [Option(name, _(kind.label)) for name, kind in trail.kinds().items()]
    return [Choice("kind", _("记录种类"), kinds), Text("person", _("人员")), Days(_("时间"))]


def _query(values: Values, asker: Asker) -> Select[AuditEvent]:
    query = service.audit_trail(values["kind"] or "", values["person"] or "")
    return query.where(*within(AuditEvent.at, values, asker))


def _untold(_rows: Sequence[AuditEvent], asker: Asker, _values: Values) -> frozenset[str]:
    """The kinds whose notes are not told: one of an application may name who applied."""
    return (
        frozenset() if asker.actor.may(Permission.APPLICATION_READ) else frozenset({_APPLICATION})
    )


def _masked(text: str) -> str:
    return mask(text, public_lines())


def _note(event: AuditEvent, untold: frozenset[str]) -> str:
    return "" if event.object_type in untold else _masked(event.note)


def _changes(event: AuditEvent, _untold: frozenset[str]) -> str:
    return "\n".join(
        f"{one.label}：{_masked(one.old) + ' → ' if one.old else ''}{_masked(one.new) or '—'}"
        for one in trail.changes(event)
    )


TRAIL = Listing(
    code="audit",
    title=_l("审计"),
    counted=_l("共 %(count)s 条"),
    filters=_filters,
    query=_query,
    prepare=_untold,
    empty=lambda _asker, _values: Empty(_("还没有记录。")),
    cells="reports/_trail_rows.html",
    columns=(
        Column("at", _l("时间"), lambda one, _x: one.at, sort=(AuditEvent.at,), falling=True),
        Column("person", _l("人员"), lambda one, _x: one.actor_name, sort=(AuditEvent.actor_name,),
               width=12),
        Column("kind", _l("记录种类"), lambda one, _x: trail.kind_label(one), width=14),
        Column("object", _l("编号"), lambda one, _x: one.object_id, width=8),
        Column("deed", _l("做了什么"), lambda one, _x: trail.deed(one), width=16),
        Column("note", _l("备注"), _note, width=40),
        Column("changes", _l("更改"), _changes, width=60),
    ),
)  # fmt: skip
