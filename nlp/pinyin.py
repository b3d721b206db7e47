"""How a name is typed without an input method: its initials, its syllables."""

import re
from typing import NamedTuple

_HAN_NAME = re.compile(r"[\u4e00-\u9fff]{2,16}")


class Typed(NamedTuple):
    """魅力之城: ``mlzc`` and ``meilizhicheng``."""

    initials: str
    syllables: str


def typed(name: str) -> Typed | None:
    """Return how a name of 2 to 16 Han characters is typed; None for any other text."""
    if not _HAN_NAME.fullmatch(name):
        return None
    return spelt(name)


def spelt(name: str) -> Typed:
    """Return how any name is typed; what is not Han stays as it is, in lower case."""
    from pypinyin import Style, lazy_pinyin  # a third of a second to load

    syllables = [one.lower() for one in lazy_pinyin(name, style=Style.NORMAL)]
    return Typed("".join(one[:1] for one in syllables), "".join(syllables))
