"""Preferences stay with the person, at whichever browser; a visitor's stay in the session."""

from __future__ import annotations

import pytest
from flask_babel import refresh

from responder.accounts.preference_models import Preference
from responder.core.database import db
from responder.web.preferences import Density, Scheme, preferences, remember


def test_what_a_person_chose_holds_at_another_browser(app, people) -> None:
    editor = people.editor
    here = people.sign_in(app.test_client(), editor)
    assert "跟随系统" in here.get("/preferences").text
    chosen = {"scheme": "dark", "density": "compact", "language": "en"}
    assert here.post("/preferences", data=chosen).status_code == 302
    there = people.sign_in(app.test_client(), editor)
    refresh()  # Babel keeps the language in the application context, which a test shares
    page = there.get("/preferences").text
    assert '<html lang="en" class="compact"' in page
    row = db.session.get(Preference, editor.id)
    assert (row.scheme, row.density, row.keys) == (Scheme.DARK, Density.COMPACT, False)


def test_a_nonsense_choice_is_refused_and_changes_nothing(client, people) -> None:
    people.sign_in(client, people.editor)
    answer = client.post(
        "/preferences", data={"scheme": "neon", "density": "compact", "language": "en"}
    )
    assert answer.status_code == 422
    client.post("/scheme", data={"scheme": "neon"})
    assert db.session.get(Preference, people.editor.id) is None


@pytest.mark.parametrize("scheme", list(Scheme))
def test_colours_are_there_before_any_script_runs(client, scheme) -> None:
    client.post("/scheme", data={"scheme": scheme.value})
    page = client.get("/sign-in").text
    media = {"system": 'media="screen and (prefers-color-scheme: dark)"', "dark": 'media="screen"'}
    assert page.count("dark.css") == (0 if scheme == Scheme.LIGHT else 1)
    assert media.get(scheme.value, "") in page


def test_a_visitor_is_led_back_to_a_path_and_to_no_line_of_a_header(client) -> None:
    for asked, led in (("/concerns?q=路灯\u3000停水", "/concerns?q="), ("/x\r\nA: b", "/")):
        answer = client.post("/scheme", data={"scheme": "dark", "next": asked})
        assert answer.status_code == 302
        assert answer.location.startswith(led)
        assert "A: b" not in str(answer.headers)


def test_any_room_may_ask_and_remember(app, people) -> None:
    client = people.sign_in(app.test_client(), people.analyst)
    with client:
        client.get("/preferences")
        assert preferences().keys
        assert not preferences().tour_seen
        remember(tour_seen=True)
    with people.sign_in(app.test_client(), people.analyst) as client:
        client.get("/preferences")
        assert preferences().tour_seen


def test_a_language_that_was_never_chosen_is_the_sessions(client, people) -> None:
    people.sign_in(client, people.editor)
    client.post("/scheme", data={"scheme": "dark"})
    with client.session_transaction() as kept:
        kept["language"] = "en"
    assert '<html lang="en"' in client.get("/preferences").text
