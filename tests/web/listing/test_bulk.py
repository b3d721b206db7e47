"""Steps for many rows are taken by whoever may take them, whatever their page is open to."""

from __future__ import annotations

from flask import url_for

from responder.core.permissions import Role
from responder.web.listing.views import LISTS


def test_of_each_list_only_who_may_takes_a_step_with_many(app, client, people) -> None:
    with app.test_request_context():
        lists = {
            url_for(f"{known.endpoint}_bulk"): set(known.listing.bulk.permissions)
            for known in app.extensions[LISTS].values()
            if known.listing.bulk and known.listing.bulk.permissions and not known.listing.bulk.page
        }
    assert len(lists) > 2
    let_in: dict[str, set[Role]] = {address: set() for address in lists}
    for role in Role:
        person = people.holding(role)
        people.sign_in(client, person)
        for address, permissions in lists.items():
            answer = client.post(address)
            if answer.status_code == 200:
                let_in[address].add(role)
                assert permissions & person.actor.permissions, (role, address)
    assert all(let_in.values())
