"""The list of imports: by what it is restricted."""

from __future__ import annotations

import csv
from datetime import timedelta
from io import StringIO

import pytest

from responder.core.database import transaction
from responder.core.permissions import CONSOLE
from responder.intake.imports.declared import STATE_LABELS, state_of
from responder.intake.models import BatchState, Channel, ImportBatch
from tests.factories import NOW
from tests.responses.pages import strict

STANDS = {
    "done": {"finished_at": NOW},
    "open": {},
    "undoing": {"finished_at": NOW, "undo_asked_at": NOW, "undo_problem": "x"},
    "blocked": {"finished_at": NOW, "undo_problem": "有人在用"},
    "undone": {"finished_at": NOW, "undo_asked_at": NOW, "undone_at": NOW, "undo_problem": "x"},
}


def files(client, asked: str) -> list[str]:
    with client.get(f"/imports/list.csv?{asked}") as answer:
        text = answer.data.decode("utf-8-sig")
    return [row[0] for row in csv.reader(StringIO(text))][1:]


@pytest.fixture
def batches(app) -> None:
    """One of each state, an hour apart, the last from another channel."""
    with transaction(CONSOLE) as session:
        for number, (state, facts) in enumerate(STANDS.items()):
            batch = ImportBatch(
                file_name=f"{state}_热线.xlsx", file_digest=state, mapping="default",
                channel=Channel.MAILBOX if number == 4 else Channel.HOTLINE,
                state=BatchState.DONE if "finished_at" in facts else BatchState.RUNNING,
                started_at=NOW + timedelta(hours=number), errors=number, **facts,
            )  # fmt: skip
            session.add(batch)
            session.flush()
            assert state_of(batch) == state


def test_imports_are_found_by_file_channel_state_and_day(client, people, batches) -> None:
    people.sign_in(client, people.monitor)
    assert set(STANDS) == set(STATE_LABELS)
    for state in STANDS:
        assert files(client, f"state={state}") == [f"{state}_热线.xlsx"]
        page = client.get(f"/imports?state={state}").text
        strict(page)
        assert page.count("_热线.xlsx</a>") == 1
        assert f">{STATE_LABELS[state]}</span>" in page
    assert files(client, "channel=mailbox") == ["undone_热线.xlsx"]
    assert files(client, "q=DONE_") == ["undone_热线.xlsx", "done_热线.xlsx"]
    assert files(client, "q=%25") == []
    assert files(client, "sort=-errors")[0] == "undone_热线.xlsx"
    assert files(client, "to=2026-11-19") == []
    assert len(files(client, "from=2026-11-20&to=2026-11-20")) == 5
