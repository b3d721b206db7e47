"""``responder report``: compose, list, export."""

from __future__ import annotations

import json

import pytest
from docx import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from sqlalchemy import select

from responder.core.database import db
from responder.core.errors import Invalid, NotFound
from responder.reports.documents.models import Report
from tests.reports.documents.factories import made, worried_topic


def run(app, *arguments: str):
    return app.test_cli_runner().invoke(args=["report", *arguments])


def refusal(app, *arguments: str) -> Exception:
    found = run(app, *arguments).exception
    assert found is not None
    return found


def test_a_report_is_made_and_told_as_json(app) -> None:
    done = run(app, "make", "hotline", "--month", "2026-10", "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert (told["kind"], told["state"]) == ("hotline", "draft")
    assert told["content"]["blocks"]
    assert db.session.scalars(select(Report)).one().id == told["id"]


def test_a_topic_is_named_by_its_number(app) -> None:
    topic = worried_topic()
    assert run(app, "make", "special", "--topic", str(topic.id)).exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("make", "hotline"), "--month"),
        (("make", "hotline", "--day", "2026-10-09"), "--month"),
        (("make", "hotline", "--month", "2026-10", "--topic", "3"), "--topic"),
        (("make", "hotline", "--month", "10月"), "2026-10"),
        (("make", "daily", "--day", "2026-10-01"), "不是工作日"),
    ],
)
def test_what_is_missing_or_too_much_is_told(app, arguments, sentence) -> None:
    error = refusal(app, *arguments)
    assert isinstance(error, Invalid)
    assert sentence in error.message


def test_reports_are_listed(app) -> None:
    assert "没有符合条件" in run(app, "list").output
    made()
    assert "热线月报〔2026〕1号" in run(app, "list", "--kind", "hotline").output
    told = json.loads(run(app, "list", "--year", "2026", "--json").stdout)
    assert [one["number"] for one in told["reports"]] == ["热线月报〔2026〕1号"]
    assert isinstance(refusal(app, "list", "--kind", "none"), NotFound)


def test_a_report_is_exported(app, tmp_path) -> None:
    report, out = made(), tmp_path / "月报.docx"
    assert run(app, "export", str(report.id), "-o", str(out)).exit_code == 0
    assert Document(out).paragraphs[0].text.startswith("热线月报〔2026〕1号")
    assert isinstance(refusal(app, "export", "999", "-o", str(out)), NotFound)


def test_figures_lead_to_the_desk_or_the_office_is_told_how(app, tmp_path, monkeypatch) -> None:
    def annual() -> tuple[str, set[str]]:
        out = tmp_path / "总结.docx"
        done = run(app, "annual", "--year", "2017", "-o", str(out))
        assert done.exit_code == 0, done.output
        relations = Document(out).part.rels.values()
        links = {one for one in relations if one.reltype == RELATIONSHIP_TYPE.HYPERLINK}
        return done.stderr, {one.target_ref for one in links}

    ours = app.extensions["settings"].model_copy(update={"public_url": "https://www.example.org"})
    monkeypatch.setitem(app.extensions, "settings", ours)
    told, links = annual()
    assert told.count("RESPONDER_DESK_URL") == 1
    assert not links
    desk = ours.model_copy(update={"desk_url": "https://desk.example.org/"})
    monkeypatch.setitem(app.extensions, "settings", desk)
    told, links = annual()
    assert "RESPONDER_DESK_URL" not in told
    assert links
    assert all(one.startswith("https://desk.example.org/statistics/") for one in links)
