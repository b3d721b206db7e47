"""What a warning is about, for pages and for messages: its number, its title, where it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session, load_only

from responder.core import privacy
from responder.core.office import public_lines
from responder.intake.models import Nature
from responder.openness.applications.models import Application
from responder.orders.models import WorkOrder
from responder.responses.models import ResponseItem
from responder.responses.sourcing.service import with_reports
from responder.warnings.models import ClockWarning, Subject
from responder.warnings.wording import Line

Page = tuple[str, dict[str, int]]


@dataclass(frozen=True)
class Matter:
    """``title`` without personal data; empty where it is nobody's to read in a list."""

    label: str
    title: str
    page: Page


def matters_of(
    session: Session, warnings: Iterable[ClockWarning]
) -> dict[tuple[Subject, int], Matter]:
    """(whose, id) → what a list shows of it."""
    wanted: dict[Subject, set[int]] = defaultdict(set)
    for warning in warnings:
        wanted[warning.subject].add(warning.subject_id)
    found: dict[tuple[Subject, int], Matter] = {}
    query = select(ResponseItem).where(ResponseItem.id.in_(wanted[Subject.ITEM]))
    few = load_only(ResponseItem.title, ResponseItem.topic_id)
    items = session.scalars(query.options(few)).all()
    reported = with_reports(session, items)
    for item in items:
        title = "" if item.id in reported else _masked(item.title)
        page = ("responses.show", {"item_id": item.id})
        found[Subject.ITEM, item.id] = Matter(f"回应事项 {item.id}", title, page)
    for order in session.scalars(select(WorkOrder).where(WorkOrder.id.in_(wanted[Subject.ORDER]))):
        title = "" if order.nature is Nature.REPORT else _masked(order.title)
        order_page = ("orders.show", {"order_id": order.id})
        found[Subject.ORDER, order.id] = Matter(f"工单 {order.number}", title, order_page)
    applications = select(Application).where(Application.id.in_(wanted[Subject.APPLICATION]))
    for one in session.scalars(
        applications.options(load_only(Application.year, Application.serial))
    ):
        where = ("applications.show", {"application_id": one.id})
        found[Subject.APPLICATION, one.id] = Matter(f"依申请公开 {one.number}", "", where)
    return found


def _masked(text: str) -> str:
    return privacy.mask(text, public_lines())


@dataclass(frozen=True)
class Teller:
    """Tells warnings to the outside."""

    known: dict[tuple[Subject, int], Matter]
    desk_url: str

    @classmethod
    def of(cls, session: Session, warnings: Iterable[ClockWarning], desk_url: str) -> Teller:
        return cls(matters_of(session, warnings), desk_url.rstrip("/"))

    @property
    def list_url(self) -> str:
        return self._link("warnings.index", {})

    def line(self, warning: ClockWarning) -> Line:
        matter = self.known[warning.subject, warning.subject_id]
        shown = warning.subject is Subject.ITEM and matter.title
        what = f"{matter.label}“{matter.title}”" if shown else matter.label
        return Line(
            warning.severity, what, warning.rule.duty, warning.due_at, self._link(*matter.page)
        )

    def _link(self, endpoint: str, values: dict[str, int]) -> str:
        if not self.desk_url:
            return ""
        path = current_app.url_map.bind("desk").build(endpoint, values)
        return f"{self.desk_url}{path}"
