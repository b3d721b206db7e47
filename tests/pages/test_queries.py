"""However many rows there are, a page asks the database equally often."""

from __future__ import annotations

from sqlalchemy import event

from responder.core.database import db
from tests.pages.conftest import Readers
from tools import many, pages

# Today asks about fewer kinds of things once a list is full of one: never about more.


def queries(app) -> dict[str, int]:
    """Page → how many statements it takes, opened a second time: caches are filled then."""
    readers, said, counts = Readers(app), [], {}
    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", lambda *given: said.append(given[2]))
    for page in pages.pages(app):
        readers.get(page)
        said.clear()
        answer = readers.get(page)
        if answer.status_code == 200:
            counts[f"{page.who}: {page.name}"] = len(said)
    return counts


def test_queries_do_not_grow_with_the_rows(opened) -> None:
    few = queries(opened())
    more = queries(opened(lambda folder: many.multiply(folder, lambda _table: 3)))
    grown = {name: (few[name], n) for name, n in more.items() if n > few[name]}
    assert len(more) > 240
    assert grown == {}
