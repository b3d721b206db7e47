"""What the demo's people are warned of this morning; nothing of it leaves the machine."""

from __future__ import annotations

from datetime import datetime

from responder.core.database import transaction
from responder.core.permissions import CONSOLE, SYSTEM
from responder.demo import lookup
from responder.settings import Settings
from responder.warnings import raising, service
from responder.warnings.posting import Destination
from responder.warnings.service import ChannelFacts

ROBOT = ChannelFacts(
    name="新闻办值班群（示例，未启用）",
    url="wecombot://00000000-0000-0000-0000-000000000000",
    destination=Destination("wecombot", "qyapi.weixin.qq.com", 443, by_mail=False),
    roles=(),
    unit_id=None,
)


def load_warnings(now: datetime, settings: Settings) -> None:
    """Somebody's address, a robot that is switched off, and the warnings of the clocks that run."""
    editor = lookup.actor("editor")
    with transaction(editor, now) as session:
        service.set_address(session, editor, "editor@jianglan.example.cn")
    with transaction(CONSOLE, now) as session:
        robot = service.add_channel(session, ROBOT, now)
        service.switch_channel(session, robot, active=False)
    with transaction(SYSTEM, now) as session:
        raising.seed_warnings(session)
        raising.raise_warnings(session, now, settings.zone)
