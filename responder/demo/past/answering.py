"""Press events, published responses, policy documents with their interpretations."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from responder.demo.past import PastYear
from responder.planning.models import EventState, Form, PressEvent
from responder.publishing.models import Entry
from responder.publishing.packages.models import (
    Duty,
    InterpretationColumn,
    Level,
    PackageState,
    PolicyPackage,
)
from responder.publishing.packages.released import Interpretation, PolicyDocument
from responder.responses.models import ItemState, ResponseItem


def add_press_events(past: PastYear) -> None:
    forms = [Form.CONFERENCE] * past.totals["press_conferences"]
    forms += [Form.BRIEFING] * past.totals["press_briefings"]
    for place, form in enumerate(forms):
        past.session.add(
            PressEvent(
                theme=f"{past.matter(place)}工作进展", form=form, unit=past.unit(place),
                starts_at=past.moment(place, len(forms)), place="市政府新闻发布厅",
                state=EventState.EVALUATED, evaluation="按计划举行。",
            )
        )  # fmt: skip


def add_responses(past: PastYear) -> None:
    total = past.totals["responses"]
    for place in range(total):
        published = past.moment(place, total, 16)
        found = published - timedelta(hours=30)
        matter, unit = past.matter(place), past.unit(place)
        concern = f"市民询问{matter}的办理进展和时间安排。"
        answer = f"{matter}按计划推进，进展在门户网站每周公布。如有疑问请拨打 12345。"
        item = ResponseItem(
            title=f"关于{matter}的回应", concern=concern, concern_source="市长热线",
            answer=answer, state=ItemState.ARCHIVED, unit=unit, found_at=found, opened_at=found,
        )  # fmt: skip
        past.session.add(
            Entry(
                item=item, index_number=f"{past.year}-HY-{place + 1:04d}", title=item.title,
                concern=concern, concern_source="市长热线", unit_name=unit.name, answer=answer,
                publisher=past.publisher, published_at=published,
            )
        )  # fmt: skip


def add_packages(past: PastYear) -> None:
    """Each document with its interpretations, which are dealt out evenly."""
    columns = past.session.scalars(
        select(InterpretationColumn).order_by(InterpretationColumn.position)
    ).all()
    total, interpretations = past.totals["packages"], past.totals["interpretations"]
    for place in range(total):
        released, unit = past.moment(place, total, 9), past.unit(place)
        title = f"关于加强{past.matter(place)}管理的实施意见"
        package = PolicyPackage(
            state=PackageState.RELEASED, title=title, issuer="市政府办公室", unit=unit,
            level=Level.OFFICE, planned_on=released.date(), duty=Duty.TOGETHER, body=title,
            created_at=released - timedelta(days=20), released_at=released,
        )  # fmt: skip
        document = PolicyDocument(
            package=package, index_number=f"{past.year}-WJ-{place + 1:04d}", title=title,
            document_number=f"政办〔{past.year}〕{place + 1}号", issuer="市政府办公室",
            unit_name=unit.name, body=title, publisher=past.publisher, published_at=released,
        )  # fmt: skip
        past.session.add(document)
        past.session.flush()
        for number in range(place, interpretations, total):
            column = columns[number // total % len(columns)]
            past.session.add(
                Interpretation(
                    package_id=package.id, document=document, column_id=column.id,
                    column_name=column.name, index_number=f"{past.year}-JD-{number + 1:04d}",
                    title=f"{column.name}：{title}", author=unit.name, body=title,
                    publisher=past.publisher, published_at=released,
                )
            )  # fmt: skip
