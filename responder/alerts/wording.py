"""An alert in words: the topic, the figures as they were, and the rule."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from responder.alerts.models import Alert, AlertRule, Kind
from responder.core.privacy import mask
from responder.topics.rules import LEVEL_LABELS


def happened(alert: Alert) -> str:
    """What the topic did, with the figures of that moment."""
    facts = alert.facts
    return _(
        "%(what)s；%(people)s 人，%(messages)s 条，热度 %(heat)s。",
        what=_what(alert.rule.kind, facts),
        people=facts["people"],
        messages=facts["messages"],
        heat=facts["heat"],
    )


def sentence(alert: Alert) -> str:
    """The whole of it, for where no link names the topic."""
    return _(
        "话题“%(topic)s”：%(what)s规则“%(rule)s”。",
        topic=mask(alert.topic.label),
        what=happened(alert),
        rule=alert.facts["rule"],
    )


def aside(alert: Alert) -> str:
    """Why nobody need follow it up any more: its topic is none, or went into another."""
    if alert.topic.dismissed:
        return _("已判为不是话题")
    return _("已并入其他话题") if alert.topic.merged_into_id is not None else ""


def condition(rule: AlertRule) -> str:
    """What a rule asks for."""
    match rule.kind:
        case Kind.NEW:
            return _("首条留言在 7 天内的话题，达到 %(people)s 人反映", people=rule.people)
        case Kind.RISING:
            return _("，或").join(_rising(rule.speed_points, rule.heat_rise))
        case Kind.LEVEL:
            return _("热度等级达到“%(level)s”，以后每升一级再提醒一次", level=_level(rule.level))
        case Kind.KEYWORD:
            return _("7 天内的留言提到：%(words)s", words=rule.words)


def _what(kind: Kind, facts: dict[str, Any]) -> str:
    match kind:
        case Kind.NEW:
            return _("新话题，已达到 %(asked)s 人反映", asked=facts["asked_people"])
        case Kind.RISING:
            return _("；").join(_rose(facts))
        case Kind.LEVEL:
            return _(
                "热度升至“%(level)s”（门槛 %(threshold)s）",
                level=_level(facts["level"]),
                threshold=facts["threshold"],
            )
        case Kind.KEYWORD:
            listed = [
                _("“%(word)s”%(count)s 条", word=mask(word), count=count)
                for word, count in facts["words"].items()
            ]
            return _("留言提到%(words)s", words=_("、").join(listed))


def _rising(speed_points: int | None, heat_rise: int | None) -> list[str]:
    asked = []
    if speed_points:
        asked.append(_("增速与突增合计达到 %(points)s 分", points=speed_points))
    if heat_rise:
        asked.append(_("热度一天内升高 %(rise)s", rise=heat_rise))
    return asked


def _rose(facts: dict[str, Any]) -> list[str]:
    said = []
    if facts["asked_speed"] is not None:
        said.append(
            _(
                "增速与突增合计 %(points)s 分（规则要求 %(asked)s）：%(evidence)s",
                points=facts["speed_points"],
                asked=facts["asked_speed"],
                evidence=facts["speed_evidence"],
            )
        )
    if facts["asked_rise"] is not None:
        said.append(
            _(
                "热度一天内升高 %(rise)s（规则要求 %(asked)s）",
                rise=facts["rise"],
                asked=facts["asked_rise"],
            )
        )
    return said


def _level(level: int | None) -> str:
    return _(LEVEL_LABELS[level or 0])
