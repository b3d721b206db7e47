"""Every route, policed: closed by default, plain addresses, changes only by POST."""

from __future__ import annotations

import re

import pytest

from responder.core.permissions import Role
from responder.web import errors
from responder.web.access import PUBLIC, Gate, declared_access

PUBLIC_ENDPOINTS = {
    "accounts.sign_in",
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


@pytest.mark.parametrize("role", list(Role))
def test_each_role_is_stopped_where_its_permissions_end(
    client, app, people, role, monkeypatch
) -> None:
    # The page of a refusal is looked at elsewhere: drawing it thousands of times takes a minute.
    monkeypatch.setattr(errors, "render_template", lambda *_given, **_values: "")
    user = people.holding(role)
    people.sign_in(client, user)
    for rule in rules(app):
        needed = declared_access(app, rule.endpoint)
        if not isinstance(needed, frozenset) or needed & user.actor.permissions:
            continue
        for method in rule.methods - {"HEAD", "OPTIONS"}:
            answer = client.open(sample_url(rule), method=method)
            assert answer.status_code == 403, f"{role} {method} {rule.rule}"


def test_every_answer_carries_the_security_headers(client) -> None:
    for path in ("/sign-in", "/concerns", "/no-such-page", "/static/responder.css"):
        with client.get(path) as answer:
            headers = answer.headers
        assert "default-src 'self'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"


def test_an_unknown_address_says_what_to_do(client) -> None:
    answer = client.get("/no-such-page")
    assert answer.status_code == 404
    assert "从导航重新进入" in answer.text
