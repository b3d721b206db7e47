"""The identity provider (统一身份认证): where people are sent, and what it says when they return.

The protocol is Authlib's; here stand which answers are taken, and what is said of the others.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from responder.core.errors import DomainError
from responder.oidc.gate import guard
from responder.oidc.rules import SUBJECT, word
from responder.settings import Settings
from responder.sources.fetching import FetchFailed, Network

if TYPE_CHECKING:
    from authlib.integrations.requests_client import OAuth2Session

log = logging.getLogger(__name__)

DISCOVERY = "/.well-known/openid-configuration"
KNOWN_FOR = 3600  # seconds; then the provider is asked anew where its doors are
BASIC, POST = "client_secret_basic", "client_secret_post"  # how the secret is shown
LEEWAY = 60  # seconds by which two clocks may differ
# Signatures that only the provider can make; never "none", never one made with our own secret.
SIGNATURES = (
    "RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "PS256", "PS384", "PS512", "EdDSA",
    "Ed25519",
)  # fmt: skip
SCOPES = {SUBJECT: "openid", "email": "openid email"}


class NotLetIn(DomainError):
    """The provider lets nobody in by this try. The sentence says what to do next.

    :ivar detail: what lies behind it, for whoever looks after the machine; never for the page.
    """

    def __init__(self, message: str, detail: str = "") -> None:
        super().__init__(message)
        self.detail = detail


@dataclass(frozen=True)
class Begun:
    """A sign-in that was begun: where to send the browser, and what it must come back with."""

    url: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True)
class Told:
    """What the provider says of somebody, with its signature looked at."""

    claims: Mapping[str, Any]
    id_token: str

    @property
    def subject(self) -> str:
        return word(self.claims, SUBJECT)


def issuer_of(settings: Settings) -> str:
    """The provider, without the path of its discovery document and the last slash."""
    return settings.oidc_issuer.strip().removesuffix(DISCOVERY).rstrip("/")


@dataclass
class Provider:
    """What the settings say of the provider, and what it said of itself within the last hour.

    :ivar clock: seconds that only go forward.
    """

    settings: Settings
    clock: Callable[[], float]
    network: Network = field(init=False)
    _app: Any = None
    _asked_at: float = 0

    def __post_init__(self) -> None:
        self.network = Network.of(self.settings)

    @property
    def issuer(self) -> str:
        return issuer_of(self.settings)

    def begin(self, callback: str) -> Begun:
        """Where to send somebody who wants to sign in.

        :param callback: the address to which they come back.
        :raises NotLetIn: the provider cannot be asked.
        """
        with self._explained():
            begun = self._client().create_authorization_url(callback)
            return Begun(_web(begun["url"]), begun["state"], begun["nonce"], begun["code_verifier"])

    def finish(self, code: str, begun: Begun, callback: str) -> Told:
        """Who came back with a code.

        :raises NotLetIn: the provider is away, or what it says does not hold.
        """
        with self._explained():
            client = self._client()
            token = client.fetch_access_token(
                callback, code=code, code_verifier=begun.verifier, grant_type="authorization_code"
            )
            if not isinstance(token.get("id_token"), str):
                raise ValueError("no id_token in the answer")
            claims = dict(
                client.parse_id_token(token, begun.nonce, self._demanded(client), leeway=LEEWAY)
            )
            told = Told(self._with_name(client, token, claims), token["id_token"])
            if not told.subject:
                raise ValueError("no usable sub in the id_token")
        return told

    def farewell(self, id_token: str, back: str) -> str | None:
        """Where to send somebody who signs out here, so that they are signed out there too.

        :param id_token: of their last sign-in, or empty.
        :param back: the address to which they come back.
        """
        with self._explained():
            client = self._client()
            if not client.server_metadata.get("end_session_endpoint"):
                return None
            told = client.create_logout_url(
                back, id_token or None, client_id=self.settings.oidc_client_id
            )
            return _web(told["url"])

    def _demanded(self, client: Any) -> dict[str, dict[str, Any]]:
        """Whose token it has to be, and for whom; Authlib itself takes ``azp`` for ``aud``."""
        return {
            "iss": {"essential": True, "value": client.server_metadata["issuer"]},
            "aud": {"essential": True, "value": self.settings.oidc_client_id},
        }

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Failures in sentences; after one the provider is asked anew what it says of itself."""
        try:
            with _in_words():
                yield
        except NotLetIn:
            self._app = None
            raise

    def _with_name(self, client: Any, token: Any, claims: dict[str, Any]) -> dict[str, Any]:
        """The claims; where the one that names people is missing, with what the provider adds."""
        wanted = self.settings.oidc_claim
        if wanted in claims or not client.server_metadata.get("userinfo_endpoint"):
            return claims
        more = dict(client.userinfo(token=token))
        if more.get(SUBJECT) != claims.get(SUBJECT):
            raise ValueError("userinfo is of another sub")
        return {**more, **claims}

    def _client(self) -> Any:
        """Authlib's client, that knows where the provider's doors are."""
        now = self.clock()
        if self._app is None or now - self._asked_at >= KNOWN_FOR:
            self._app, self._asked_at = self._asked(), now
        return self._app

    def _asked(self) -> Any:
        from authlib.integrations.base_client import BaseApp, OAuth2Mixin, OpenIDMixin

        scope = SCOPES.get(self.settings.oidc_claim, "openid profile")
        kept = {"scope": scope, "code_challenge_method": "S256", "leeway": 5}
        kinds = (OAuth2Mixin, OpenIDMixin, BaseApp)
        client = type("Client", kinds, {"client_cls": staticmethod(self._session)})(
            None,
            "oidc",
            client_id=self.settings.oidc_client_id,
            client_secret=self.settings.oidc_client_secret,
            client_kwargs=kept,
            server_metadata_url=f"{self.issuer}{DISCOVERY}",
        )
        said = client.load_server_metadata()
        if not isinstance(said.get("issuer"), str) or said["issuer"].rstrip("/") != self.issuer:
            raise NotLetIn(
                "统一身份认证服务自称的 issuer 与 RESPONDER_OIDC_ISSUER 不同：请系统管理员改正设置"
            )
        offered = said.get("id_token_signing_alg_values_supported") or ["RS256"]
        said["id_token_signing_alg_values_supported"] = [
            one for one in SIGNATURES if one in offered
        ] or ["RS256"]
        ways = said.get("token_endpoint_auth_methods_supported") or [BASIC]
        if BASIC not in ways and POST in ways:
            kept["token_endpoint_auth_method"] = POST
        return client

    def _session(self, **how: Any) -> OAuth2Session:
        from authlib.integrations.requests_client import OAuth2Session

        session = OAuth2Session(**how)
        guard(session, self.network, urlsplit(self.issuer).scheme)
        return session


@contextmanager
def _in_words() -> Iterator[None]:
    """What Authlib, the network or the provider's answers fail with, in a sentence for people."""
    from authlib.common.errors import AuthlibBaseError
    from joserfc.errors import ExpiredTokenError, JoseError
    from requests import RequestException

    try:
        yield
    except FetchFailed as error:
        log.warning("identity provider: %s", error.message)
        raise NotLetIn(
            "统一身份认证服务现在不能用：请稍后再试，或用密码登录；"
            "系统管理员可用 responder doctor 查看原因",
            error.message,
        ) from error
    except ExpiredTokenError as error:
        log.warning("identity provider: %s %s", type(error).__name__, _code(error))
        raise NotLetIn(
            "统一身份认证给出的登录凭据已过期：请重新登录；再出现时，请系统管理员核对两边的时间"
        ) from error
    except JoseError as error:
        log.warning("identity provider: %s %s", type(error).__name__, _code(error))
        raise NotLetIn(
            "统一身份认证给出的登录凭据不是给这次登录的，没有采用：请重新登录；"
            "再出现时，请联系系统管理员"
        ) from error
    except (AuthlibBaseError, RequestException) as error:
        log.warning("identity provider: %s %s", type(error).__name__, _code(error))
        raise NotLetIn(
            "统一身份认证服务没有确认这次登录：请重新登录；再出现时，请联系系统管理员"
        ) from error
    except (ValueError, TypeError, KeyError, AttributeError, RuntimeError) as error:
        log.warning("identity provider: %s %s", type(error).__name__, _code(error))
        raise NotLetIn(
            "统一身份认证服务的应答无法读取：请稍后再试，或用密码登录；再出现时，请联系系统管理员"
        ) from error


def _web(address: str) -> str:
    """An address of the web, to which a browser may be sent."""
    if urlsplit(address).scheme not in {"http", "https"}:
        raise ValueError("not an address of the web")
    return address


def _code(error: Exception) -> str:
    """By what protocol and library call a failure: nothing that somebody could have written."""
    code = str(getattr(error, "error", ""))
    return code if re.fullmatch(r"[a-z_]{1,40}", code) else ""
