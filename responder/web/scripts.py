"""Chinese in either script: Simplified is what is written, Traditional is made of it."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files

from flask_babel import get_locale
from markupsafe import Markup
from opencc import OpenCC

TRADITIONAL = "zh_Hant"
EXCEPTIONS = "translations/zh_Hant.toml"


@lru_cache(maxsize=1)
def _exceptions() -> dict[str, str]:
    """What the converter gets wrong or stiff → the better word, reviewed by people."""
    text = files("responder").joinpath(EXCEPTIONS).read_text(encoding="utf-8")
    words: dict[str, str] = tomllib.loads(text)["words"]
    return words


@lru_cache(maxsize=1)
def _converter() -> OpenCC:
    return OpenCC("s2t")


def traditional(simplified: str) -> str:
    """A text in Traditional script, as official texts write it."""
    text = str(_converter().convert(simplified))
    for word, better in _exceptions().items():
        text = text.replace(word, better)
    return text


def in_script(text: str) -> str:
    """For templates: a text in the script of the language that the reader chose.

    Markup stays markup: the converter touches Han characters alone.
    """
    if str(get_locale()) != TRADITIONAL:
        return text
    converted = traditional(text)
    was_markup = isinstance(text, Markup)
    return Markup(converted) if was_markup else converted  # noqa: S704 - it was  # nosec B704
