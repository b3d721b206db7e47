"""The rooms of the desk in the order of the work, and which of them a page belongs to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from flask import Flask, current_app, request, url_for
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from responder.core.permissions import Permission
from responder.web.access import may

COUNTS = "navigation_counts"


@dataclass(frozen=True)
class Room:
    """A page where one begins, and what lies behind it.

    :ivar opens: any of these permissions opens it; none named: everybody signed in.
    :ivar holds: blueprints, and single endpoints that leave theirs; the own blueprint by itself.
    """

    endpoint: str
    label: LazyString
    opens: tuple[Permission, ...] = ()
    holds: tuple[str, ...] = ()


@dataclass(frozen=True)
class Group:
    """Rooms that serve one part of the work."""

    label: LazyString | str
    rooms: tuple[Room, ...]


@dataclass(frozen=True)
class Link:
    """A room as one person sees it on one page."""

    label: LazyString
    url: str
    here: bool
    count: int


P = Permission
GROUPS = (
    Group("", (
        Room("reports.today", _l("今日"), holds=("screen",)),
        Room("warnings.index", _l("预警"), holds=("warning_rules",)),
    )),
    Group(_l("听取"), (
        Room("desk.index", _l("来电"), (P.MESSAGE_LOG,)),
        Room("intake.index", _l("留言"), (P.MESSAGE_READ,), ("routing",)),
        Room("sources.index", _l("来源"), (P.SOURCE_READ,)),
        Room("orders.index", _l("工单"), (P.ORDER_READ, P.ORDER_HANDLE)),
    )),
    Group(_l("研判"), (
        Room("topics.index", _l("话题"), (P.TOPIC_READ,)),
        Room("alerts.index", _l("提醒"), (P.TOPIC_READ,)),
    )),
    Group(_l("策划"), (
        Room("planning.calendar", _l("发布计划"), (P.PLAN_READ,)),
    )),
    Group(_l("回应"), (
        Room("responses.index", _l("回应事项"), (P.RESPONSE_READ,), (
            "after", "archiving", "bundles", "changing", "channels", "drafting", "earlier",
            "webhooks",
        )),
        Room("responses.materials", _l("单位材料"), (P.RESPONSE_ASSIST,)),
        Room("packages.index", _l("政策文件"), (P.PACKAGE_READ, P.PACKAGE_PROPOSE)),
    )),
    Group(_l("公开"), (
        Room("publishing.index", _l("公开栏目"), holds=("interpretations", "ratings")),
        Room("openness.index", _l("政务公开"), (P.OPENNESS_READ, P.OPENNESS_REPORT), (
            "applications", "assessment", "catalogue", "evaluations", "findings", "tasks",
            "trainings",
        )),
    )),
    Group(_l("统计"), (
        Room("statistics.index", _l("统计"), (P.STATISTICS_READ,)),
        Room("documents.index", _l("报告"), (P.STATISTICS_READ,), ("annual",)),
    )),
    Group(_l("管理"), (
        Room("deadlines.rules", _l("时限"), (P.CLOCK_READ,)),
        Room("accounts.people", _l("人员"), (P.USER_MANAGE,), (
            "identity", "oidc", "sessions.of_person", "tokens",
        )),
        Room("reports.audit_trail", _l("审计"), (P.AUDIT_READ,)),
        Room("scheduling.index", _l("定时任务"), (P.JOB_RUN,)),
    )),
)  # fmt: skip

# About oneself: reached from one's name, in no room.
PERSONAL = frozenset({"absences", "gallery", "passwords", "preferences", "proofs", "sessions"})


def rooms() -> Iterator[Room]:
    """All of them, in their order."""
    return (room for group in GROUPS for room in group.rooms)


def room_of(endpoint: str) -> Room | None:
    """Where a page belongs: to the room that begins with it or names it, else its blueprint's."""
    blueprint = endpoint.split(".")[0]
    for wanted in (endpoint, blueprint):
        for room in rooms():
            if wanted in (room.endpoint, *room.holds):
                return room
    return next((room for room in rooms() if room.endpoint.split(".")[0] == blueprint), None)


def counted(app: Flask, endpoint: str, count: Callable[[], int]) -> None:
    """Say how many unread things wait in a room; shown beside its name."""
    app.extensions.setdefault(COUNTS, {})[endpoint] = count


def navigation() -> list[tuple[LazyString | str, list[Link]]]:
    """The groups that hold a room for whoever asks."""
    here = room_of(request.endpoint or "")
    found = ((group.label, [_link(r, here) for r in group.rooms if _open(r)]) for group in GROUPS)
    return [(label, links) for label, links in found if links]


def _open(room: Room) -> bool:
    return not room.opens or any(may(permission) for permission in room.opens)


def _link(room: Room, here: Room | None) -> Link:
    count = current_app.extensions.get(COUNTS, {}).get(room.endpoint, int)
    return Link(room.label, url_for(room.endpoint), room is here, count())


def init_app(app: Flask) -> None:
    app.add_template_global(navigation)
    app.jinja_env.globals["personal_blueprints"] = PERSONAL
