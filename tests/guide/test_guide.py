"""The guide, the glossary and the tour: complete, and for everybody who signs in."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from responder.core.permissions import ROLE_PERMISSIONS, Role
from responder.guide import chapters, glossary, tours
from responder.web.access import PUBLIC, SIGNED_IN, declared_access

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "responder" / "templates"


def test_each_heading_of_the_guide_has_its_place() -> None:
    titles = [one.title for one in chapters.chapters()]
    sections = [title for one in chapters.chapters() for _place, title in one.sections]
    assert titles == list(chapters.CHAPTERS)
    assert sections == list(chapters.SECTIONS)


def test_each_room_leads_to_a_chapter_that_is_there(app) -> None:
    silent = {"api", "archiving", "bootstrap", "guide", "intake_api", "interpretations"}
    silent |= {"languages", "publishing", "ratings"}
    assert set(app.blueprints) - silent - set(chapters.BESIDE) == set()
    for slug, section in chapters.BESIDE.values():
        places = {place for place, _title in chapters.chapter(slug).sections}
        assert section in {"", *places}, slug


def test_the_wheel_packs_the_guide_and_its_pictures() -> None:
    build = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]
    packed = set(build["targets"]["wheel"]["force-include"])
    assert packed == {
        "docs/user-guide.md",
        *(f"docs/screenshots/{name}" for name in chapters.pictures()),
    }


@pytest.mark.parametrize(("language", "orders"), [("zh_Hans", "工单"), ("zh_Hant", "工單")])
def test_chapters_are_read_in_either_script(client, people, language, orders) -> None:
    people.sign_in(client, people.operator)
    client.post("/language", data={"language": language})
    shown = client.get("/help/operator").text
    assert f'<h2 id="orders">{orders}</h2>' in shown
    assert '<table class="table">' in shown
    assert client.get("/help/no-such-chapter").status_code == 404


def test_the_guide_shows_its_pictures(client, people) -> None:
    people.sign_in(client, people.operator)
    name = chapters.pictures()[0]
    with client.get(f"/help/pictures/{name}") as picture:
        assert picture.mimetype == "image/png"


def test_pages_ask_for_words_that_the_glossary_has() -> None:
    asked = {
        term
        for path in TEMPLATES.rglob("*.html")
        for term in re.findall(r"\bterm\('([^']+)'", path.read_text("utf-8"))
    }
    known = {entry["term"] for entry in glossary.entries().values()}
    assert asked - known == set()
    assert len(asked) > 25


@pytest.mark.parametrize(
    ("language", "word"), [("zh_Hans", "热度"), ("zh_Hant", "熱度"), ("en", "Heat")]
)
def test_a_word_is_explained_in_the_readers_language(client, people, language, word) -> None:
    people.sign_in(client, people.analyst)
    client.post("/language", data={"language": language})
    assert f"<dt><dfn>{word}</dfn></dt>" in client.get("/glossary").text


def test_each_post_has_a_tour_of_five_steps_that_it_may_enter(app) -> None:
    assert set(tours.TOURS) == set(Role)
    for role, steps in tours.TOURS.items():
        assert len(steps) == 5, role
        for step in steps:
            needed = declared_access(app, step.endpoint)
            assert needed in (PUBLIC, SIGNED_IN) or needed & ROLE_PERMISSIONS[role], step.endpoint


def test_the_tour_is_walked_once_with_plain_forms(client, people) -> None:
    people.sign_in(client, people.analyst)
    assert "第 1 步，共 5 步" in client.get("/").text
    for number, address in ((2, "/topics"), (3, "/alerts"), (4, "/responses"), (5, "/help")):
        assert client.post("/tour", data={"step": number}).location == address
        assert f"第 {number} 步，共 5 步" in client.get(address).text
    assert "共 5 步" not in client.get("/topics").text
    client.post("/tour", data={"step": "end"})
    assert "共 5 步" not in client.get("/").text + client.get("/help").text
    client.post("/tour", data={"step": "again"})
    assert "第 1 步，共 5 步" in client.get("/").text
