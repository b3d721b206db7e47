from __future__ import annotations

from dataclasses import fields

import pytest

from responder.core.errors import Invalid
from responder.intake.imports.mapping import load_mapping, mapping_names, normalised_heading
from responder.intake.new_message import NewMessage


@pytest.mark.parametrize("name", mapping_names())
def test_shipped_mappings_name_fields_of_a_message(name: str) -> None:
    mapping = load_mapping(name)
    known = {field.name for field in fields(NewMessage)} - {"channel", "received_at"}
    assert mapping.columns.keys() <= known
    assert mapping.required <= mapping.columns.keys()


@pytest.mark.parametrize("name", mapping_names())
def test_no_heading_means_two_fields(name: str) -> None:
    headings = [h for names in load_mapping(name).columns.values() for h in names]
    assert len({normalised_heading(h) for h in headings}) == len(headings)


def test_an_unknown_mapping_is_answered_with_those_that_exist() -> None:
    with pytest.raises(Invalid, match="default、taidi、weibo"):
        load_mapping("../default")


def test_headings_are_found_despite_what_people_add() -> None:
    located = load_mapping("default").locate(["序号", "＊标 题", "内容（必填）", "時間："])
    assert located == {"title": 1, "body": 2, "occurred_at": 3}


def test_what_is_missing_is_said_as_headings() -> None:
    mapping = load_mapping("default")
    assert mapping.missing({"title": 0, "occurred_at": 1}) == []
    assert mapping.missing({"body": 0}) == ["时间或留言时间"]
    assert mapping.missing({"occurred_at": 0}) == ["内容或标题"]
    assert load_mapping("weibo").missing({"occurred_at": 0}) == ["微博中文内容或微博内容"]
