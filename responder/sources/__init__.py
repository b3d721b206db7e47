"""Streams: feeds, folders, mailboxes and hot-search lists that bring messages by themselves."""

from __future__ import annotations

from flask import Flask

from responder.core.errors import SettingsError
from responder.sources.addresses import Listed
from responder.sources.hot_views import blueprint
from responder.sources.models import STATE_LABELS
from responder.web.trail import Kind, name_kind

DEEDS = {"run": "立即取一次"}
FACTS = {
    "kind": "类型",
    "settings": "设置",
    "secret": "密码",
    "interval_minutes": "间隔（分钟）",
}


def init_app(app: Flask) -> None:
    """Bring pages and words of the trail.

    :raises SettingsError: the list of private hosts cannot be read.
    """
    try:
        Listed.parse(app.extensions["settings"].source_private_hosts)
    except ValueError as error:
        raise SettingsError(
            f"RESPONDER_SOURCE_PRIVATE_HOSTS 有误（{error}）："
            "请填写主机名、主机名:端口或网段，用逗号分隔"
        ) from error
    app.register_blueprint(blueprint)
    states = {state.value: label for state, label in STATE_LABELS.items()}
    name_kind(app, "source", Kind("来源", DEEDS, FACTS, states))
