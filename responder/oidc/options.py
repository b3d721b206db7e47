"""Whether the settings ask for an identity provider, and whether all is there that it needs."""

from __future__ import annotations

from importlib.util import find_spec
from urllib.parse import urlsplit

from responder.core.errors import SettingsError
from responder.oidc.provider import issuer_of
from responder.settings import Settings

EXTRA = ("authlib", "joserfc", "requests")
OWN_MACHINE = frozenset({"127.0.0.1", "::1", "localhost"})


def is_wanted(settings: Settings) -> bool:
    """Whether the office has named anything of a provider."""
    return bool(settings.oidc_issuer or settings.oidc_client_id or settings.oidc_client_secret)


def require_ready(settings: Settings) -> None:
    """:raises SettingsError: one sentence on what is missing, and what to do."""
    needed = {
        "RESPONDER_OIDC_ISSUER": settings.oidc_issuer,
        "RESPONDER_OIDC_CLIENT_ID": settings.oidc_client_id,
        "RESPONDER_OIDC_CLIENT_SECRET": settings.oidc_client_secret,
        "RESPONDER_DESK_URL": settings.desk_url,
    }
    if missing := [name for name, value in needed.items() if not value.strip()]:
        raise SettingsError(
            f"统一身份认证还缺 {'、'.join(missing)}：请补齐，或去掉 RESPONDER_OIDC_ 开头的设置"
        )
    for name, address in (
        ("RESPONDER_OIDC_ISSUER", issuer_of(settings)),
        ("RESPONDER_DESK_URL", settings.desk_url),
    ):
        _require_safe(name, address)
    if lacking := [name for name in EXTRA if find_spec(name) is None]:
        raise SettingsError(
            f"没有安装统一身份认证所需的 {'、'.join(lacking)}：发放的安装包里有，"
            "请在解开的目录里运行 pip install --no-index --no-deps wheels/*.whl"
        )


def _require_safe(name: str, address: str) -> None:
    """Codes and secrets go to these addresses: by https, unless on this very machine."""
    try:
        parts = urlsplit(address)
    except ValueError:
        parts = urlsplit("")
    host = parts.hostname
    if not host or parts.query or parts.fragment:
        raise SettingsError(f"{name}：{address} 不是网址：请填写 https:// 开头的地址")
    if parts.scheme != "https" and not (parts.scheme == "http" and host in OWN_MACHINE):
        raise SettingsError(
            f"{name}：用统一身份认证登录时须是 https 地址，否则凭据会在网上明文传送：请改正"
        )
