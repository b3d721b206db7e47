"""``responder plan briefing``."""

from __future__ import annotations

from docx import Document

from tests.planning.briefing.factories import answered_event, message


def test_the_pack_is_written_to_a_file(app, tmp_path):
    event, of = answered_event()
    message(of, "小区地下车位为什么只售不租？")
    out = tmp_path / "背景材料.docx"
    ran = app.test_cli_runner().invoke(args=["plan", "briefing", str(event.id), "--out", str(out)])
    assert ran.exit_code == 0, ran.output
    assert "话题 1 个，群众问题 1 个" in ran.output
    assert Document(out).paragraphs[0].text == event.theme


def test_an_event_that_is_not_there_is_said_so(app, tmp_path):
    out = tmp_path / "x.docx"
    ran = app.test_cli_runner().invoke(args=["plan", "briefing", "999999", "--out", str(out)])
    assert ran.exit_code != 0
    assert not out.exists()
