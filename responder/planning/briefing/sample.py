"""A made-up pack in which nothing is empty: what templates are tried with."""

from __future__ import annotations

from datetime import UTC, date, datetime

from responder.core.charts import ChartKind, Figures
from responder.planning.briefing.answers import Answer
from responder.planning.briefing.pack import Pack, Task, TopicPart
from responder.planning.briefing.questions import Question, Voice

_ASKED = "车位什么时候可以出租？"


def sample_pack() -> Pack:
    """An event that never was, for trying a template; never shown as real."""
    day = date(2026, 3, 5)
    names = ("3月4日", "3月5日")
    return Pack(
        event_id=0,
        theme="示例：住宅小区停车管理新闻通气会",
        form="新闻通气会",
        made_on=day,
        facts=(
            ("发布主题", "示例：住宅小区停车管理新闻通气会"),
            ("发布形式", "新闻通气会"),
            ("发布时间", "2026年3月12日 星期四 09:30"),
            ("发布地点", "市政府新闻发布厅"),
            ("发布单位", "示例单位"),
            ("发布人", "示例发布人"),
            ("主持人", "示例主持人"),
        ),
        wording=("示例口径。",),
        summary=("示例发布内容。",),
        topics=(_topic(day),),
        charts=(
            Figures(ChartKind.DAYS, "每日留言", "留言（条）", names, (("示例", (3, 5)),)),
            Figures(ChartKind.LINES, "热度", "热度", names, (("示例", (30.0, None)),)),
            Figures(ChartKind.KINDS, "渠道", "留言（条）", ("市长热线",), (("示例", (8,)),)),
        ),
        tasks=(Task("示例事项", day, "示例负责人", False),),
        media=(("已邀请，待回复", 2),),
    )


def _topic(day: date) -> TopicPart:
    said = datetime(2026, 3, 4, tzinfo=UTC)
    return TopicPart(
        topic_id=0,
        label="示例话题",
        statement=("示例回应。",),
        messages=8,
        people=6,
        first_seen=day,
        last_seen=day,
        heat=42.0,
        level="关注",
        channels=(("市长热线", 8),),
        places=(("示例区", 8),),
        tones=(("负面", 8),),
        questions=(Question(_ASKED, (Voice(1, _ASKED), Voice(2, _ASKED)), 2),),
        read=8,
        reports=1,
        answers=(
            Answer(0, "示例答复", "示例内容。", "示例单位", "已公开", said, "示例编号"),
            Answer(0, "示例在办", "", "示例单位", "待初审", wording="示例口径。"),
        ),
    )
