"""What an office may set, and what is said when it does not do."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from responder import create_app
from responder.core.errors import SettingsError
from responder.settings import Settings, load_settings
from tests.oidc.provider import SECRET

RIGHT = {
    "desk_url": "https://desk.example",
    "oidc_issuer": "https://id.example/realms/city",
    "oidc_client_id": "desk",
    "oidc_client_secret": SECRET,
}
WRONG = {
    "no secret": ({"oidc_client_secret": ""}, "RESPONDER_OIDC_CLIENT_SECRET"),
    "no client": ({"oidc_client_id": " "}, "RESPONDER_OIDC_CLIENT_ID"),
    "no issuer": ({"oidc_issuer": ""}, "RESPONDER_OIDC_ISSUER"),
    "no desk": ({"desk_url": ""}, "RESPONDER_DESK_URL"),
    "in the open": ({"oidc_issuer": "http://id.example"}, "明文传送"),
    "a desk in the open": ({"desk_url": "http://desk.example"}, "明文传送"),
    "no address": ({"oidc_issuer": "id.example"}, "不是网址"),
    "half an address": ({"oidc_issuer": "https://[id.example"}, "不是网址"),
}


def settings(folder: Path, **changes: str) -> Settings:
    return Settings(state_dir=folder, **{**RIGHT, **changes})


@pytest.mark.parametrize("case", WRONG)
def test_what_is_missing_or_unsafe_stops_the_start(tmp_path, case) -> None:
    changes, says = WRONG[case]
    with pytest.raises(SettingsError, match=says):
        create_app(settings(tmp_path, **changes))


def test_the_address_of_the_discovery_document_does_too(tmp_path) -> None:
    long = settings(
        tmp_path, oidc_issuer="https://id.example/realms/city/.well-known/openid-configuration"
    )
    assert create_app(long).extensions["oidc"].issuer == RIGHT["oidc_issuer"]


def test_where_nothing_is_set_there_is_no_route_and_no_button(app, client) -> None:
    off = create_app(Settings(state_dir=app.extensions["settings"].state_dir))
    assert not [rule for rule in off.url_map.iter_rules() if "oidc" in rule.endpoint]
    page = off.test_client().get("/sign-in").text
    assert "用户名" in page
    assert "统一身份认证" not in page


def test_the_office_names_the_button(tmp_path) -> None:
    named = create_app(settings(tmp_path, oidc_label="粤政易扫码登录"))
    assert "粤政易扫码登录" in named.test_client().get("/sign-in").text


WITHOUT_THE_EXTRA = """
import sys
sys.modules[sys.argv.pop()] = None
from responder.cli import main
main()
"""


@pytest.mark.parametrize(
    ("command", "lacks"), [("doctor", "authlib"), ("serve", "authlib"), ("serve", "joserfc")]
)
def test_without_the_extra_one_sentence_says_what_to_install(tmp_path, command, lacks) -> None:
    environment = {f"RESPONDER_{name.upper()}": value for name, value in RIGHT.items()}
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_THE_EXTRA, command, lacks],
        env={**os.environ, **environment, "RESPONDER_STATE_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert "pip install --no-index --no-deps wheels/*.whl" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_weak_secret_stops_the_start(monkeypatch, tmp_path) -> None:
    for name, value in RIGHT.items():
        monkeypatch.setenv(f"RESPONDER_{name.upper()}", value)
    monkeypatch.setenv("RESPONDER_STATE_DIR", str(tmp_path))
    assert load_settings().oidc_client_secret == SECRET
    for weak in ("short", "changeme-changeme-changeme", "a" * 40):
        monkeypatch.setenv("RESPONDER_OIDC_CLIENT_SECRET", weak)
        with pytest.raises(SettingsError, match="RESPONDER_OIDC_CLIENT_SECRET"):
            load_settings()
