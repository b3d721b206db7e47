"""What the search index costs when a message arrives, and how long a search takes.

    python -m benchmarks.search [--messages 100000] [--database-url postgresql+psycopg://…]

Made-up messages go into an empty database; seconds of indexing are of this process alone
(on PostgreSQL, whose server does half of the work, of the clock). A search is timed as it is
waited for, median and 95th percentile of many different ones. Prints one JSON object.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stdout
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import mean, median, quantiles
from typing import Any

from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from benchmarks.generated import stream
from nlp import Document
from nlp.search_terms import fold, query_words
from responder import create_app
from responder.cli import prepare_database
from responder.core.database import db, transaction
from responder.core.permissions import CONSOLE
from responder.intake.models import Message
from responder.intake.searching import find, index
from responder.settings import Settings

MESSAGES = 100_000
CHUNK = 500
CHARACTERS = 300
SEARCHES = 60
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


def measure(messages: int = MESSAGES, database_url: str = "") -> dict[str, Any]:
    """Microseconds to index a message, milliseconds to find some."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Settings(state_dir=Path(folder), database_url=database_url))
        with app.app_context(), redirect_stdout(io.StringIO()):
            prepare_database("admin", "管理员", "only for measuring 1")
            documents = _documents(messages)
            index_costs = _index(documents)
            if db.engine.dialect.name == "postgresql":
                with transaction(CONSOLE) as session:
                    session.execute(text("ANALYZE message_search"))
            figures = _searches(db.session, documents)
            db.engine.dispose()
    return {
        "database": db_name(database_url),
        "messages": messages,
        "characters": round(mean(len(title) + len(body) for title, body in documents)),
        "index_microseconds": round(index_costs * 1e6, 1),
    } | figures


def db_name(database_url: str) -> str:
    return database_url.split("+")[0].split(":")[0] or "sqlite"


def _documents(count: int) -> list[Document]:
    """Two bodies in one, so that a message has some 300 characters."""
    made = stream(2 * count).documents
    return [
        (title, body + second)
        for (title, body), (_, second) in zip(made[:count], made[count:], strict=True)
    ]


def _index(documents: Sequence[Document]) -> float:
    """Seconds to index one message, in chunks as an import does."""
    spent = 0.0
    for start in range(0, len(documents), CHUNK):
        rows = list(_rows(documents[start : start + CHUNK], start + 1))
        said = [index.Words(row["title"], row["body"], "", "", "") for row in rows]
        with transaction(CONSOLE) as session:
            session.execute(insert(Message), rows)
            clock = _clock(session)
            began = clock()
            terms = index.terms_of(said)
            index.add(session, {row["id"]: one for row, one in zip(rows, terms, strict=True)})
            spent += clock() - began
    return spent / len(documents)


def _clock(session: Session) -> Callable[[], float]:
    own = session.get_bind().dialect.name == "sqlite"
    return time.process_time if own else time.perf_counter


def _rows(documents: Sequence[Document], first: int) -> Iterator[dict[str, Any]]:
    for number, (title, body) in enumerate(documents, first):
        moment = EPOCH + timedelta(seconds=number)
        yield {
            "id": number, "channel": "mailbox", "fingerprint": str(number), "title": title[:300],
            "body": body, "author_key": str(number), "occurred_at": moment, "received_at": moment,
        }  # fmt: skip


def _searches(session: Session, documents: Sequence[Document]) -> dict[str, Any]:
    chance = random.Random(2026)
    asked = [chance.choice(documents) for _ in range(SEARCHES)]
    wholes = [title + body for title, body in asked]
    some = [" ".join(query_words(fold([whole])[0])[:10]) for whole in wholes]
    return {
        "similar_to_ten_words": _spans(lambda q: find(session, q, limit=5, any_word=True), some),
        "similar_to_a_message": _spans(lambda q: find(session, q, limit=5, any_word=True), wholes),
        "rare_words": _spans(lambda q: find(session, q, limit=30), [q[:9] for q in some]),
        "frequent_word": _spans(lambda q: find(session, q, limit=30), [w[-4:-2] for w in wholes]),
    }


def _spans(search: Callable[[str], object], queries: Sequence[str]) -> dict[str, float]:
    spans = []
    for query in queries:
        began = time.perf_counter()
        search(query)
        spans.append(time.perf_counter() - began)
    milliseconds = [span * 1000 for span in spans]
    return {
        "median_ms": round(median(milliseconds), 1),
        "p95_ms": round(quantiles(milliseconds, n=20)[-1], 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--messages", type=int, default=MESSAGES)
    parser.add_argument("--database-url", default="", help="an empty database; else SQLite")
    given = parser.parse_args()
    print(json.dumps(measure(given.messages, given.database_url), ensure_ascii=False))


if __name__ == "__main__":
    main()
