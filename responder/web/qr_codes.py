"""An address as a square that a telephone's camera reads."""

from __future__ import annotations

import segno
from markupsafe import Markup


def drawn(text: str) -> Markup:
    """An SVG to stand in a page, dark on light in either colouring, as cameras want it.

    It has no style of its own, which the page's policy forbids.
    """
    svg = segno.make(text, micro=False).svg_inline(
        border=4, dark="#000", light="#fff", omitsize=True, svgclass="qr__code", lineclass=None
    )
    return Markup(svg)  # noqa: S704  # nosec B704: made here of nothing but squares
