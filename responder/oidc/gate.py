"""What Authlib asks of the network goes out by the product's own gate, and no other way.

A transport of ``requests`` that hands each request to :class:`responder.sources.fetching.Network`:
addresses that were checked, small answers, soon, no proxy, no redirect.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from responder.sources.fetching import FetchFailed, Network

if TYPE_CHECKING:
    from requests import PreparedRequest, Response, Session


class Gate:
    """The transport: stands where ``requests`` has its adapter.

    :ivar network: through which each request goes.
    """

    def __init__(self, network: Network) -> None:
        self.network = network

    def send(self, request: PreparedRequest, **_how: Any) -> Response:
        """:raises FetchFailed: refused, late, too large, or led elsewhere."""
        from requests import Response
        from requests.structures import CaseInsensitiveDict

        assert request.url is not None, "a prepared request has its address"
        body = request.body.encode() if isinstance(request.body, str) else request.body
        assert body is None or isinstance(body, bytes), "Authlib streams nothing"
        sent = {name: value for name, value in request.headers.items() if name != "Content-Length"}
        if request.method == "POST":
            body = body or b""
        answer = self.network.exchange(request.url, _as_texts(sent), body)
        if 300 <= answer.status < 400:
            raise FetchFailed("对方的地址会重定向：请填写最终的地址", answered=True)
        response = Response()
        response.status_code, response.url, response.request = answer.status, answer.url, request
        response.headers = CaseInsensitiveDict(answer.headers)
        response._content = answer.body
        return response

    def close(self) -> None:
        """Nothing is kept open."""


def guard(session: Session, network: Network, scheme: str) -> None:
    """Leave a session no other way out.

    :param scheme: ``https``, or whatever the provider's own address has; nothing goes out by
        another, so that a secret is never sent in the open.
    """
    session.adapters.clear()
    session.mount(f"{scheme}://", Gate(network))  # type: ignore[arg-type]
    session.trust_env = False  # neither proxies nor passwords of the environment


def _as_texts(headers: dict[str, str | bytes]) -> dict[str, str]:
    return {
        name: value.decode("latin-1") if isinstance(value, bytes) else value
        for name, value in headers.items()
    }
