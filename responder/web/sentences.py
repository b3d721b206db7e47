"""Sentences of rules and services in the reader's language.

Rules know no framework: they refuse in Chinese, with what they refuse written into the sentence
(``f"还缺{names}：请补齐"``). The catalogue holds such a sentence with places, ``%(p1)s`` for the
first (``tools/sentences.py`` reads them from the source); here a told sentence is recognised
and said again.
"""

from __future__ import annotations

import re
from functools import lru_cache

from flask_babel import get_locale, get_translations
from flask_babel import gettext as _

from responder.web.scripts import TRADITIONAL, traditional

SOURCE = "zh_Hans"
FIRST_PLACE = "%(p1)s"
PLACE = re.compile(r"%\((p\d)\)s")


def spoken(text: str) -> str:
    """For pages: a sentence of a rule, a guard or a refusal, as the reader speaks.

    What the catalogue does not have comes back as it is.
    """
    language = str(get_locale())
    if language == SOURCE or not text:
        return text
    if language == TRADITIONAL:
        return traditional(text)
    known: str = _(text) if "%" not in text else text
    return known if known != text else _said_again(text, language)


def _said_again(text: str, language: str) -> str:
    for source, pattern in _patterns(language):
        if found := pattern.fullmatch(text):
            parts = {name: _words(value) for name, value in found.groupdict().items()}
            said: str = _(source, **parts)
            return said
    return text


def _words(value: str) -> str:
    """What stands in a place: a name as it is, a word or a list of words in translation."""
    return _("、").join(spoken(one) for one in value.split("、") if one)


@lru_cache(maxsize=4)
def _patterns(language: str) -> list[tuple[str, re.Pattern[str]]]:
    """Every sentence with places, the longest first: it says most."""
    # Babel's catalogues are of the language of the request, which is this one.
    catalog = getattr(get_translations(), "_catalog", {})
    sources = [one for one in catalog if isinstance(one, str) and FIRST_PLACE in one]
    return [(one, _pattern(one)) for one in sorted(sources, key=len, reverse=True)]


def _pattern(source: str) -> re.Pattern[str]:
    pieces = PLACE.split(source)
    return re.compile(
        "".join(
            f"(?P<{piece}>.+?)" if number % 2 else re.escape(piece)
            for number, piece in enumerate(pieces)
        ),
        re.S,
    )
