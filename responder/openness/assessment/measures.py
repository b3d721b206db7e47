"""What an assessment can count. One entry of :data:`MEASURES` is one measure.

``count`` answers for all units at once, in a number of queries that does not grow with them;
``rows`` lists for one unit the very records that ``count`` counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from responder.openness.assessment import counting as count
from responder.openness.assessment import register_counting as registers
from responder.openness.assessment.tallies import Measure

_ALL = (
    Measure(
        "press_events_held", "举行新闻发布",
        "本年举行（状态为已举行或已评估）的发布活动，按发布单位计，以举行日期为准。",
        count.count_events, count.list_events, "场",
    ),
    Measure(
        "responses_published", "公开回应关切",
        "本年公开发布的“回应关切”条目，按回应单位计，以发布日期为准；此后撤回的不计。",
        count.count_entries, count.list_entries, "条",
    ),
    Measure(
        "responses_in_time", "按时回应率",
        "本年发现、有时限的回应事项中，全部时限都按时停止的占比，按回应单位计；"
        "逾期的和尚未回应的都不算按时。",
        count.count_timely_items, count.list_timely_items, "%", percent=True,
    ),
    Measure(
        "interpretations_released", "发布政策解读",
        "本年随本单位起草的政策文件包公开的解读，以发布日期为准；此后撤回的不计。",
        count.count_interpretations, count.list_interpretations, "篇",
    ),
    Measure(
        "evaluation_total", "第三方测评得分",
        "本年最后一次已通报的第三方测评的总分（百分制），含通报后的更正；未参评的无从计量。",
        count.count_evaluation, count.list_evaluation, "分", percent=True,
    ),
    Measure(
        "orders_in_time", "工单按时办结率",
        "本年派出的工单中，按时办结的占比，按主办单位计；逾期的和尚未办结的都不算按时，"
        "与月度热线表的口径相同。",
        count.count_timely_orders, count.list_timely_orders, "%", percent=True,
    ),
    Measure(
        "tasks_in_time", "年度任务按时办结率",
        "本年度由本单位牵头的市级任务（已取消的不计）中，在完成时限内办结的占比。",
        registers.count_tasks, registers.list_tasks, "%", percent=True,
    ),
    Measure(
        "findings_closed", "问题销号率",
        "列入本年度问题清单的本单位问题（误列撤销的不计）中，现在已销号的占比。",
        registers.count_findings, registers.list_findings, "%", percent=True,
    ),
    Measure(
        "items_published", "主动公开信息",
        "本年在本单位负责的目录栏目中公开的信息，按公开日期计。",
        registers.count_items, registers.list_items, "条",
    ),
)  # fmt: skip

MEASURES: Mapping[str, Measure] = {one.code: one for one in _ALL}


def known(codes: Iterable[str]) -> list[Measure]:
    """The measures of these codes, each once; a code that is gone is left out."""
    return [MEASURES[code] for code in dict.fromkeys(codes) if code in MEASURES]
