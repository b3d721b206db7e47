"""An office's own look of the public column: by settings, here and in the export."""

from __future__ import annotations

import re

import pytest

from responder import create_app
from responder.core import colours
from responder.core.database import db
from responder.core.errors import SettingsError
from responder.publishing import exporting, front
from responder.settings import Settings, load_settings
from tests.publishing.factories import published
from tests.responses.pages import strict

CREST = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><circle r="4"/></svg>'
RED = "#9a2b23"


@pytest.fixture
def themed(app, tmp_path):
    """The application with an office's settings; yields them."""
    (tmp_path / "crest.svg").write_text(CREST)
    plain = app.extensions["settings"]
    app.extensions["settings"] = plain.model_copy(
        update={
            "state_dir": tmp_path, "public_accent": RED, "public_logo": "crest.svg",
            "public_name": "江澜市人民政府", "public_footer": "主办：新闻办 | 备案号：0000",
        }
    )  # fmt: skip
    yield app.extensions["settings"]
    app.extensions["settings"] = plain


def test_the_column_wears_the_offices_colour_crest_name_and_lines(themed, client):
    entry = published()
    for path in ("/concerns", f"/concerns/{entry.id}", "/interpretations"):
        page = client.get(path).text
        strict(page)
        assert "江澜市人民政府</a>" in page
        assert "<p>备案号：0000</p>" in page
        assert "bootstrap" not in page
    assert f"--office-accent: {RED};" in client.get("/concerns/theme.css").text
    with client.get("/concerns/logo") as answer:
        assert (answer.mimetype, answer.text) == ("image/svg+xml", CREST)
        assert answer.headers["Content-Security-Policy"] == front.LOGO_POLICY  # nothing acts


def test_an_export_wears_them_too(themed, tmp_path):
    published()
    folder = tmp_path / "column"
    exporting.export(db.session, folder, "https://www.example.gov.cn/", themed)
    page = (folder / "index.html").read_text("utf-8")
    linked = set(re.findall(r'(?:href|src)="([\w.]+\.(?:css|svg))"', page))
    assert linked == {*front.STYLES, "theme.css", "logo.svg"}
    assert all((folder / name).exists() for name in linked)


def test_every_colour_of_a_theme_is_read_well():
    words = front.theme("#767676")  # as light as one may be
    dark = colours.parse(re.search(r"dark-accent: (#\w+)", words)[1])
    assert colours.contrast(dark, front.DARK_PAPER) >= front.READABLE


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("ACCENT", "#ffcc00", "反差只有 1.5"),
        ("ACCENT", "red", "不是颜色"),
        ("LOGO", "../../etc/passwd", "不能用作徽标"),
        ("LOGO", "absent.png", "没有"),
        ("LOGO", "words.png", "不是图片"),
    ],
)
def test_a_setting_that_cannot_be_worn_stops_the_start(name, value, says, tmp_path, monkeypatch):
    (tmp_path / "words.png").write_text("no picture")
    monkeypatch.setenv("RESPONDER_STATE_DIR", str(tmp_path))
    monkeypatch.setenv(f"RESPONDER_PUBLIC_{name}", value)
    with pytest.raises(SettingsError, match=says):
        create_app(load_settings())


def test_without_settings_nothing_is_themed(client):
    assert Settings.model_fields["public_accent"].default == ""
    assert client.get("/concerns/theme.css").status_code == 404
    assert client.get("/concerns/logo").status_code == 404
