"""A sentence that counts has the form of its number, in code and in templates alike."""

from __future__ import annotations

import pytest
from flask import Flask, render_template_string
from flask_babel import force_locale, gettext

from responder import create_app
from responder.settings import Settings

SENTENCE = "共 %(count)s 场"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return create_app(Settings(state_dir=tmp_path_factory.mktemp("state"), secret_key="for-tests"))


@pytest.mark.parametrize(
    ("language", "count", "said"),
    [
        ("en", 1, "1 event"),
        ("en", 0, "0 events"),
        ("en", 12, "12 events"),
        ("en", 1.5, "1.5 events"),
        ("zh_Hans", 1, "共 1 场"),
        ("zh_Hans", 12, "共 12 场"),
        ("zh_Hant", 1, "共 1 場"),
        ("zh_Hant", 12, "共 12 場"),
    ],
)
def test_a_count_decides_the_form(app: Flask, language: str, count: float, said: str) -> None:
    with app.test_request_context(), force_locale(language):
        template = "{{ _('" + SENTENCE + "', count=count) }}"
        assert gettext(SENTENCE, count=count) == said
        assert render_template_string(template, count=count) == said


def test_what_somebody_wrote_stays_text_beside_a_count(app: Flask) -> None:
    template = "{{ _('“%(word)s”%(count)s 条', word=word, count=1) }}"
    with app.test_request_context(), force_locale("en"):
        assert "&lt;b&gt;100%&lt;/b&gt;" in render_template_string(template, word="<b>100%</b>")
