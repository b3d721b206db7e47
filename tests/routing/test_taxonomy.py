"""The taxonomy is the office's: loaded once, edited, versioned, never deleted."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from responder.core.database import transaction
from responder.core.errors import Invalid, Stale
from responder.core.permissions import CONSOLE
from responder.routing import snapshot
from responder.routing import taxonomy as verbs
from responder.routing.models import Category, TaxonomyVersion
from responder.routing.rules import cue_problem, words_in
from responder.routing.taxonomy import CategoryFacts
from tests.factories import NOW, unit
from tests.routing.factories import BUS, category, confirm, message


def newest(session) -> TaxonomyVersion:
    return session.scalars(verbs.versions()).first()


def test_the_shipped_taxonomy_has_two_levels_and_proper_cue_words() -> None:
    rows = list(verbs.shipped())
    assert 12 <= sum(not parent for _, parent in rows) <= 15
    assert len({row["code"] for row, _ in rows}) == len(rows)
    assert [row["code"] for row, _ in rows if cue_problem(words_in(row["words"]))] == []
    assert [row["code"] for row, _ in rows if len(row["code"]) > 48] == []


def test_loading_again_adds_nothing_and_keeps_what_was_edited(taxonomy) -> None:
    bus = category("transport-bus")
    with transaction(CONSOLE, NOW) as session:
        verbs.edit_category(session, bus, CategoryFacts("公交与地铁", "公交"), bus.version_id)
    with transaction(CONSOLE, NOW) as session:
        assert verbs.seed_taxonomy(session) == 0
    assert (category("transport-bus").name, category("transport-bus").cue_words) == (
        "公交与地铁",
        "公交",
    )


def test_an_edit_is_a_new_version_that_says_what_changed(taxonomy) -> None:
    bus, before = category("transport-bus"), newest(taxonomy).id
    office = unit("jtj", "市交通运输局")
    facts = CategoryFacts(bus.name, "公交、站台", office.id)
    with transaction(CONSOLE, NOW) as session:
        verbs.edit_category(session, bus, facts, bus.version_id)
    version = newest(taxonomy)
    assert (version.id, version.actor_name, version.made_at) == (before + 1, "控制台", NOW)
    (change,) = version.changes
    assert change["name"] == bus.path
    assert change["fields"]["unit"] == ["", "市交通运输局"]
    assert change["fields"]["cue_words"][1] == "公交、站台"
    assert set(change["fields"]) == {"unit", "cue_words"}
    with transaction(CONSOLE, NOW) as session:
        verbs.edit_category(session, bus, facts, bus.version_id)
    assert newest(taxonomy).id == before + 1  # nothing changed, no version


def test_an_edit_counts_at_once(taxonomy) -> None:
    assert snapshot.current(taxonomy).rules.guesses("共享滑板乱放") == []
    bus = category("transport-bus")
    with transaction(CONSOLE, NOW) as session:
        facts = CategoryFacts(bus.name, "共享滑板")
        verbs.edit_category(session, bus, facts, bus.version_id)
    assert snapshot.current(taxonomy).rules.guesses("共享滑板乱放")[0].code == "transport-bus"


def test_an_old_page_does_not_undo_a_colleagues_edit(taxonomy) -> None:
    bus = category("transport-bus")
    with pytest.raises(Stale), transaction(CONSOLE, NOW) as session:
        verbs.edit_category(session, bus, CategoryFacts("别名"), bus.version_id + 1)


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        (CategoryFacts(" "), "name"),
        (CategoryFacts("邮政与快递"), "name"),
        (CategoryFacts("公共交通", "公交、车"), "cue_words"),
        (CategoryFacts("公共交通", "、".join(f"线索词{n}" for n in range(300))), "cue_words"),
    ],
)
def test_a_category_that_cannot_be_says_why(taxonomy, facts, field) -> None:
    bus = category("transport-bus")
    with pytest.raises(Invalid) as refused, transaction(CONSOLE, NOW) as session:
        verbs.edit_category(session, bus, facts, bus.version_id)
    assert list(refused.value.fields) == [field]


def test_a_retired_category_is_suggested_no_more_and_stays_where_it_was(taxonomy) -> None:
    said = message(BUS)
    made = confirm(said, "transport-bus")
    with transaction(CONSOLE, NOW) as session:
        verbs.set_valid(session, category("transport-bus"), False)
    found = snapshot.current(taxonomy)
    assert found.rules.guesses(BUS)[0].code != "transport-bus"
    assert taxonomy.get(type(made), made.id).category.code == "transport-bus"
    with pytest.raises(Invalid):
        confirm(message(BUS + "！"), "transport-bus")
    with transaction(CONSOLE, NOW) as session:
        verbs.set_valid(session, category("transport-bus"), True)
    assert snapshot.current(taxonomy).rules.guesses(BUS)[0].code == "transport-bus"
    assert newest(taxonomy).changes[0]["fields"] == {"valid": [False, True]}


def test_a_first_level_is_retired_after_its_children(taxonomy) -> None:
    with pytest.raises(Invalid, match="先停用"), transaction(CONSOLE, NOW) as session:
        verbs.set_valid(session, category("culture"), False)
    with transaction(CONSOLE, NOW) as session:
        parent = category("culture")
        for child in session.scalars(select(Category).where(Category.parent_id == parent.id)):
            verbs.set_valid(session, child, False)
        verbs.set_valid(session, parent, False)
    with pytest.raises(Invalid, match="先恢复上级"), transaction(CONSOLE, NOW) as session:
        verbs.set_valid(session, category("culture-sport"), True)


def test_units_are_found_by_the_departments_name_and_children_follow(taxonomy) -> None:
    transport = unit("jtj", "江澜市交通运输局")
    own = unit("bus", "江澜市公共交通集团有限公司")
    with transaction(CONSOLE, NOW) as session:
        assert verbs.fill_units(session) > 0
    with transaction(CONSOLE, NOW) as session:
        assert verbs.fill_units(session) == 0
    assert verbs.unit_of(category("transport-bus")) == own
    assert verbs.unit_of(category("transport-road")) == transport
    assert verbs.unit_of(category("health")) is None


def test_a_category_is_added_under_a_first_level_only(taxonomy) -> None:
    facts = CategoryFacts("共享滑板车", "滑板车", parent_id=category("transport").id)
    with transaction(CONSOLE, NOW) as session:
        made = verbs.add_category(session, facts)
    assert made.path.endswith(" / 共享滑板车")
    assert snapshot.current(taxonomy).code_of("共享滑板车") == made.code
    wrong = CategoryFacts("三级", parent_id=made.id)
    with pytest.raises(Invalid), transaction(CONSOLE, NOW) as session:
        verbs.add_category(session, wrong)


def test_the_hotlines_own_number_says_nothing_of_a_matter() -> None:
    words = [word for row, _ in verbs.shipped() for word in words_in(row["words"])]
    assert "12345" not in words
