"""The rooms as people see them: theirs alone, the one they are in marked, each page in one."""

from __future__ import annotations

import re

from responder.core.permissions import Role
from responder.web.access import declared_access
from responder.web.navigation import PERSONAL, room_of, rooms


def test_every_page_of_the_desk_belongs_to_a_room(app) -> None:
    homeless = {
        endpoint
        for endpoint in app.view_functions
        if isinstance(declared_access(app, endpoint), frozenset)
        and endpoint.split(".")[0] not in PERSONAL
        and room_of(endpoint) is None
    }
    assert homeless == set()
    assert {room.endpoint for room in rooms()} <= app.view_functions.keys()


def test_a_room_is_shown_to_whom_it_opens_and_marked_where_one_is(client, people) -> None:
    people.sign_in(client, people.holding(Role.LIAISON))
    page = client.get("/unit-materials").text
    menu = page[page.index('<nav class="rooms"') : page.index("</nav>")]
    assert re.findall(r"<a [^>]*aria-current[^>]*>([^<]+)</a>", menu) == ["单位材料"]
    assert "来电" not in menu
    assert client.get("/preferences").text.count('aria-current="page"') == 2  # name and tab
