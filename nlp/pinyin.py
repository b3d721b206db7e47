"""How a name is typed without an input method: its initials, its syllables."""

import re
from typing import NamedTuple

from pypinyin import Style, lazy_pinyin

_HAN_NAME = re.compile(r"[\u4e00-\u9fff]{2,16}")


class Typed(NamedTuple):
    """魅力之城: ``mlzc`` and ``meilizhicheng``."""

    initials: str
    syllables: str


def typed(name: str) -> Typed | None:
    """Return how a name of 2 to 16 Han characters is typed; None for any other text."""
    if not _HAN_NAME.fullmatch(name):
        return None
    syllables = lazy_pinyin(name, style=Style.NORMAL, v_to_u=False)
    return Typed("".join(one[0] for one in syllables), "".join(syllables))
