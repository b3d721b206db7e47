"""A real identity provider in this process: a small one, that lies on request."""

from __future__ import annotations

import base64
import logging
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from flask import Flask, jsonify, redirect, request
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from werkzeug.serving import make_server
from werkzeug.wrappers import Response

CLIENT, SECRET = "desk", "Xq3v-7Lm2-Zt9w-Kd4r-Bn8s"
TOKEN_SECONDS = 300


class IdentityProvider:
    """Signs in whoever it is told to; remembers what it was asked.

    :ivar sub: who sits before the browser.
    :ivar claims: what it says of them beside; ``lies`` go before everything, also None for
        leaving a claim out.
    :ivar denies: the error that it sends people back with.
    :ivar forges: signs in the place of its key, where it is set: claims → token.
    :ivar breaks: path → (status, body) of what does not work.
    """

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
        self.server = make_server("127.0.0.1", 0, self._app(), threaded=True)
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        self.forget()

    def forget(self) -> None:
        """As it was at first."""
        self.sub, self.denies = "u-1001", ""
        self.claims: dict[str, Any] = {}
        self.lies: dict[str, Any] = {}
        self.metadata: dict[str, Any] = {}
        self.userinfo: dict[str, Any] = {}
        self.breaks: dict[str, tuple[int, str]] = {}
        self.signs_with = self.key
        self.forges: Callable[[dict[str, Any]], str] | None = None
        self.asked: list[str] = []
        self.credentials: list[str] = []
        self.codes: dict[str, dict[str, str]] = {}
        self.tokens: list[str] = []

    def discovery(self) -> dict[str, Any]:
        paths = {
            "authorization_endpoint": "/authorize",
            "token_endpoint": "/token",
            "jwks_uri": "/jwks",
            "userinfo_endpoint": "/userinfo",
            "end_session_endpoint": "/leave",
        }
        said = {name: self.issuer + path for name, path in paths.items()}
        said |= {"issuer": self.issuer, "id_token_signing_alg_values_supported": ["RS256"]}
        return {name: value for name, value in {**said, **self.metadata}.items() if value}

    def id_token(self, nonce: str) -> str:
        now = int(time.time())
        said = {
            "iss": self.issuer, "sub": self.sub, "aud": CLIENT, "nonce": nonce, "iat": now,
            "exp": now + TOKEN_SECONDS, "auth_time": now, **self.claims, **self.lies,
        }  # fmt: skip
        told = {name: value for name, value in said.items() if value is not None}
        header = {"alg": "RS256", "kid": self.signs_with.kid}
        token = self.forges(told) if self.forges else jwt.encode(header, told, self.signs_with)
        self.tokens.append(token)
        return token

    def _app(self) -> Flask:
        app = Flask("identity provider")
        app.before_request(self._note)
        doors = {
            "/.well-known/openid-configuration": lambda: jsonify(self.discovery()),
            "/authorize": self._authorize,
            "/jwks": lambda: jsonify(KeySet([self.key]).as_dict(private=False)),
            "/userinfo": self._userinfo,
        }
        for path, view in doors.items():
            app.add_url_rule(path, path, view)
        app.add_url_rule("/token", view_func=self._token, methods=["POST"])
        return app

    def _note(self) -> tuple[str, int] | None:
        self.asked.append(request.path)
        if "Authorization" in request.headers:
            self.credentials.append(request.path)
        broken = self.breaks.get(request.path)
        return (broken[1], broken[0]) if broken else None

    def _authorize(self) -> Response:
        asked = request.args
        back = {"state": asked["state"]}
        if self.denies:
            back["error"] = self.denies
        else:
            assert asked["client_id"] == CLIENT
            assert asked["code_challenge_method"] == "S256"
            back["code"] = secrets.token_urlsafe(16)
            self.codes[back["code"]] = asked.to_dict()
        return redirect(f"{asked['redirect_uri']}?{urlencode(back)}")

    def _token(self) -> Any:
        form, kept = request.form, self.codes.pop(request.form["code"], None)
        shown = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        ways = self.metadata.get("token_endpoint_auth_methods_supported", [])
        secret_right = (
            form.get("client_secret") == SECRET
            if "client_secret_post" in ways
            else request.headers.get("Authorization") == f"Basic {shown}"
        )
        if not secret_right:
            return jsonify(error="invalid_client"), 401
        if (
            kept is None
            or kept["redirect_uri"] != form["redirect_uri"]
            or create_s256_code_challenge(form["code_verifier"]) != kept["code_challenge"]
        ):
            return jsonify(error="invalid_grant"), 400
        return jsonify(
            access_token="at", token_type="Bearer", expires_in=60,
            id_token=self.id_token(kept["nonce"]),
        )  # fmt: skip

    def _userinfo(self) -> Any:
        assert request.headers["Authorization"] == "Bearer at"
        return jsonify({"sub": self.sub, **self.userinfo})


@contextmanager
def identity_provider() -> Iterator[IdentityProvider]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    serving = IdentityProvider()
    thread = threading.Thread(target=serving.server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield serving
    finally:
        serving.server.shutdown()
        serving.server.server_close()
        thread.join()
