"""``responder topics``: one object on standard output, sentences on standard error."""

from __future__ import annotations

import json

from responder.core.privacy import mask
from responder.core.times import local
from responder.topics import corrections
from tests.factories import NOW
from tests.topics.correcting import correct, parking, plant
from tests.topics.factories import PRIVATE, named_worry, two_worries

AS_OF = f"{local(NOW):%Y-%m-%d}"


def run(app, *arguments: str):
    return app.test_cli_runner().invoke(args=["topics", *arguments])


def test_refresh_reports_what_it_did(app) -> None:
    two_worries()
    result = run(app, "refresh", "--as-of", AS_OF, "--json")
    told = json.loads(result.stdout)
    assert result.exit_code == 0
    assert (told["messages_added"], told["topics_created"], told["topics"]) == (6, 2, 2)
    assert "新话题 2 个" in result.stderr


def test_list_gives_each_topic_with_its_messages_and_heat(app) -> None:
    two_worries()
    run(app, "refresh", "--as-of", AS_OF)
    listed = json.loads(run(app, "list", "--limit", "5", "--json").stdout)["topics"]
    assert [topic["messages"] for topic in listed] == [3, 3]
    for topic in listed:
        assert len(topic["message_ids"]) == 3
        assert topic["heat"] == round(sum(part["points"] for part in topic["heat_parts"]), 1)
        assert topic["first_seen"] < topic["last_seen"]
    ids = [set(topic["message_ids"]) for topic in listed]
    assert not ids[0] & ids[1]


def test_show_gives_one_topic_message_by_message(app) -> None:
    two_worries()
    run(app, "refresh", "--as-of", AS_OF)
    first = json.loads(run(app, "list", "--json").stdout)["topics"][0]
    shown = json.loads(run(app, "show", str(first["id"]), "--json").stdout)
    assert shown["label"] == first["label"]
    assert len(shown["messages"]) == 3
    text = run(app, "show", str(first["id"])).stdout
    assert "人数" in text
    assert first["label"] in text


def test_show_follows_a_merged_topic_to_its_survivor_and_says_so(app) -> None:
    two_worries()
    run(app, "refresh", "--as-of", AS_OF)
    into, other = plant(), parking()
    correct(corrections.merge, into, other)
    result = run(app, "show", str(other.id), "--json")
    shown = json.loads(result.stdout)
    assert (shown["id"], shown["merged_into"], len(shown["messages"])) == (into.id, into.id, 6)
    assert f"话题 {other.id} 已并入话题 {into.id}" in result.stderr
    assert json.loads(run(app, "show", str(into.id), "--json").stdout)["merged_into"] is None
    assert mask(into.label) in run(app, "show", str(other.id)).stdout


def test_show_tells_level_and_that_it_is_no_topic(app) -> None:
    two_worries()
    run(app, "refresh", "--as-of", AS_OF)
    topic = plant()
    shown = json.loads(run(app, "show", str(topic.id), "--json").stdout)
    assert (shown["level"], shown["dismissed"]) == (topic.level, False)
    correct(corrections.dismiss, topic)
    assert json.loads(run(app, "show", str(topic.id), "--json").stdout)["dismissed"]
    assert "已标为“不是话题”" in run(app, "show", str(topic.id)).stderr


def test_list_says_what_to_do_when_there_is_nothing(app) -> None:
    assert "responder topics refresh" in run(app, "list").stderr


def test_what_is_printed_holds_neither_name_nor_number(app) -> None:
    named_worry()
    run(app, "refresh", "--as-of", AS_OF)
    listed = run(app, "list", "--json").stdout
    topic_id = str(json.loads(listed)["topics"][0]["id"])
    outputs = [listed, run(app, "list").stdout]
    outputs += [run(app, "show", topic_id, *more).stdout for more in ((), ("--json",))]
    for output in outputs:
        assert "翠湖名苑停水" in output
        assert not any(private in output for private in PRIVATE[:2])
