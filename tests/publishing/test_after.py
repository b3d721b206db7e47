"""What became of a topic around publication is told as it is, and kept with the evaluation."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from responder.core import audit
from responder.core.database import db, transaction
from responder.core.errors import Forbidden, Invalid, Stale, WrongState
from responder.core.lifecycle import Attempt
from responder.core.permissions import Role, permissions_of
from responder.core.privacy import NOBODY
from responder.core.times import SHANGHAI
from responder.planning.briefing.reading import Standpoint
from responder.planning.briefing.rules import Comparison, Week
from responder.publishing.after import rules, service
from responder.publishing.after.models import Effect
from responder.responses import service as responses
from responder.responses.models import ItemState
from tests.factories import NOW
from tests.planning.briefing.factories import heat_on, message, refreshed
from tests.publishing.factories import published
from tests.responses.factories import brought_to, topic
from tests.responses.pages import strict

DAY = date(2026, 11, 20)  # on which the entry came out, in Shanghai
LATER = NOW + timedelta(days=9)
THEN = Standpoint(LATER, SHANGHAI, NOBODY)


def week(per_day: float, heat: float | None = 50.0) -> Week:
    return Week(per_day=per_day, heat=heat)


def told(
    before: Week, after: Week | None, tones=({}, {}), people=0
) -> list[tuple[str, bool | None]]:
    comparison = Comparison(before=before, after=after, days_since=3)
    return [(one.text, one.welcome) for one in rules.findings(comparison, *tones, people)]


def test_what_got_worse_or_cannot_be_told_is_said() -> None:
    tones = ({"negative": 6, "neutral": 4}, {"negative": 7, "neutral": 3})
    worse = told(week(1, 40), week(3, 60), tones, people=2)
    assert [welcome for _, welcome in worse] == [False] * 4
    assert "没有减少" in worse[0][0]
    assert "2 人提出" in worse[3][0]
    better = told(week(3, 60), week(1, 40), (tones[0], {"neutral": 10}))
    assert [welcome for _, welcome in better] == [True] * 4
    unknown = told(week(0), week(0, None), ({"negative": 4}, {"neutral": 9}))
    assert [welcome for _, welcome in unknown] == [None, None, None, True]
    assert told(week(1), None) == [("发布后才有 3 天的数字，满 7 天再比较", None)]


def answered(before: int = 1, after: int = 0):
    """An entry of a topic with as many messages a day around its day, and its heat."""
    of = topic()
    for days in range(1, 8):
        heat_on(of, DAY - timedelta(days=days), 56.0)
        heat_on(of, DAY + timedelta(days=days), 41.0)
        for _ in range(before):
            message(of, "车位只售不租，太差了，强烈不满", at=NOW - timedelta(days=days))
        for _ in range(after):
            message(of, "车位方案公布了，感谢", at=NOW + timedelta(days=days))
    refreshed(LATER)
    return published(topic=of)


def test_volume_heat_and_tone_are_read_around_the_day_of_publication(session):
    entry = answered(before=2, after=1)
    found = service.aftermath(db.session, entry, THEN)
    assert found.day == DAY
    assert (found.comparison.before.per_day, found.comparison.after.per_day) == (2.0, 1.0)
    assert (found.comparison.before.heat, found.comparison.after.heat) == (56.0, 41.0)
    assert (found.again, found.people, len(found.latest)) == (7, 7, 5)
    assert [one.welcome for one in found.findings] == [True, True, True, False]
    assert [sum(values) for _, values in found.volume.series] == [14, 7]
    assert dict(found.tone.series)["负面"] == (14, 0)
    assert service.aftermath(db.session, published(title="没有话题的"), THEN) is None


def evaluated(item, person, seen=0, findings="留言明显减少，仍有人问公布日期", **changes):
    attempt = Attempt(person.actor, LATER)
    facts = {"effect": Effect.PARTLY, "asked_again": True, "findings": findings, "lessons": ""}
    with transaction(attempt.actor, LATER) as session:
        found = responses.find_item(session, item.id)
        return service.evaluate(session, found, attempt, THEN, seen=seen, **facts | changes)


def test_an_evaluation_stays_with_the_figures_that_stood_beside_it(people):
    item = answered(before=2).item
    first = evaluated(item, people.analyst)
    assert first.figures["around"]["day"] == "2026-11-20"
    assert "留言减少" in first.figures["around"]["findings"][0]
    with pytest.raises(Stale, match="已填写过评估"):
        evaluated(item, people.press_officer)
    evaluated(item, people.press_officer, seen=1, effect=Effect.SETTLED)
    assert [one.effect for one in service.evaluations_of(db.session, item.id)] == [
        Effect.SETTLED, Effect.PARTLY,
    ]  # fmt: skip
    assert audit.history(db.session, item)[-1].action == "evaluate"
    with pytest.raises(Invalid, match="有何依据"):
        evaluated(item, people.analyst, seen=2, findings=" ")
    with pytest.raises(Invalid, match="精简"):
        evaluated(item, people.analyst, seen=2, lessons="长" * 4001)
    for role in Role:
        if "response.judge" not in permissions_of([role]):
            with pytest.raises(Forbidden):
                evaluated(item, people.holding(role), seen=2)
    with pytest.raises(WrongState, match="已发布"):
        evaluated(brought_to(ItemState.SIGNED), people.analyst)


def test_the_page_draws_and_asks(client, people):
    item = answered(before=2, after=1).item
    path = f"/responses/{item.id}/after"
    people.sign_in(client, people.analyst)
    shown = client.get(f"/responses/{item.id}").text
    strict(shown)
    assert "还没有效果评估" in shown
    page = client.get(path).text
    strict(page)
    for words in ("每日留言", "每日热度", "前后的语气", "没有达到的也照实写"):
        assert words in page
    empty = client.post(path, data={"seen": "0"})
    assert empty.status_code == 422
    strict(empty.text)
    data = {"effect": "partly", "asked_again": "yes", "findings": "仍有人问日期", "seen": "0"}
    assert client.post(path, data={**data, "effect": "grand"}).status_code == 422
    assert client.post(path, data={**data, "seen": "x" * 50}).status_code == 302
    late = client.post(path, data={**data, "findings": "另一个看法"})
    assert late.status_code == 409
    strict(late.text)
    assert "另一个看法" in late.text
    assert 'value="1"' in late.text
    assert "部分解决" in client.get(f"/responses/{item.id}").text
    people.sign_in(client, people.editor)  # may read, not evaluate
    page = client.get(path).text
    strict(page)
    assert "仍有人问日期" in page
    assert "保存评估" not in page
    assert client.post(path, data=data).status_code == 403
    signed = brought_to(ItemState.SIGNED)
    assert client.get(f"/responses/{signed.id}/after").status_code == 404
    without = published(title="没有话题的").item
    assert "没有对应的话题" in client.get(f"/responses/{without.id}/after").text
