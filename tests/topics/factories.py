"""Messages about a few matters of an invented town."""

from __future__ import annotations

from datetime import datetime, timedelta

from responder.core.database import transaction
from responder.core.permissions import CONSOLE
from responder.intake import service as intake
from responder.intake.models import Channel
from responder.intake.service import NewMessage
from responder.topics import refreshing
from responder.topics.models import TopicRefresh
from tests.factories import NOW

WINDOW = timedelta(days=365)

NOISE = "柳岸花园北门外的混凝土搅拌站昼夜施工，噪音和粉尘让人无法开窗睡觉"
PARKING = "云锦世家开发商捆绑销售车位，不买车位就不给办理交房手续"


def store(title: str, body: str, person: str, occurred_at: datetime = NOW, **more) -> int:
    """Store one message, and return how many were new."""
    message = NewMessage(
        channel=more.pop("channel", Channel.FORUM),
        title=title,
        body=body,
        author=person,
        occurred_at=occurred_at,
        **more,
    )
    with transaction(CONSOLE, NOW) as session:
        return intake.store_messages(session, [message], NOW).created


def two_worries() -> None:
    """Three people on the mixer plant of one estate, three on the parking of another."""
    for n, person in enumerate("甲乙丙"):
        said_at = NOW - timedelta(days=6 - n)
        store(f"柳岸花园旁搅拌站噪音扰民 {n}", f"{NOISE}，已经{n + 2}天了", person, said_at)
        store(f"云锦世家捆绑销售车位 {n}", f"{PARKING}，我家等了{n + 2}周", person, said_at)


NAMED = "张建国先生13812345678反映翠湖名苑停水"
PRIVATE = ("张建国", "13812345678", "138", "*")  # nothing of these may name a topic


def named_worry() -> None:
    """Three people who put a name and a number into the title and the body."""
    for n, person in enumerate("甲乙丙"):
        body = f"翠湖名苑停水{n + 2}天，请联系张建国先生13812345678"
        store(NAMED, body, person, NOW - timedelta(hours=n))


def refresh(as_of: datetime = NOW) -> TopicRefresh:
    return refreshing.refresh(as_of, NOW, WINDOW, CONSOLE)
