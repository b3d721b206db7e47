"""Suggestions show why; people confirm or overrule them, and the record keeps both."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from responder.core.database import transaction
from responder.core.errors import Invalid, NotFound
from responder.core.permissions import CONSOLE
from responder.intake.imports import undo
from responder.intake.models import Message
from responder.routing import service
from tests.factories import NOW, unit
from tests.routing.factories import BUS, category, confirm, message


def test_a_suggestion_names_category_unit_words_and_the_second_best(taxonomy) -> None:
    own = unit("bus", "江澜市公共交通集团有限公司")
    with transaction(CONSOLE, NOW) as session:
        category("transport-bus").unit = own
        service.seed_taxonomy(session)
    found = service.suggest(taxonomy, "公交车不来", BUS + "，城管也不管")
    assert (found.code, found.source) == ("transport-bus", "rules")
    assert found.path == category("transport-bus").path
    assert 0 < found.score <= 1
    assert {"公交车", "末班车"} <= {one.word for one in found.evidence}
    assert found.runner_up.score < found.score


def test_the_unit_of_a_suggestion_is_the_offices(taxonomy) -> None:
    unit("bus", "江澜市公共交通集团有限公司")
    with transaction(CONSOLE, NOW) as session:
        service.seed_taxonomy(session)  # loading again also looks for units
    found = service.suggest(taxonomy, "", BUS)
    assert found.unit_name == "江澜市公共交通集团有限公司"


def test_the_other_script_is_understood(taxonomy) -> None:
    assert service.suggest(taxonomy, "", "公交車末班車取消").code == "transport-bus"


def test_where_no_word_speaks_nothing_is_suggested(taxonomy) -> None:
    assert service.suggest(taxonomy, "", "今天天气很好") is None
    assert service.suggest(taxonomy, "", "") is None
    assert service.suggest_many(taxonomy, []) == []


def test_without_a_taxonomy_nothing_is_suggested(session) -> None:
    assert service.suggest(session, "公交车", BUS) is None
    assert service.choices(session) == []


def test_the_menu_offers_valid_categories_with_their_words(taxonomy) -> None:
    offered = {one.code: one for one in service.choices(taxonomy)}
    assert "末班车" in offered["transport-bus"].words
    assert offered["transport"].path == category("transport").name


def test_confirming_keeps_what_had_been_suggested(taxonomy, people) -> None:
    said, actor = message(), people.operator.actor
    made = confirm(said, "transport-bus", actor)
    assert (made.category.code, made.suggested.code) == ("transport-bus", "transport-bus")
    assert (made.actor_id, made.confirmed_at) == (actor.id, NOW)
    assert made.taxonomy_version is not None
    assert confirm(said, "transport-bus", actor) == made  # a second click changes nothing
    assert service.of_message(taxonomy, [said.id, said.id + 1]) == {said.id: made}
    assert service.confirmed_count(taxonomy) == 1


def test_overruling_needs_a_reason(taxonomy) -> None:
    said = message()
    with pytest.raises(Invalid) as refused:
        confirm(said, "traffic-signal", reason="  ")
    assert refused.value.fields == {"reason": "请写明理由"}
    made = confirm(said, "traffic-signal", reason="说的是站台旁的红绿灯")
    assert (made.suggested.code, made.reason) == ("transport-bus", "说的是站台旁的红绿灯")
    with pytest.raises(Invalid):
        confirm(said, "utility-water")
    confirm(said, "utility-water", reason="说的是站台漏水")
    assert [one.category.code for one in service.history_of(taxonomy, said.id)] == [
        "utility-water",
        "traffic-signal",
    ]
    assert service.of_message(taxonomy, [said.id])[said.id].category.code == "utility-water"


def test_saying_it_less_or_more_precisely_is_no_overruling(taxonomy) -> None:
    assert confirm(message(), "transport").category.code == "transport"


def test_what_cannot_be_confirmed_says_why(taxonomy) -> None:
    said = message()
    with pytest.raises(Invalid) as refused, transaction(CONSOLE, NOW) as session:
        service.confirm(session, said.id, 0, CONSOLE, NOW)
    assert list(refused.value.fields) == ["category_id"]
    with pytest.raises(NotFound), transaction(CONSOLE, NOW) as session:
        service.confirm(session, said.id + 9, category("transport").id, CONSOLE, NOW)
    with pytest.raises(Invalid, match="200"):
        confirm(said, "utility-water", reason="长" * 201)


def test_a_confirmed_message_does_not_vanish_with_its_import(taxonomy) -> None:
    assert "routing" in undo._keepers
    said, other = message(), message("自来水停水")
    confirm(said, "transport-bus")
    _label, kept = undo._keepers["routing"]
    ids = taxonomy.scalars(
        kept(taxonomy, select(Message.id).where(Message.id.in_([said.id, other.id])))
    ).all()
    assert ids == [said.id]
