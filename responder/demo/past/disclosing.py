"""The catalogue with its thousands of items, and the applications for disclosure."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import insert, select

from responder.demo.past import PastYear
from responder.openness.applications.models import Application, ApplicationState, Outcome
from responder.openness.applications.rules import ApplicantKind, Basis
from responder.openness.applications.rules import Way as ApplicationWay
from responder.openness.catalogue.models import CatalogueColumn, KeyArea, Publication, Way
from responder.openness.catalogue.rules import Cadence

OLD_COLUMNS = 36
PORTION = 2_000
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
    outcomes = {one.code: one for one in past.session.scalars(select(Outcome))}
    total = past.totals["applications"]
    for place in range(total):
        received = past.day(place, total + 6)
        person = place % 5 != 0
        past.session.add(
            Application(
                year=past.year, serial=place + 1, state=ApplicationState.ARCHIVED,
                received_on=received, way=ApplicationWay.INTERNET, basis=Basis.CONFIRMED,
                applicant_kind=ApplicantKind.PERSON if person else ApplicantKind.BUSINESS,
                applicant_name=f"申请人{place + 1}", content=f"申请公开{past.matter(place)}文件",
                outcome=outcomes[OUTCOMES[place % len(OUTCOMES)]],
                closed_on=received + timedelta(days=9), reply_text="已书面答复。",
                registered_at=past.moment(place, total + 6), registered_by_name="政务公开办",
                changed_at=past.moment(place, total + 6),
            )
        )  # fmt: skip
