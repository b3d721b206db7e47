"""Bring texts into one script, one width and one kind of white space.

The caller keeps the original: what is returned here is for counting and comparing,
never for showing as the citizen's own words.
"""

import re
import unicodedata
from functools import lru_cache

from opencc import OpenCC

_FIRST_HAN, _LAST_HAN = 0x3400, 0x9FFF

# Characters that t2s changes only inside certain words (瞭解 → 了解), so that converting
# them alone does not reveal them. Found by sending both scripts of jieba's dictionary
# through OpenCC 1.4.
_CHANGED_WITHIN_WORDS = frozenset("藉甦沈瞭哩坏覆著")

# Full-width forms that are folded. Chinese punctuation (，。！？：；（）) is full-width by
# right and stays, for headlines are cut from the normalised text.
_FULL_WIDTH = "０-９Ａ-Ｚａ-ｚ％＃＠＋－＝．／＆＊＿～＄"
_COMPATIBILITY_HAN = "\u2e80-\u2fdf\uf900-\ufaff"
_TO_FOLD = re.compile(f"[{_FULL_WIDTH}{_COMPATIBILITY_HAN}]")
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffd]")
# Blanks first, or a thousand of them would be gone over a thousand times.
_SPACES = re.compile(r"[^\S\n\r\u2028\u2029]+")
_LINE_BREAKS = re.compile(r" ?[\n\r\u2028\u2029]\s*")
_OTHER_SPACES = "\t\r\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
# Whatever is changed in any script.
_CHANGED = "".join(one.pattern[1:-1] for one in (_INVISIBLE, _CONTROL, _TO_FOLD)) + _OTHER_SPACES
_UNTIDY = re.compile(f"[{_CHANGED}]")


@lru_cache(maxsize=1)
def _converter() -> OpenCC:
    """Return the one converter; building it reads dictionaries from disk."""
    return OpenCC("t2s")


@lru_cache(maxsize=1)
def _traditional_characters() -> str:
    """Return the characters whose presence makes a conversion worth while, each once."""
    characters = [chr(code) for code in range(_FIRST_HAN, _LAST_HAN + 1)]
    converted = _converter().convert("\n".join(characters)).split("\n")
    changed = {old for old, new in zip(characters, converted, strict=True) if old != new}
    return "".join(sorted(_CHANGED_WITHIN_WORDS | changed))


@lru_cache(maxsize=1)
def _traditional() -> re.Pattern[str]:
    return re.compile(f"[{_traditional_characters()}]")


@lru_cache(maxsize=1)
def _touched() -> re.Pattern[str]:
    """Return what finds the first character that `normalise` may change, blanks apart."""
    return re.compile(f"[{_CHANGED}{_traditional_characters()}]")


def _is_tidy(text: str, changed: re.Pattern[str]) -> bool:
    """Tell, quickly, that a text has no blank to drop and no character of `changed`."""
    tidy = "  " not in text and "\n" not in text and text.strip() == text
    return tidy and not changed.search(text)


def to_simplified(text: str) -> str:
    """Return `text` in Simplified script (OpenCC `t2s`; terms are not replaced).

    A text without a single Traditional character comes back as it is, which is the
    usual case and twenty times as fast as asking the converter.
    """
    if not _traditional().search(text):
        return text
    return str(_converter().convert(text))


@lru_cache(maxsize=1)
def _to_traditional() -> OpenCC:
    return OpenCC("s2t")


def scripts(text: str) -> tuple[str, ...]:
    """Return `text` as it is, in Simplified and in Traditional script, without repeats.

    Records keep the script that they came in, so a search asks for each of these.
    """
    simplified = to_simplified(text)
    return tuple(dict.fromkeys((text, simplified, str(_to_traditional().convert(simplified)))))


def _fold(match: re.Match[str]) -> str:
    return unicodedata.normalize("NFKC", match[0])


def normalise(text: str) -> str:
    """Return `text` in Simplified script, folded in width, with tidy white space.

    Full-width letters, digits and signs, and compatibility Han characters are folded as
    NFKC does; anything else that NFKC would rewrite (①, ㎡, ，) stays. Invisible and
    control characters go, a run of blanks becomes one space, a run of line breaks one
    line break; ends are stripped. Applying it twice changes nothing.
    """
    if _is_tidy(text, _touched()):
        return text
    if not _is_tidy(text, _UNTIDY):
        text = _INVISIBLE.sub("", text)
        text = _CONTROL.sub(" ", text)
        text = _TO_FOLD.sub(_fold, text)
        text = _LINE_BREAKS.sub("\n", _SPACES.sub(" ", text)).strip()
    return to_simplified(text)
