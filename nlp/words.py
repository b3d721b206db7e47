"""The word lists that ship with the package, and which tokens carry content."""

import re
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files

# Punctuation alone, or a number alone: 2019, 3.5, 10%, 三十.
_EMPTY_TOKEN = re.compile(r"[\W_]+|[\d.,:%\-+/]+|[〇零一二两三四五六七八九十百千万亿]+")


def read_list(name: str) -> tuple[str, ...]:
    """Return the words of a list under `data`, comments and blank lines left out."""
    lines = files("nlp").joinpath("data", name).read_text(encoding="utf-8").splitlines()
    return tuple(line.strip() for line in lines if line.strip() and not line.startswith("#"))


@lru_cache(maxsize=1)
def stop_words() -> frozenset[str]:
    """Return the words that say nothing about place or matter (`data/stopwords.txt`)."""
    return frozenset(read_list("stopwords.txt"))


@lru_cache(maxsize=1)
def default_user_words() -> tuple[str, ...]:
    """Return the words of government and city life shipped here (`data/user_words.txt`)."""
    return read_list("user_words.txt")


@lru_cache(maxsize=1 << 16)
def is_content(token: str) -> bool:
    """Tell whether a token says something: no stop word, punctuation or lone number."""
    return token not in stop_words() and not _EMPTY_TOKEN.fullmatch(token)


def content_words(tokens: Iterable[str]) -> list[str]:
    """Return the tokens that carry content, in their order, Latin letters in lower case."""
    return [token.lower() for token in tokens if is_content(token)]
