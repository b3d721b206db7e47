"""The words of the field, each with what it means here: ``data/glossary.toml``.

Simplified and English are written there; Traditional is made of the Simplified.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from flask_babel import get_locale

from responder.web.scripts import in_script


@dataclass(frozen=True)
class Word:
    """A word and its meaning, in the language of the reader."""

    code: str
    term: str
    meaning: str


@lru_cache(maxsize=1)
def entries() -> dict[str, dict[str, str]]:
    """The file as it is: code → term, meaning, en_term, en_meaning."""
    text = files("responder").joinpath("data/glossary.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def word(term: str) -> Word:
    """The entry of a Chinese term, for the template that shows it.

    :raises KeyError: the glossary does not have it, which no page may ship with.
    """
    return _read(_codes()[term])


def all_words() -> list[Word]:
    """The whole glossary, in the order of the file: as the work flows."""
    return [_read(code) for code in entries()]


@lru_cache(maxsize=1)
def _codes() -> dict[str, str]:
    return {entry["term"]: code for code, entry in entries().items()}


def _read(code: str) -> Word:
    entry = entries()[code]
    if str(get_locale()) == "en":
        return Word(code, entry["en_term"], entry["en_meaning"])
    return Word(code, in_script(entry["term"]), in_script(entry["meaning"]))
