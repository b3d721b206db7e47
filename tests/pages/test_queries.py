"""However many rows there are, a page asks the database equally often."""

from __future__ import annotations

from sqlalchemy import event

from responder.core.database import db
from tests.pages.conftest import Readers
from tools import many, pages

# Today asks about fewer kinds of things once a list is full of one: never about more.


class Asked:
    """The pages of an installation, and how many statements each takes."""

    def __init__(self, app) -> None:
        self._readers, self._said = Readers(app), []
        self.pages = {f"{page.who}: {page.name}": page for page in pages.pages(app)}
        with app.app_context():
            event.listen(db.engine, "before_cursor_execute", self._hear)

    def count(self, name: str) -> int | None:
        """The statements of a page that is opened now; None where it is refused."""
        self._said.clear()
        answer = self._readers.get(self.pages[name])
        return len(self._said) if answer.status_code == 200 else None

    def _hear(self, *given: object) -> None:
        self._said.append(given[2])


def test_queries_do_not_grow_with_the_rows(opened) -> None:
    few, more = Asked(opened()), Asked(opened(lambda at: many.multiply(at, lambda _table: 3)))
    counted, grown = 0, {}
    for name in more.pages:
        counts = few.count(name), more.count(name)
        if counts[0] != counts[1]:  # then once more: caches are filled now
            counts = few.count(name), more.count(name)
        if None in counts:
            continue
        counted += 1
        if counts[0] < counts[1]:
            grown[name] = counts
    assert counted > 240
    assert grown == {}
