"""A view that is kept names nobody, whichever list it is of."""

from __future__ import annotations

from sqlalchemy import select

from responder.accounts.saved_views.models import SavedView
from responder.core.permissions import Permission, Role
from responder.web.listing import Asker, Text
from responder.web.listing.views import LISTS
from tests.factories import NOW

PHONE = "路灯 13812345678"


def test_what_names_somebody_is_kept_of_no_list(app, client, people, session, monkeypatch) -> None:
    person = people.holding(Role.ADMINISTRATOR)
    monkeypatch.setattr("responder.core.permissions.ROLE_PERMISSIONS", _everything())
    asker = Asker(session, person.actor, NOW, app.extensions["settings"].zone)
    with app.test_request_context():
        texts = [
            (code, one.name)
            for code, known in app.extensions[LISTS].items()
            for one in known.listing.filters(asker)
            if isinstance(one, Text) and one.reads is str
        ]
    assert len(texts) >= 8
    people.sign_in(client, person)
    for code, name in texts:
        asked = {name: PHONE, "view-name": "路灯"}
        answer = client.post(f"/lists/{code}/views", data=asked, follow_redirects=True)
        assert "条件里有个人信息" in answer.text, code
        assert "把现在的样子存为常用" not in answer.text, code
    named = {"q": "路灯", "view-name": PHONE}
    answer = client.post("/lists/messages/views", data=named, follow_redirects=True)
    assert "名称里有个人信息" in answer.text
    assert session.scalars(select(SavedView)).all() == []
    client.post("/lists/messages/views", data=named | {"view-name": "路灯"})
    assert session.scalars(select(SavedView)).one().address == "q=%E8%B7%AF%E7%81%AF"


def _everything() -> dict[Role, frozenset[Permission]]:
    return {role: frozenset(Permission) for role in Role}
