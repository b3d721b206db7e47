"""The way back from a click that changed much: said with the news of it, for as long as that shows.

What takes a change back is a route of its own, with its own permission and checks; here is only
the button.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import abort, flash, request, url_for

CATEGORY = "undo"
MOST_CHARACTERS = 800  # it is carried in a cookie, of which a browser keeps 4 kB


def flash_with_undo(
    message: str, endpoint: str, fields: Mapping[str, object] | None = None, **values: Any
) -> None:
    """Say what was done, with a button that takes it back, if what that needs can be carried.

    :param endpoint: the route to which the button posts ``fields``; ``values`` are of its address.
    """
    sent = {name: str(value) for name, value in (fields or {}).items()}
    if sum(map(len, sent.values())) > MOST_CHARACTERS:
        flash(message, "success")
        return
    flash({"text": message, "url": url_for(endpoint, **values), "fields": sent}, CATEGORY)  # type: ignore[arg-type]


def sent_moment() -> datetime:
    """The moment that names what is to be taken back; 400 for whatever else was sent."""
    try:
        moment = datetime.fromisoformat(request.form.get("at", ""))
    except ValueError:
        abort(400)
    return moment if moment.tzinfo else abort(400)
