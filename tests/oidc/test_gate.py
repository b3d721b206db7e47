"""What Authlib asks of the network goes by the product's gate alone."""

from __future__ import annotations

import pytest
from requests import PreparedRequest, Request, Session
from requests.exceptions import InvalidSchema

from responder.oidc.gate import Gate, guard
from responder.sources.fetching import FetchFailed, Network
from tests.oidc.walking import bound, browser, walked
from tests.sources.web_server import WebServer, web_server


@pytest.fixture
def web():
    with web_server() as serving:
        yield serving


def asked(web: WebServer, path: str, **changes: object):
    request: PreparedRequest = Request("GET", web.url(path)).prepare()
    return Gate(web.network(**changes)).send(request)


def test_a_refusal_is_read_to_its_end(web) -> None:
    web.put("/token", '{"error": "invalid_grant"}', "application/json", status=400)
    answer = asked(web, "/token")
    assert (answer.status_code, answer.json()) == (400, {"error": "invalid_grant"})
    assert answer.headers["Content-Type"] == "application/json"


def test_what_is_too_large_is_not_taken_whatever_its_status(web) -> None:
    web.put("/large", b"x" * 2000, status=500)
    with pytest.raises(FetchFailed, match="上限"):
        asked(web, "/large", most_bytes=1000)


def test_nothing_is_followed(web) -> None:
    web.put("/moved", b"", status=302, headers={"Location": web.url("/secret")})
    with pytest.raises(FetchFailed, match="重定向"):
        asked(web, "/moved")
    assert [path for path, _headers in web.asked] == ["/moved"]


def test_beside_https_nothing_goes_out_in_the_open(web) -> None:
    with Session() as session:
        guard(session, Network(), "https")
        with pytest.raises(InvalidSchema):
            session.get(web.url("/token"))
    assert web.asked == []


def test_neither_proxies_nor_passwords_of_the_environment_count(
    app, office, people, provider, monkeypatch, tmp_path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    bound(people.editor, provider)
    assert walked(browser(app)).location == "/topics"
    assert provider.credentials == ["/token"]
