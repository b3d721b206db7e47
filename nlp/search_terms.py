"""Texts as a search index holds them: one script, one width, one case, in pairs of characters.

Chinese is written without blanks, and a dictionary never has the name of the newest estate.
So the index does not hold words but every two characters that stand side by side: whatever
part of a text somebody types, its pairs are there. Words are for ranking (`query_words`).
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise

import numpy as np
from numpy.typing import NDArray

from nlp.normalise import to_simplified
from nlp.segment import default_segmenter
from nlp.words import is_content

Codes = NDArray[np.uint32]

# Characters that to_simplified changes only inside certain words. An index reads characters
# one by one (a search may begin in the middle of any word), so these pairs count as one.
_SAME = dict(zip("藉甦沈瞭哩坏覆著", "借苏沉了里坯复着", strict=True))

_UNKNOWN, _GONE, _BLANK = 0, 1, ord(" ")
_ENCODING = "utf-32-le"
_COVERED = re.compile(rb"\x01+")


class _Folding:
    """What each character becomes; learned when a character is first met."""

    def __init__(self) -> None:
        self.table = np.zeros(0x110000, np.uint32)

    def __call__(self, codes: Codes) -> Codes:
        folded = self.table[codes]
        unknown = folded == _UNKNOWN
        if unknown.any():
            for code in np.unique(codes[unknown]).tolist():
                self.table[code] = _folded(chr(code))
            folded = self.table[codes]
        return folded


_folding = _Folding()


def _folded(char: str) -> int:
    if unicodedata.category(char) in ("Cf", "Mn", "Me"):
        return _GONE
    plain = unicodedata.normalize("NFKC", char)
    plain = plain if len(plain) == 1 else char
    plain = to_simplified(plain)[0].lower()[0]
    return ord(_SAME.get(plain, plain)) if plain.isalnum() else _BLANK


def fold(texts: Sequence[str]) -> list[str]:
    """Return the texts with letters, digits and Han characters alone; one blank for all between.

    Traditional becomes Simplified character by character, full width half, capitals small;
    invisible characters go. A part of a text folds to the part of the folded text.
    """
    codes = _codes("".join(texts))
    folded = _folding(codes)
    ends = [0, *accumulate(map(len, texts))]
    stays = folded != _GONE
    blank = folded == _BLANK
    stays[1:] &= ~(blank[1:] & blank[:-1])
    if not stays.all():
        before = np.concatenate([[0], np.cumsum(stays)])
        folded, ends = folded[stays], before[ends].tolist()
    text = _text(folded)
    return [text[start:end].strip() for start, end in pairwise(ends)]


def pairs(folded: Sequence[str]) -> list[str]:
    """Return the pairs of neighbouring characters of each folded text, with blanks between.

    魅力之城 3期 → 魅力 力之 之城 城 3 3期 期: a character at an end also stands alone, so
    that every character begins some pair.
    """
    if not folded:
        return []
    codes = _codes("".join([text + " " for text in folded]))
    triples = np.full((codes.size, 3), _BLANK, np.uint32)
    triples[:, 0] = codes
    triples[:-1, 1] = codes[1:]
    text = _text(triples.reshape(-1))
    ends = [0, *accumulate(3 * len(one) + 3 for one in folded)]
    return [text[start : end - 3] for start, end in pairwise(ends)]


def _codes(text: str) -> Codes:
    return np.frombuffer(text.encode(_ENCODING, "surrogatepass"), np.uint32)


def _text(codes: Codes) -> str:
    return codes.astype("<u4").tobytes().decode(_ENCODING)


def query_words(folded: str) -> list[str]:
    """Return the words of a folded text that say something, each once, in their order.

    Words of one character are joined to the one before (停 水 → 停水), for alone they stand
    in every second message.
    """
    words: list[str] = []
    for run in folded.split():
        words += _joined(default_segmenter().cut(run))
    return list(dict.fromkeys(words))


def _joined(tokens: Iterable[str]) -> list[str]:
    words: list[str] = []
    single = ""
    for token in tokens:
        if not is_content(token) or len(token) > 1:
            words += [single] if len(single) > 1 else []
            single = ""
            words += [token] if is_content(token) else []
        else:
            single += token
    return words + ([single] if len(single) > 1 else [])


def spans(text: str, terms: Iterable[str]) -> list[tuple[int, int]]:
    """Return where in a text folded terms stand: [start, end) of the text as it came.

    In order and never overlapping; what touches is one.
    """
    codes = _folding(_codes(text))
    stays = codes != _GONE
    blank = codes == _BLANK
    stays[1:] &= ~(blank[1:] & blank[:-1])
    places = np.flatnonzero(stays).tolist()
    folded = _text(codes[stays])
    covered = bytearray(len(text))
    for term in terms:
        start = folded.find(term) if term else -1
        while start >= 0:
            first, past = places[start], places[start + len(term) - 1] + 1
            covered[first:past] = b"\1" * (past - first)
            start = folded.find(term, start + 1)
    return [match.span() for match in _COVERED.finditer(covered)]
