"""The shipped nginx opens the column to the public, the desk to the office, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from flask import Flask
from flask.testing import FlaskClient

from responder.core.database import db
from responder.publishing.packages.released import Attachment, Interpretation, PolicyDocument
from responder.web.access import PUBLIC, declared_access
from tests.factories import People
from tests.meta.test_routes import sample_url
from tests.publishing.factories import published
from tests.publishing.packages.factories import released_with_files

ROOT = Path(__file__).parents[2]
GUIDES = [ROOT / "docs" / name for name in ("operations.md", "operations.zh-CN.md")]
DESK, COLUMN = "desk.intra", "www.city.example"
# Without signing in, but of the desk: whoever stands outside the office has no business there.
OF_THE_DESK = {
    "accounts.sign_in",
    "accounts.sign_in_code",
    "api.docs",
    "api.document",
    "operating.alive",
    "operating.metrics",
    "operating.ready",
    "planning.feed",
}


class Directive(NamedTuple):
    words: list[str]
    block: list[Directive]

    def all(self, name: str) -> list[Directive]:
        return [one for one in self.block if one.words[0] == name]

    def told(self, name: str) -> list[list[str]]:
        """What stands behind each directive of a name."""
        return [one.words[1:] for one in self.all(name)]


def parsed() -> Directive:
    """The file as nginx reads it; nothing in it is quoted but the empty word."""
    text = re.sub(r"^\s*#.*$", "", (ROOT / "deploy" / "nginx.conf").read_text("utf-8"), flags=re.M)
    tokens = iter(re.findall(r"[{};]|[^\s{};]+", text))

    def block() -> list[Directive]:
        found, words = [], []
        for token in tokens:
            if token == "}":
                break
            if token in "{;":
                found.append(Directive(words, block() if token == "{" else []))
                words = []
            else:
                words.append(token)
        return found

    return Directive([], block())


def servers(port: str, name: str | None = None) -> list[Directive]:
    return [
        one
        for one in parsed().all("server")
        if any(listen[0] == port for listen in one.told("listen"))
        and (name is None or [name] in one.told("server_name"))
    ]


def handed_on(server: Directive) -> list[list[str]]:
    """The places of a server that reach the product."""
    return [one.words[1:] for one in server.all("location") if one.told("proxy_pass")]


def opened() -> re.Pattern[str]:
    """What of the product the public reaches."""
    [server] = servers("443", COLUMN)
    [[kind, pattern]] = handed_on(server)
    assert kind == "~"
    return re.compile(pattern)


def test_a_name_that_nobody_gave_gets_nothing() -> None:
    for port in ("80", "443"):
        [default] = [
            server
            for server in servers(port)
            if any("default_server" in listen for listen in server.told("listen"))
        ]
        assert default.told("ssl_reject_handshake") == [["on"]]
        assert (default.told("return"), handed_on(default)) == ([["444"]], [])
        assert default.told("server_name") == []


def test_each_name_is_sent_to_itself() -> None:
    for name in (DESK, COLUMN):
        [plain] = servers("80", name)
        assert plain.told("return") == [["301", f"https://{name}$request_uri"]]
        assert len(servers("443", name)) == 1


def test_the_desk_opens_to_networks_that_are_named() -> None:
    [desk] = servers("443", DESK)
    limits = [one.words for one in desk.block if one.words[0] in ("allow", "deny")]
    assert [words[0] for words in limits] == ["allow", "deny"]
    assert limits[-1] == ["deny", "all"]
    assert ["allow", "all"] not in limits
    for place in desk.all("location"):  # a list of its own would take the place of this one
        assert not place.told("allow")
        assert not place.told("deny")


def test_the_public_reaches_the_column_and_no_more(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        is_public = declared_access(app, rule.endpoint) == PUBLIC
        wanted = is_public and rule.endpoint not in OF_THE_DESK
        assert bool(opened().match(sample_url(rule))) is wanted, rule.rule


def addresses(page: str) -> set[str]:
    """Where the links, forms and files of a page lead, as far as they stay with this site."""
    found = re.findall(r'\b(?:href|src|action)="(/[^"?#]*)', page)
    return {address for address in found if not address.startswith("//")}


def test_what_the_pages_of_the_column_lead_to_is_open(client: FlaskClient, people: People) -> None:
    entry = published()
    released_with_files("图解.pdf")
    shown = [
        "/concerns",
        "/concerns?q=无此内容",
        f"/concerns/{entry.id}",
        f"/concerns/{entry.id}/rated",
        "/interpretations",
        "/interpretations/documents",
    ]
    for model, folder in ((PolicyDocument, "documents/"), (Interpretation, "")):
        first = db.session.query(model).first()
        assert first is not None
        shown.append(f"/interpretations/{folder}{first.id}")
    assert db.session.query(Attachment).first() is not None
    led = set()
    for address in shown:
        for asked in (address, f"{address}{'&' if '?' in address else '?'}languages=1"):
            answer = client.get(asked)
            assert answer.status_code == 200, asked
            led |= addresses(answer.text)
    assert {"/scheme", "/language", f"/concerns/{entry.id}/rating"} <= led
    assert any(address.startswith("/interpretations/attachments/") for address in led)
    assert [address for address in sorted(led) if not opened().match(address)] == []


def test_the_page_that_says_what_went_wrong_has_its_look_and_its_switches(
    client: FlaskClient,
) -> None:
    page = client.get("/concerns/999999")
    assert page.status_code == 404
    led = addresses("".join(re.findall(r"<(?:link|script|img|form)\b[^>]*>", page.text)))
    assert "/scheme" in led
    assert [address for address in sorted(led) if not opened().match(address)] == []


def test_the_guides_name_what_is_open() -> None:
    names = re.findall(r"\w+", opened().pattern.partition(")")[0])
    told = ", ".join(f"`/{name}`" for name in names[:-1])
    english, chinese = (guide.read_text("utf-8") for guide in GUIDES)
    assert f"{told} and `/{names[-1]}`" in english
    assert f"{told.replace(', ', '、')} 和 `/{names[-1]}`" in chinese
