"""Signing in by the office's identity provider (统一身份认证, OpenID Connect); an extra."""

from __future__ import annotations

import time

from flask import Flask

from responder.accounts.ways_in import WayIn, open_way_in
from responder.oidc import admin_views  # noqa: F401 - adds its pages to those of signing in
from responder.oidc.options import is_wanted, require_ready
from responder.oidc.provider import Provider
from responder.oidc.views import EXTENSION, admit, blueprint, farewell
from responder.web.trail import Kind, name_kind

FACTS = {
    "issuer": "统一身份认证服务", "subject": "统一身份认证编号", "awaited": "待核对的名称",
    "awaited_claim": "核对哪一项",
    "bound_at": "绑定时间", "last_at": "最近一次", "times": "次数",
    "address": "地址", "browser": "浏览器",
}  # fmt: skip


def init_app(app: Flask) -> None:
    """Open the way in where the settings name a provider; else there is no route and no button.

    :raises SettingsError: something that it needs is missing.
    """
    name_kind(app, "oidc_identity", Kind("统一身份绑定", {}, FACTS))
    name_kind(app, "oidc_stranger", Kind("未绑定的来访", {"sign_in_refused": "登录被拒"}, FACTS))
    settings = app.extensions["settings"]
    if not is_wanted(settings):
        return
    require_ready(settings)
    app.extensions[EXTENSION] = Provider(settings, time.monotonic)
    app.register_blueprint(blueprint)
    pages = ("oidc.begin", "oidc.index", "oidc.of_person")
    open_way_in(app, WayIn(settings.oidc_label, *pages, admit, farewell))
