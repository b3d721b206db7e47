"""The demo's people: one account for each post, all with the same password."""

from __future__ import annotations

from dataclasses import dataclass

from responder.core.permissions import Role

PASSWORD = "responder-demo"  # noqa: S105 - printed on the screen of whoever runs the demo


@dataclass(frozen=True)
class DemoAccount:
    username: str
    display_name: str
    roles: tuple[Role, ...]
    unit_code: str | None = None


ADMINISTRATOR = DemoAccount("admin", "系统管理员", (Role.ADMINISTRATOR,))

ACCOUNTS = (
    DemoAccount("operator", "周岚", (Role.OPERATOR,)),
    DemoAccount("analyst", "沈知微", (Role.MONITOR, Role.ANALYST)),
    DemoAccount("press", "顾清和", (Role.PRESS_OFFICER,)),
    DemoAccount("deputy", "方既明", (Role.PRESS_OFFICER,)),
    DemoAccount("openness", "季公开", (Role.OPENNESS_OFFICER,)),
    DemoAccount("editor", "林书言", (Role.EDITOR,)),
    DemoAccount("first", "贺明远", (Role.FIRST_REVIEWER,)),
    DemoAccount("second", "宋怀谷", (Role.SECOND_REVIEWER,)),
    DemoAccount("third", "梁思齐", (Role.THIRD_REVIEWER,)),
    DemoAccount("secrecy", "孟慎言", (Role.SECRECY_REVIEWER,)),
    DemoAccount("signer", "陆承平", (Role.SIGNER,)),
    DemoAccount("spokesperson", "严若水", (Role.SPOKESPERSON,)),
    DemoAccount("supervisor", "丁守正", (Role.SUPERVISOR,)),
    DemoAccount("liaison", "许承办", (Role.LIAISON,), "ZJJ"),
    DemoAccount("auditor", "施明察", (Role.AUDITOR,)),
)
