"""The catalogue with its thousands of items, and the applications for disclosure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import insert, select

from responder.core.lifecycle import Attempt
from responder.core.permissions import CONSOLE
from responder.demo.past import PastYear
from responder.openness.applications import clocks, registering
from responder.openness.applications.clocks import Ground
from responder.openness.applications.models import (
    Application,
    ApplicationState,
    ClockKind,
    Outcome,
)
from responder.openness.applications.registering import ApplicationFacts
from responder.openness.applications.rules import ApplicantKind, Basis
from responder.openness.applications.rules import Way as ApplicationWay
from responder.openness.catalogue.models import CatalogueColumn, KeyArea, Publication, Way
from responder.openness.catalogue.rules import Cadence

OLD_COLUMNS = 36
PORTION = 2_000
OFFICE = "政务公开办"
REPLIED_AFTER, ACCEPTED_AFTER = 9, 1  # days from the receipt
OUTCOMES = ("disclosed",) * 3 + ("partly", "unable_not_held", "refused_internal")


def add_catalogue(past: PastYear) -> None:
    """Columns of earlier years, a third of them of a key area; new ones; and their items."""
    areas = past.session.scalars(select(KeyArea).order_by(KeyArea.id)).all()
    old = [
        CatalogueColumn(
            code=f"{past.year}A{place + 1:02d}", name=f"{past.matter(place)}信息",
            unit=past.unit(place),
            valid_from=date(past.year - 3, 1, 1), cadence=Cadence.MONTHLY,
            key_area=areas[place % len(areas)] if place % 3 == 0 else None,
        )
        for place in range(OLD_COLUMNS)
    ]  # fmt: skip
    new = [
        CatalogueColumn(
            code=f"{past.year}B{place + 1:02d}", name=name, unit=past.unit(place),
            valid_from=past.day(place, len(past.totals["columns"])), cadence=Cadence.IRREGULAR,
        )
        for place, name in enumerate(past.totals["columns"])
    ]  # fmt: skip
    past.session.add_all([*old, *new])
    past.session.flush()
    in_areas = [column for column in old if column.key_area]
    others = [column for column in old if not column.key_area]
    key = past.totals["key_area_publications"]
    _add_items(past, in_areas, 0, key)
    _add_items(past, others, key, past.totals["publications"])


def _add_items(past: PastYear, columns: list[CatalogueColumn], first: int, after: int) -> None:
    rows = [
        {
            "column_id": columns[place % len(columns)].id,
            "title": f"{columns[place % len(columns)].name}（第{place + 1}号）",
            "published_on": past.day(place - first, after - first),
            "index_number": f"{past.year}-{place + 1:06d}",
            "way": Way.IMPORT,
            "registered_at": past.moment(place - first, after - first),
        }
        for place in range(first, after)
    ]
    for begin in range(0, len(rows), PORTION):
        past.session.execute(insert(Publication), rows[begin : begin + PORTION])


def add_applications(past: PastYear) -> None:
    """Each with the clocks that it had, replied to in time."""
    outcomes = {one.code: one for one in past.session.scalars(select(Outcome))}
    ground = clocks.read_ground(past.session, past.zone)
    for place in range(past.totals["applications"]):
        one = _application(past, place, ground)
        one.outcome = outcomes[OUTCOMES[place % len(OUTCOMES)]]
        past.session.add(one)


def _application(past: PastYear, place: int, ground: Ground) -> Application:
    total = past.totals["applications"] + 6
    received, person = past.day(place, total), place % 5 != 0
    facts = ApplicationFacts(
        received_on=received, way=ApplicationWay.INTERNET, basis=Basis.CONFIRMED,
        applicant_kind=ApplicantKind.PERSON if person else ApplicantKind.BUSINESS,
        applicant_name=f"申请人{place + 1}", content=f"申请公开{past.matter(place)}文件",
    )  # fmt: skip
    attempt = Attempt(replace(CONSOLE, name=OFFICE), past.moment(place, total))
    one = registering.new_application(facts, place + 1, attempt)
    note = registering.start_note(facts.way, facts.basis)
    for kind, days in ((ClockKind.REPLY, REPLIED_AFTER), (ClockKind.CORRECTION, ACCEPTED_AFTER)):
        clocks.started(one, kind, ground.rules[kind], received, past.zone, note)
        clocks.stop(one, kind, received + timedelta(days=days), past.zone)
    clocks.reckon_all(one, ground)
    one.state, one.reply_text = ApplicationState.ARCHIVED, "已书面答复。"
    one.reply_number = f"江公开复〔{past.year}〕{place + 1}号"
    one.closed_on = received + timedelta(days=REPLIED_AFTER)
    return one
