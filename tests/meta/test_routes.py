"""Every route, policed: closed by default, plain addresses, changes only by POST."""

from __future__ import annotations

import inspect
import re
import tomllib
from pathlib import Path

import pytest

from responder import create_app
from responder.core.permissions import Permission, Role, permissions_of
from responder.settings import Settings
from responder.web import errors
from responder.web.access import (
    PUBLIC,
    SIGNED_IN,
    Gate,
    declare,
    declared_access,
    is_taken_along,
)

PUBLIC_ENDPOINTS = {
    "accounts.sign_in",
    "accounts.sign_in_code",
    "api.docs",
    "api.document",
    "bootstrap.static",
    "interpretations.attachment",
    "interpretations.document",
    "interpretations.documents",
    "interpretations.feed",
    "interpretations.index",
    "interpretations.json_feed",
    "interpretations.show",
    "interpretations.sitemap",
    "languages.switch",
    "operating.alive",
    "operating.metrics",
    "operating.ready",
    "planning.feed",  # calendars elsewhere cannot sign in; the token in the address is the key
    "preferences.switch_scheme",
    "publishing.feed",
    "publishing.index",
    "publishing.json_feed",
    "publishing.logo",
    "publishing.show",
    "publishing.sitemap",
    "publishing.theme",
    "ratings.rate",
    "ratings.thanks",
    "static",
}
RIGHTS = tomllib.loads(Path(__file__).with_name("rights.toml").read_text("utf-8"))
SAMPLES = {"int": "1", "string": "x", "path": "x", "default": "x"}


def rules(app):
    return list(app.url_map.iter_rules())


def sample_url(rule) -> str:
    """An address of this rule with something in each place."""
    return re.sub(
        r"<(?:(\w+)(?:\([^)]*\))?:)?\w+>", lambda m: SAMPLES[m.group(1) or "default"], rule.rule
    )


def test_every_route_says_who_may_open_it(app) -> None:
    silent = [r.endpoint for r in rules(app) if declared_access(app, r.endpoint) is None]
    assert silent == []


def test_the_list_of_public_routes_is_this_one(app) -> None:
    found = {r.endpoint for r in rules(app) if declared_access(app, r.endpoint) == PUBLIC}
    assert found == PUBLIC_ENDPOINTS


def test_what_is_told_when_it_is_fetched_is_fetched_by_no_other_site(app) -> None:
    """A view that writes although it is only asked says so (``access.taken_along``)."""
    writing = {
        rule.endpoint
        for rule in rules(app)
        if "POST" not in rule.methods
        and declared_access(app, rule.endpoint) != PUBLIC
        and re.search(
            r"\b(transaction|_exported)\(",
            inspect.getsource(inspect.unwrap(app.view_functions[rule.endpoint])),
        )
        and rule.methods & {"GET"}
    }
    assert {
        "applications.download_file",
        "intake.import_errors",
        "accounts.people_export",
    } <= writing
    assert [one for one in sorted(writing) if not is_taken_along(app, one)] == []


def test_addresses_are_kebab_case_and_numbers_are_typed(app) -> None:
    for rule in rules(app):
        bare = re.sub(r"<[^>]+>", "", rule.rule)
        assert re.fullmatch(r"[a-z0-9/.-]*", bare), rule.rule
        assert not re.search(r"<\w*_id>", rule.rule), f"{rule.rule}: give the id its type"


def test_strangers_reach_nothing_but_the_public_routes(client, app) -> None:
    for rule in rules(app):
        if rule.endpoint in PUBLIC_ENDPOINTS:
            continue
        for method in rule.methods - {"HEAD", "OPTIONS"}:
            answer = client.open(sample_url(rule), method=method)
            if isinstance(declared_access(app, rule.endpoint), Gate):
                assert answer.status_code == 401, f"{method} {rule.rule}"
                continue
            assert answer.status_code == 302, f"{method} {rule.rule}"
            assert "/sign-in" in answer.location


def opened(rule, role: Role, app) -> bool:
    """Whether a route is to open for a role, by what ``rights.toml`` says of the role."""
    needed = declared_access(app, rule.endpoint)
    return needed == SIGNED_IN or bool(needed & set(RIGHTS[role]))


# Who may open a page is no matter of the database: one is asked.
@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
@pytest.mark.parametrize("role", list(Role))
def test_each_route_opens_to_the_roles_that_have_the_right_and_to_no_other(
    client, app, people, role, monkeypatch, record_property
) -> None:
    # What lies behind the door is looked at elsewhere, and so is the page of a refusal.
    monkeypatch.setattr(errors, "render_template", lambda *_given, **_values: "")
    guarded = [
        rule for rule in rules(app)
        if declared_access(app, rule.endpoint) == SIGNED_IN
        or isinstance(declared_access(app, rule.endpoint), frozenset)
    ]  # fmt: skip
    for endpoint in {rule.endpoint for rule in guarded}:
        room = declare(declared_access(app, endpoint))(lambda **_place: "a room")
        monkeypatch.setitem(app.view_functions, endpoint, room)
    people.sign_in(client, people.holding(role))
    cases = [
        (rule, method) for rule in guarded for method in sorted(rule.methods - {"HEAD", "OPTIONS"})
    ]
    wrong = [
        f"{method} {rule.rule}"
        for rule, method in cases
        if (client.open(sample_url(rule), method=method).text == "a room")
        is not opened(rule, role, app)
    ]
    assert wrong == []
    record_property("access_cases", len(cases))


def test_each_right_opens_something_and_each_role_is_in_the_table() -> None:
    assert set(RIGHTS) == set(Role)
    held = {right for rights in RIGHTS.values() for right in rights}
    assert held == set(Permission)


@pytest.mark.parametrize("role", list(Role))
def test_a_role_holds_what_the_table_says_also_where_no_route_asks_for_it(role) -> None:
    assert set(RIGHTS[role]) == permissions_of([role])


def test_every_answer_carries_the_security_headers(client) -> None:
    for path in ("/sign-in", "/concerns", "/no-such-page", "/static/responder.css"):
        with client.get(path) as answer:
            headers = answer.headers
        assert "default-src 'self'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "camera=()" in headers["Permissions-Policy"]
        assert "Strict-Transport-Security" not in headers


def test_by_https_browsers_are_told_to_stay_with_it(tmp_path) -> None:
    app = create_app(Settings(state_dir=tmp_path, secure_cookies=True))
    with app.test_client().get("/static/responder.css") as answer:
        headers = answer.headers
    assert headers["Strict-Transport-Security"] == "max-age=31536000"
    assert app.config["SESSION_COOKIE_SECURE"]


def test_an_unknown_address_says_what_to_do(client) -> None:
    answer = client.get("/no-such-page")
    assert answer.status_code == 404
    assert "从导航重新进入" in answer.text
