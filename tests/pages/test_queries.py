"""However many rows there are, a page asks the database equally often."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sqlalchemy import event

from responder.core.database import db
from tests.pages.conftest import Readers
from tools import many, pages

# Today asks about fewer kinds of things once a list is full of one: never about more.


def queries(app, enough: Mapping[str, int] = MappingProxyType({})) -> dict[str, int]:
    """Page → how many statements it takes.

    A page that takes more than ``enough`` is opened a second time: caches are filled then.
    """
    readers, said, counts = Readers(app), [], {}
    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", lambda *given: said.append(given[2]))
    for page in pages.pages(app):
        name = f"{page.who}: {page.name}"
        for _opened in range(2):
            said.clear()
            answer = readers.get(page)
            if len(said) <= enough.get(name, -1):
                break
        if answer.status_code == 200:
            counts[name] = len(said)
    return counts


def test_queries_do_not_grow_with_the_rows(opened) -> None:
    few = queries(opened())
    more = queries(opened(lambda folder: many.multiply(folder, lambda _table: 3)), enough=few)
    grown = {name: (few[name], n) for name, n in more.items() if n > few[name]}
    assert len(more) > 240
    assert grown == {}
