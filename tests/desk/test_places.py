"""A name of a place as anybody may see it."""

import pytest

from responder.desk.places import without_door


@pytest.mark.parametrize(
    ("place", "name"),
    [
        ("梧桐里3栋502室", "梧桐里"),
        ("滨江路12号", "滨江路"),
        ("滨江路12号楼", "滨江路"),
        ("华府A3栋-2单元", "华府"),
        ("电表箱A1234567", "电表箱"),
        ("三号楼", "三号楼"),
        ("12号", ""),
    ],
)
def test_a_name_ends_where_a_number_begins(place: str, name: str) -> None:
    assert without_door(place) == name


def test_a_long_number_that_something_follows_is_left_at_once() -> None:
    """It was tried in all its parts, which for forty digits takes years."""
    meter = "中山路" + "8" * 190 + "门"
    assert without_door(meter).startswith("中山路")
