"""The identity provider (统一身份认证): where people are sent, and what it says when they return.

The protocol is Authlib's; here stand which answers are taken.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from responder.oidc.failures import NotLetIn, in_words
from responder.oidc.gate import guard
from responder.oidc.rules import SUBJECT, binding_word, is_lately, shown_name, word
from responder.settings import Settings
from responder.sources.fetching import Network, faster

if TYPE_CHECKING:
    from authlib.integrations.requests_client import OAuth2Session

DISCOVERY = "/.well-known/openid-configuration"
KNOWN_FOR = 3600  # seconds; then the provider is asked anew where its doors are
PATIENCE = 4  # seconds for one answer: somebody waits at a page, and a thread with them
QUIET_FOR = 15  # seconds in which a provider that did not work is not asked again
BASIC, POST = "client_secret_basic", "client_secret_post"  # how the secret is shown
LEEWAY = 60  # seconds by which two clocks may differ
# Signatures that only the provider can make; never "none", never one made with our own secret.
SIGNATURES = (
    "RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "PS256", "PS384", "PS512", "EdDSA",
    "Ed25519",
)  # fmt: skip
SCOPES = {SUBJECT: "openid", "email": "openid email"}


@dataclass(frozen=True)
class Begun:
    """A sign-in that was begun: where to send the browser, and what it must come back with."""

    url: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True)
class Told:
    """What the provider says of somebody.

    :ivar claims: with its signature, which was looked at.
    :ivar awaited: the name that a prepared one is held against; empty where there is none.
    :ivar called: what an administrator is shown; nothing hangs on it.
    """

    claims: Mapping[str, Any]
    id_token: str
    awaited: str
    called: str

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
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _app: Any = None
    _asked_at: float = 0
    _failed: NotLetIn | None = None
    _failed_at: float = 0

    def __post_init__(self) -> None:
        self.network = faster(Network.of(self.settings), PATIENCE)

    @property
    def issuer(self) -> str:
        return issuer_of(self.settings)

    @property
    def longest(self) -> int:
        """Seconds for which it counts at the provider that somebody showed who they are."""
        return self.settings.session_idle_minutes * 60

    def begin(self, callback: str) -> Begun:
        """Where to send somebody who wants to sign in.

        :param callback: the address to which they come back.
        :raises NotLetIn: the provider cannot be asked.
        """
        client = self._client()
        with self._explained():
            begun = client.create_authorization_url(callback, max_age=self.longest)
            return Begun(_web(begun["url"]), begun["state"], begun["nonce"], begun["code_verifier"])

    def finish(self, code: str, begun: Begun, callback: str, now: datetime) -> Told:
        """Who came back with a code.

        :raises NotLetIn: the provider is away, or what it says does not hold.
        """
        client = self._client()
        with self._explained():
            token = client.fetch_access_token(
                callback, code=code, code_verifier=begun.verifier, grant_type="authorization_code"
            )
            if not isinstance(token.get("id_token"), str):
                raise ValueError("no id_token in the answer")
            claims = self._claims(client, token, begun.nonce)
            if not word(claims, SUBJECT):
                raise ValueError("no usable sub in the id_token")
            self._require_lately(claims, now)
            named = self._named(client, token, claims)
            return Told(
                claims,
                token["id_token"],
                binding_word(named, self.settings.oidc_claim),
                shown_name(claims, named),
            )

    def farewell(self, id_token: str, back: str) -> str | None:
        """Where to send somebody who signs out here, so that they are signed out there too.

        :param id_token: of the sign-in that ends, or empty.
        :param back: the address to which they come back.
        :raises NotLetIn: the provider cannot be asked.
        """
        client = self._client()
        with self._explained():
            if not client.server_metadata.get("end_session_endpoint"):
                return None
            told = client.create_logout_url(
                back, id_token or None, client_id=self.settings.oidc_client_id
            )
            return _web(told["url"])

    def _claims(self, client: Any, token: Any, nonce: str) -> dict[str, Any]:
        """What an ID token says that was signed for this sign-in."""
        from joserfc.errors import ClaimError

        try:
            return dict(client.parse_id_token(token, nonce, self._demanded(client), leeway=LEEWAY))
        except ClaimError:
            raise
        except Exception:
            self._forget(client)  # what failed is a key, and the provider may have others by now
            raise

    def _demanded(self, client: Any) -> dict[str, dict[str, Any]]:
        """Whose token it has to be, and for whom; Authlib itself takes ``azp`` for ``aud``."""
        return {
            "iss": {"essential": True, "value": client.server_metadata["issuer"]},
            "aud": {"essential": True, "value": self.settings.oidc_client_id},
        }

    def _require_lately(self, claims: Mapping[str, Any], now: datetime) -> None:
        """Whoever sits down at a browser that was left open must not come in by it."""
        if "auth_time" not in claims:
            raise NotLetIn(
                "统一身份认证没有说明何时验证过您的身份，不能登录："
                "请系统管理员请对方在登录凭据中给出 auth_time，在此之前可用密码登录"
            )
        if not is_lately(claims["auth_time"], now.timestamp(), self.longest, LEEWAY):
            raise NotLetIn(
                "统一身份认证上次验证您的身份已过了太久：请先在统一身份认证中退出，再重新登录；"
                "再出现时，请系统管理员核对两边的时间"
            )

    def _named(self, client: Any, token: Any, claims: Mapping[str, Any]) -> Mapping[str, Any]:
        """Where the name of somebody stands: in the signed claims, or in what goes with them.

        The latter is unsigned: it names people, and says nothing of how they signed in.
        """
        wanted = self.settings.oidc_claim
        if wanted in claims or not client.server_metadata.get("userinfo_endpoint"):
            return claims
        more = dict(client.userinfo(token=token))
        if more.get(SUBJECT) != claims.get(SUBJECT):
            raise ValueError("userinfo is of another sub")
        return more

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Failures in sentences; a provider that is away is left alone for a while."""
        try:
            with in_words():
                yield
        except NotLetIn as error:
            if error.away:
                self._failed_at, self._failed = self.clock(), error
            raise

    def _client(self) -> Any:
        """Authlib's client, that knows where the provider's doors are; one thread asks for all.

        :raises NotLetIn: it does not say where they are, or did not work a moment ago.
        """
        with self._lock:
            if self._failed is not None and self.clock() - self._failed_at < QUIET_FOR:
                raise NotLetIn(self._failed.message, self._failed.detail, away=True)
            client = self._app
            if client is None or self.clock() - self._asked_at >= KNOWN_FOR:
                client = self._app = self._asked_in_words()
                self._asked_at = self.clock()
            return client

    def _forget(self, client: Any) -> None:
        with self._lock:
            if self._app is client:
                self._app = None

    def _asked_in_words(self) -> Any:
        """:raises NotLetIn: kept for whoever comes next, whatever it was."""
        try:
            with in_words():
                return self._asked()
        except NotLetIn as error:
            error.away = True
            self._failed_at, self._failed = self.clock(), error
            raise

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


def _web(address: str) -> str:
    """An address of the web, to which a browser may be sent."""
    parts = urlsplit(address)
    whole = address.isascii() and address.isprintable() and bool(parts.hostname)
    if not whole or parts.scheme not in {"http", "https"}:
        raise ValueError("not an address of the web")
    return address
