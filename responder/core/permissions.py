"""Who may do what: one table of roles, one table of permissions.

Source of the roles: the press office's own division of work (``docs/architecture.md``).
Nothing is allowed that is not written here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Permission(StrEnum):
    """One right. The value is what the audit trail and the tests print."""

    MESSAGE_READ = "message.read"
    MESSAGE_LOG = "message.log"
    MESSAGE_IMPORT = "message.import"
    SOURCE_READ = "source.read"
    SOURCE_EDIT = "source.edit"
    IDENTITY_REVEAL = "identity.reveal"
    IDENTITY_KEEP = "identity.keep"
    ROUTING_CONFIRM = "routing.confirm"
    CATEGORY_EDIT = "category.edit"
    TOPIC_READ = "topic.read"
    TOPIC_REFRESH = "topic.refresh"
    TOPIC_CORRECT = "topic.correct"
    HEAT_EDIT = "heat.edit"
    ALERT_EDIT = "alert.edit"
    PLAN_READ = "plan.read"
    PLAN_READ_ALL = "plan.read-all"
    PLAN_PROPOSE = "plan.propose"
    PLAN_EDIT = "plan.edit"
    EVENT_LINK = "event.link"
    MEDIA_CONTACT = "media.contact"
    ORDER_READ = "order.read"
    ORDER_DISPATCH = "order.dispatch"
    ORDER_HANDLE = "order.handle"
    ORDER_CHECK = "order.check"
    ORDER_CALL_BACK = "order.call-back"
    ORDER_URGE = "order.urge"
    ORDER_SUPERVISE = "order.supervise"
    ORDER_EXTEND = "order.extend"
    RESPONSE_READ = "response.read"
    RESPONSE_OPEN = "response.open"
    RESPONSE_JUDGE = "response.judge"
    RESPONSE_ASSIST = "response.assist"
    RESPONSE_DRAFT = "response.draft"
    DRAFTING_KEEP = "drafting.keep"
    REVIEW_FIRST = "review.first"
    REVIEW_SECOND = "review.second"
    REVIEW_THIRD = "review.third"
    REVIEW_SECRECY = "review.secrecy"
    RESPONSE_SIGN = "response.sign"
    CLOCK_READ = "clock.read"
    CLOCK_ASK = "clock.ask"
    CLOCK_DECIDE = "clock.decide"
    CLOCK_EDIT = "clock.edit"
    PUBLISH = "publish"
    PACKAGE_READ = "package.read"
    PACKAGE_PROPOSE = "package.propose"
    PACKAGE_EDIT = "package.edit"
    PACKAGE_REVIEW = "package.review"
    WEBHOOK_EDIT = "webhook.edit"
    ARCHIVE = "archive"
    OPENNESS_READ = "openness.read"
    OPENNESS_EDIT = "openness.edit"
    OPENNESS_REPORT = "openness.report"
    OPENNESS_VERIFY = "openness.verify"
    APPLICATION_READ = "application.read"
    APPLICATION_HANDLE = "application.handle"
    STATISTICS_READ = "statistics.read"
    STATISTICS_FREEZE = "statistics.freeze"
    REPORT_WRITE = "report.write"
    AUDIT_READ = "audit.read"
    USER_MANAGE = "user.manage"
    TOKEN_MANAGE = "token.manage"  # noqa: S105
    JOB_RUN = "job.run"


class Role(StrEnum):
    """A post in the office; a person may hold several."""

    OPERATOR = "operator"
    MONITOR = "monitor"
    ANALYST = "analyst"
    LIAISON = "liaison"
    EDITOR = "editor"
    FIRST_REVIEWER = "first_reviewer"
    SECOND_REVIEWER = "second_reviewer"
    THIRD_REVIEWER = "third_reviewer"
    SECRECY_REVIEWER = "secrecy_reviewer"
    SIGNER = "signer"
    PRESS_OFFICER = "press_officer"
    OPENNESS_OFFICER = "openness_officer"
    SPOKESPERSON = "spokesperson"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


ROLE_LABELS = {
    Role.OPERATOR: "话务员",
    Role.MONITOR: "监测员",
    Role.ANALYST: "研判员",
    Role.LIAISON: "承办单位联络员",
    Role.EDITOR: "编辑",
    Role.FIRST_REVIEWER: "初审",
    Role.SECOND_REVIEWER: "复审",
    Role.THIRD_REVIEWER: "终审",
    Role.SECRECY_REVIEWER: "保密审查",
    Role.SIGNER: "签发人",
    Role.PRESS_OFFICER: "新闻办",
    Role.OPENNESS_OFFICER: "政务公开办",
    Role.SPOKESPERSON: "新闻发言人",
    Role.SUPERVISOR: "督查",
    Role.ADMINISTRATOR: "系统管理员",
    Role.AUDITOR: "审计员",
}

_P = Permission
_DESK = frozenset(
    {
        _P.MESSAGE_READ,
        _P.SOURCE_READ,
        _P.TOPIC_READ,
        _P.PLAN_READ,
        _P.PLAN_READ_ALL,
        _P.RESPONSE_READ,
        _P.CLOCK_READ,
        _P.PACKAGE_READ,
        _P.OPENNESS_READ,
        _P.STATISTICS_READ,
    }
)

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.OPERATOR: frozenset(
        {
            _P.MESSAGE_READ,
            _P.MESSAGE_LOG,
            _P.ROUTING_CONFIRM,
            _P.TOPIC_READ,
            _P.IDENTITY_REVEAL,
            _P.ORDER_READ,
            _P.ORDER_DISPATCH,
            _P.ORDER_CALL_BACK,
            _P.ORDER_URGE,
            _P.CLOCK_READ,
        }
    ),
    Role.MONITOR: frozenset(
        {
            _P.MESSAGE_READ,
            _P.MESSAGE_IMPORT,
            _P.SOURCE_READ,
            _P.SOURCE_EDIT,
            _P.TOPIC_READ,
            _P.CLOCK_READ,
        }
    ),
    Role.ANALYST: _DESK
    | {
        _P.ROUTING_CONFIRM,
        _P.CATEGORY_EDIT,
        _P.MESSAGE_IMPORT,
        _P.SOURCE_EDIT,
        _P.TOPIC_REFRESH,
        _P.TOPIC_CORRECT,
        _P.HEAT_EDIT,
        _P.ALERT_EDIT,
        _P.ORDER_READ,
        _P.ORDER_CHECK,
        _P.RESPONSE_OPEN,
        _P.RESPONSE_JUDGE,
        _P.CLOCK_ASK,
    },
    # Of the orders, those of the own unit alone: see orders.service.visible_to.
    # Of the plan and its events, all that the own unit writes, and the outline of the others:
    # see planning.access.
    # Of the policy packages, those that the own unit drafts: see packages.queries.visible_to.
    # Of response items, what the office asks of the own unit: see responses.units.
    # Of tasks and findings, those of the own unit: see openness.access.
    Role.LIAISON: frozenset(
        {
            _P.OPENNESS_REPORT,
            _P.PLAN_READ,
            _P.PLAN_PROPOSE,
            _P.ORDER_HANDLE,
            _P.PACKAGE_PROPOSE,
            _P.RESPONSE_ASSIST,
        }
    ),
    Role.EDITOR: _DESK
    | {
        _P.ORDER_READ,
        _P.RESPONSE_OPEN,
        _P.RESPONSE_DRAFT,
        _P.CLOCK_ASK,
        _P.PACKAGE_PROPOSE,
        _P.PACKAGE_EDIT,
    },
    Role.FIRST_REVIEWER: _DESK | {_P.REVIEW_FIRST, _P.PACKAGE_REVIEW},
    Role.SECOND_REVIEWER: _DESK | {_P.REVIEW_SECOND, _P.PACKAGE_REVIEW},
    Role.THIRD_REVIEWER: _DESK | {_P.REVIEW_THIRD, _P.PACKAGE_REVIEW},
    Role.SECRECY_REVIEWER: _DESK | {_P.REVIEW_SECRECY},
    Role.SIGNER: _DESK | {_P.RESPONSE_JUDGE, _P.RESPONSE_SIGN, _P.CLOCK_ASK, _P.CLOCK_DECIDE},
    Role.PRESS_OFFICER: _DESK
    | {
        _P.ROUTING_CONFIRM,
        _P.TOPIC_CORRECT,
        _P.HEAT_EDIT,
        _P.ALERT_EDIT,
        _P.PLAN_PROPOSE,
        _P.PLAN_EDIT,
        _P.EVENT_LINK,
        _P.MEDIA_CONTACT,
        _P.ORDER_READ,
        _P.RESPONSE_OPEN,
        _P.DRAFTING_KEEP,
        _P.RESPONSE_JUDGE,
        _P.CLOCK_ASK,
        _P.CLOCK_DECIDE,
        _P.PUBLISH,
        _P.PACKAGE_PROPOSE,
        _P.PACKAGE_EDIT,
        _P.ARCHIVE,
        _P.REPORT_WRITE,
    },
    Role.OPENNESS_OFFICER: _DESK
    | {
        _P.OPENNESS_EDIT,
        _P.APPLICATION_READ,
        _P.APPLICATION_HANDLE,
        _P.STATISTICS_FREEZE,
        _P.REPORT_WRITE,
    },
    Role.SPOKESPERSON: _DESK,
    Role.SUPERVISOR: _DESK
    | {
        _P.ORDER_READ,
        _P.ORDER_CHECK,
        _P.ORDER_URGE,
        _P.ORDER_SUPERVISE,
        _P.ORDER_EXTEND,
        _P.OPENNESS_VERIFY,
        _P.RESPONSE_JUDGE,
        _P.CLOCK_ASK,
        _P.CLOCK_DECIDE,
        _P.CLOCK_EDIT,
        _P.AUDIT_READ,
    },
    Role.ADMINISTRATOR: frozenset(
        {
            _P.USER_MANAGE,
            _P.TOKEN_MANAGE,
            _P.JOB_RUN,
            _P.WEBHOOK_EDIT,
            _P.IDENTITY_KEEP,
            _P.CATEGORY_EDIT,
            _P.SOURCE_READ,
            _P.SOURCE_EDIT,
            _P.CLOCK_READ,
            _P.CLOCK_EDIT,
            _P.AUDIT_READ,
        }
    ),
    Role.AUDITOR: _DESK | {_P.ORDER_READ, _P.AUDIT_READ},
}


# What a deputy may do for somebody who is away: take the step that waits for them, no more.
DELEGABLE = frozenset(
    {_P.REVIEW_FIRST, _P.REVIEW_SECOND, _P.REVIEW_THIRD, _P.REVIEW_SECRECY, _P.RESPONSE_SIGN}
)


@dataclass(frozen=True)
class Actor:
    """Whoever acts: a signed-in person, or the system itself (``id`` is None).

    :param unit_id: of the unit that the person works for; None at the office itself.
    """

    id: int | None
    name: str
    permissions: frozenset[Permission]
    unit_id: int | None = None

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions


# Jobs act in this name. It publishes what people have signed and scheduled; no more.
SYSTEM = Actor(None, "系统", frozenset({_P.PUBLISH, _P.TOPIC_REFRESH}))

# The person at the machine's console, who could edit the database anyway.
CONSOLE = Actor(None, "控制台", frozenset(Permission))


def permissions_of(roles: Iterable[Role]) -> frozenset[Permission]:
    """All rights of somebody who holds these roles."""
    return frozenset().union(*(ROLE_PERMISSIONS[role] for role in roles))
