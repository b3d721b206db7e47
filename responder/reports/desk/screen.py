"""What the big screen of the duty room (大屏) shows: read by many, touched by nobody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from responder.core.charts import ChartKind, Figures
from responder.core.office import office_zone
from responder.core.permissions import Actor, Permission
from responder.core.times import local, start_of_day
from responder.intake.models import CHANNEL_LABELS
from responder.reports.desk import arrivals, deadlines, week
from responder.reports.desk.deadlines import Cell
from responder.reports.desk.week import Coming
from responder.responses import service as responses
from responder.responses.models import ItemClock
from responder.scheduling import turns
from responder.sources.models import Source
from responder.topics import moving
from responder.topics import service as topics
from responder.topics.models import TopicRefresh
from responder.topics.moving import Moved

CLOCKS, HOT, EVENTS = 6, 7, 4


@dataclass(frozen=True)
class Screen:
    """The office at one moment.

    :param running: whether the scheduler has given a sign of life lately; ``seen`` the last.
    :param refresh: the last gathering of messages into topics.
    """

    strip: list[Cell]
    due: list[ItemClock]
    hot: list[Moved]
    coming: list[Coming]
    intake: Figures
    arrived: int
    refresh: TopicRefresh | None
    running: bool
    seen: datetime | None
    failing: list[Source]


def screen(session: Session, actor: Actor, now: datetime) -> Screen:
    """Everything that stands on it, in as many queries on a busy day as on a quiet one."""
    today = local(now, office_zone()).date()
    counts = arrivals.by_channel(session, start_of_day(today, office_zone()))
    plans = actor.may(Permission.PLAN_READ)
    return Screen(
        strip=deadlines.strip(responses.running_ends(session), now),
        due=responses.due(session, limit=CLOCKS),
        hot=moving.hottest(session, today, HOT),
        coming=week.coming(session, actor, now)[:EVENTS] if plans else [],
        intake=Figures(
            ChartKind.BARS,
            _("今日来件"),
            "留言（条）",
            tuple(_(CHANNEL_LABELS[channel]) for channel, _count in counts),
            ((_("留言"), tuple(float(count) for _channel, count in counts)),),
        ),
        arrived=sum(count for _channel, count in counts),
        refresh=topics.last_refresh(session),
        running=turns.scheduler_is_alive(session, now),
        seen=turns.last_sign(session),
        failing=arrivals.failing(session) if actor.may(Permission.SOURCE_READ) else [],
    )
