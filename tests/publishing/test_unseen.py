"""What turns or hides text is not kept in anything that citizens read."""

from __future__ import annotations

from responder.accounts import service as accounts
from responder.core.database import db, transaction
from responder.core.permissions import CONSOLE
from responder.publishing.packages import columns
from tests.factories import NOW
from tests.planning import factories as planned
from tests.publishing.factories import CORRECTED, corrected_texts, propose, published
from tests.publishing.packages import factories as packages
from tests.responses.factories import ANSWER

TURNED = "\u202e反\u2066转\u200f的\u202c"
KEPT = "反转的"


def test_no_public_text_is_kept_turned(client, people) -> None:
    entry = published(title=TURNED, concern=TURNED, concern_source=TURNED, text=f"{ANSWER}{TURNED}")
    assert [entry.title, entry.concern, entry.concern_source] == [KEPT] * 3
    assert entry.answer == f"{ANSWER}{KEPT}"
    changed = corrected_texts(entry, title=TURNED, answer=f"{CORRECTED}{TURNED}", concern=TURNED)
    change = propose(entry, texts=changed, note=TURNED)
    assert (change.title, change.answer, change.note) == (KEPT, f"{CORRECTED}{KEPT}", KEPT)
    package = packages.proposed(title=TURNED, issuer=TURNED, body=TURNED)
    packages.written(package, title=TURNED, author=TURNED, body=TURNED)
    part = package.materials[0]
    texts = [package.title, package.issuer, package.body, part.title, part.author, part.body]
    assert texts == [KEPT] * 6
    assert planned.entry(theme=TURNED).theme == KEPT
    with transaction(CONSOLE, NOW) as session:
        column = columns.save_column(session, None, TURNED, 9, True)
        unit = accounts.add_unit(session, "fz", TURNED, TURNED, TURNED)
    assert [column.name, unit.name, unit.short_name, unit.matters] == [KEPT] * 4
    db.session.rollback()
    people.sign_in(client, people.press_officer)
    file = packages.attached(package, name=f"公文{TURNED}.pdf")
    assert file.name == f"公文{KEPT}.pdf"
