"""Every visible string has its Traditional and its English form, and pages use them."""

from __future__ import annotations

import re

import pytest
from babel.messages.catalog import Catalog
from flask import Flask
from flask.testing import FlaskClient

from responder.planning.briefing.words import EXPLAINED
from responder.web.trail import kinds
from tools.translations import (
    LOCALES,
    PlainCatalog,
    compiled,
    extract,
    held,
    po_path,
    translated,
    untranslated,
)

PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]")
HAN = re.compile(r"[\u4e00-\u9fff]")
PAGES = {
    ("en", "/sign-in"): "Sign in to ",
    ("en", "/concerns"): "Responses to concerns",
    ("zh_Hant", "/sign-in"): "登錄",
    ("zh_Hant", "/concerns"): "回應關切",
}


@pytest.fixture(scope="module")
def source() -> Catalog:
    """Every visible string of the source; read, never written to."""
    return extract()


def _catalog(locale: str) -> PlainCatalog:
    """What the .po file holds, and nothing else."""
    catalog = PlainCatalog(locale)
    for source, translation in held(locale).items():
        catalog.add(source, translation)
    return catalog


def _pairs(locale: str) -> list[tuple[str, str]]:
    """Each text beside its translation; of a plural, each form beside the source's last."""
    pairs: list[tuple[str, str]] = []
    for source, translation in held(locale).items():
        forms = translation if isinstance(translation, tuple) else (translation,)
        last = source if isinstance(source, str) else source[-1]
        pairs += [(last, form) for form in forms]
    return pairs


@pytest.mark.parametrize("locale", LOCALES)
def test_each_string_of_the_source_is_translated(locale: str, source: Catalog) -> None:
    missing = untranslated(translated(locale, source))
    stale = held(locale).keys() ^ {message.id for message in source if message.id}
    assert (missing, stale) == ([], set()), "run: make translations"


def test_traditional_is_what_the_converter_gives(source: Catalog) -> None:
    fresh = {m.id: m.string for m in translated("zh_Hant", source) if m.id}
    assert held("zh_Hant") == fresh, "run: make translations"


def test_english_holds_no_chinese() -> None:
    placeholders = set(EXPLAINED.values())  # a template's names are Chinese in every language
    chinese = {source for source, text in _pairs("en") if HAN.search(text)}
    assert chinese - placeholders == set()


@pytest.mark.parametrize("locale", LOCALES)
def test_placeholders_agree(locale: str) -> None:
    wrong = [
        (source, text)
        for source, text in _pairs(locale)
        if sorted(PLACEHOLDER.findall(source)) != sorted(PLACEHOLDER.findall(text))
    ]
    assert wrong == []


@pytest.mark.parametrize("locale", LOCALES)
def test_no_percent_sign_stands_alone(locale: str) -> None:
    # Templates treat every string as a format, also one without placeholders.
    lone = [text for _source, text in _pairs(locale) if "%" in PLACEHOLDER.sub("", text)]
    assert lone == []


@pytest.mark.parametrize("locale", LOCALES)
def test_the_compiled_file_is_that_of_the_text_file(locale: str) -> None:
    assert po_path(locale).with_suffix(".mo").read_bytes() == compiled(_catalog(locale))


def test_the_words_of_the_audit_trail_are_translated(app: Flask) -> None:
    words = {word for kind in kinds().values() for word in (kind.label, *kind.deeds.values())}
    for locale in LOCALES:
        assert words - held(locale).keys() == set()


@pytest.mark.parametrize(("language", "path"), PAGES)
def test_a_page_speaks_the_chosen_language(client: FlaskClient, language: str, path: str) -> None:
    switched = client.post("/language", data={"language": language, "next": path})
    assert switched.location == path
    page = client.get(path).get_data(as_text=True)
    heading = re.search(r"<h1[^>]*>(.*?)</h1>", page, re.S)
    assert heading is not None
    assert heading[1].strip().startswith(PAGES[language, path])
    assert f'<html lang="{language.replace("_", "-")}">' in page


def test_an_unknown_language_changes_nothing(client: FlaskClient) -> None:
    client.post("/language", data={"language": "en"})
    client.post("/language", data={"language": "tlh"})
    assert '<html lang="en">' in client.get("/sign-in").get_data(as_text=True)
