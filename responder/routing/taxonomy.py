"""Verbs on the taxonomy: load the shipped one, edit, retire; each change is a new version."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.resources import files
from secrets import token_hex
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from responder.accounts.models import Unit
from responder.core.errors import Invalid, NotFound, Stale
from responder.routing import rules
from responder.routing.models import MOST_WORDS_CHARACTERS, Category, TaxonomyVersion

FIELDS = ("name", "parent", "unit", "cue_words", "valid")


@dataclass(frozen=True)
class CategoryFacts:
    """What a person says of a category."""

    name: str
    cue_words: str = ""
    unit_id: int | None = None
    parent_id: int | None = None


@dataclass(frozen=True)
class Branch:
    """A first-level category with its children, in the order of the taxonomy."""

    category: Category
    children: list[Category]


def tree(session: Session, *, retired: bool = True) -> list[Branch]:
    """The whole taxonomy. :param retired: also what is no longer given."""
    query = (
        select(Category)
        .options(joinedload(Category.unit), joinedload(Category.parent))
        .order_by(Category.position, Category.id)
    )
    found = [one for one in session.scalars(query) if retired or one.valid]
    children: dict[int, list[Category]] = {}
    for one in found:
        if one.parent_id:
            children.setdefault(one.parent_id, []).append(one)
    return [Branch(one, children.get(one.id, [])) for one in found if not one.parent_id]


def get_category(session: Session, category_id: int) -> Category:
    """:raises NotFound: no such category."""
    category = session.get(Category, category_id)
    if category is None:
        raise NotFound("没有这个分类：请从分类页面重新选择")
    return category


def unit_of(category: Category) -> Unit | None:
    """The unit that leads: the category's own, else that of its first level.

    None where another department than the first level's usually answers, not entered yet.
    """
    inherits = category.parent is not None and not category.lead
    return category.unit or (category.parent.unit if category.parent and inherits else None)


def versions() -> Select[TaxonomyVersion]:
    """Every version, newest first."""
    return select(TaxonomyVersion).order_by(TaxonomyVersion.id.desc())


def add_category(session: Session, facts: CategoryFacts) -> Category:
    """Add a category at the end of its level.

    :raises Invalid: see :func:`edit_category`.
    """
    category = Category(code=f"own-{token_hex(4)}", position=_last_position(session) + 1)
    _put(session, category, facts, parent=_parent(session, facts.parent_id))
    session.add(category)
    session.flush()
    _remember(session, [(category, {}, _told(category))])
    return category


def edit_category(
    session: Session, category: Category, facts: CategoryFacts, seen_version: int
) -> None:
    """Change name, cue words or lead unit; the level stays.

    :raises Invalid: the name is empty or taken beside it; a cue word is too short.
    :raises Stale: somebody else changed it meanwhile.
    """
    if category.version_id != seen_version:
        raise Stale("这个分类刚被别人修改过：请刷新页面，看过最新内容后再保存")
    before = _told(category)
    _put(session, category, facts, parent=category.parent)
    session.flush()
    _remember(session, [(category, before, _told(category))])


def set_valid(session: Session, category: Category, valid: bool) -> None:
    """Retire a category, or take it up again. What was decided before keeps it.

    :raises Invalid: a first level that still has children; a child of a retired one.
    """
    if not valid and _valid_children(session, category):
        raise Invalid(f"“{category.name}”下面还有在用的分类：请先停用它们")
    if valid and category.parent and not category.parent.valid:
        raise Invalid(f"上级分类“{category.parent.name}”已停用：请先恢复上级")
    if valid:
        _require_free_name(session, category, category.name, category.parent)
    before = _told(category)
    category.valid = valid
    session.flush()
    _remember(session, [(category, before, _told(category))])


def fill_units(session: Session) -> int:
    """Give categories without a lead unit the one unit whose name holds their department's."""
    units = list(session.scalars(select(Unit)))
    changed = []
    for category in session.scalars(select(Category).where(Category.unit_id.is_(None))):
        named = [unit for unit in units if category.lead and category.lead in unit.name]
        if len(named) == 1:
            before = _told(category)
            category.unit = named[0]
            changed.append((category, before, _told(category)))
    session.flush()
    _remember(session, changed)
    return len(changed)


def seed_taxonomy(session: Session) -> int:
    """Store each shipped category that the office does not have yet; edited ones stay."""
    known = {one.code: one for one in session.scalars(select(Category))}
    added: list[tuple[Category, dict[str, Any], dict[str, Any]]] = []
    for position, (row, parent_code) in enumerate(shipped(), 1):
        if row["code"] in known:
            continue
        category = Category(
            code=row["code"],
            name=row["name"],
            parent=known.get(parent_code),
            lead=row.get("lead", ""),
            cue_words="、".join(rules.words_in(row["words"])),
            position=position,
            valid=True,
        )
        session.add(category)
        known[category.code] = category
        added.append((category, {}, {"name": category.name}))
    session.flush()
    _remember(session, added)
    fill_units(session)
    return len(added)


def shipped() -> Iterator[tuple[dict[str, Any], str]]:
    """Each shipped category with the code of its parent, parents first."""
    text = files("responder").joinpath("data/taxonomy.toml").read_text(encoding="utf-8")
    for category in tomllib.loads(text)["category"]:
        yield category, ""
        for child in category["child"]:
            yield child, category["code"]


def _parent(session: Session, parent_id: int | None) -> Category | None:
    if not parent_id:
        return None
    parent = session.get(Category, parent_id)
    if parent is None or parent.parent_id or not parent.valid:
        raise Invalid("上级分类不能用：请选择一个在用的一级分类", {"parent_id": "请重新选择"})
    return parent


def _put(
    session: Session, category: Category, facts: CategoryFacts, parent: Category | None
) -> None:
    name, words = facts.name.strip(), rules.words_in(facts.cue_words)
    if not name:
        raise Invalid("请填写分类名称", {"name": "请填写"})
    if wrong := rules.cue_problem(words):
        raise Invalid(wrong, {"cue_words": "有不能用的词"})
    if len("、".join(words)) > MOST_WORDS_CHARACTERS:
        raise Invalid(f"线索词太多：合计请不超过 {MOST_WORDS_CHARACTERS} 字", {"cue_words": "太多"})
    unit = session.get(Unit, facts.unit_id) if facts.unit_id else None
    with session.no_autoflush:
        _require_free_name(session, category, name, parent)
    category.name, category.cue_words = name, "、".join(words)
    category.parent, category.unit = parent, unit


def _require_free_name(
    session: Session, category: Category, name: str, parent: Category | None
) -> None:
    beside = Category.parent_id == parent.id if parent else Category.parent_id.is_(None)
    taken = select(Category.id).where(Category.name == name, Category.valid, beside)
    if category.id:
        taken = taken.where(Category.id != category.id)
    if session.scalar(taken.limit(1)) is not None:
        raise Invalid(f"同级已有名为“{name}”的分类：请换一个名称", {"name": "已被使用"})


def _valid_children(session: Session, category: Category) -> bool:
    query = select(Category.id).where(Category.parent_id == category.id, Category.valid)
    return session.scalar(query.limit(1)) is not None


def _last_position(session: Session) -> int:
    query = select(Category.position).order_by(Category.position.desc())
    return session.scalar(query.limit(1)) or 0


def _told(category: Category) -> dict[str, Any]:
    """A category as a version tells it: names, not numbers."""
    return {
        "name": category.name,
        "parent": category.parent.name if category.parent else "",
        "unit": category.unit.name if category.unit else "",
        "cue_words": category.cue_words,
        "valid": category.valid is not False,
    }


def _remember(
    session: Session, changed: Iterable[tuple[Category, dict[str, Any], dict[str, Any]]]
) -> None:
    """Store a new version of what differs; none when nothing does."""
    changes = []
    for category, before, after in changed:
        fields = {
            name: [before.get(name), after[name]]
            for name in FIELDS
            if name in after and before.get(name) != after[name] and (before or after[name] != "")
        }  # fmt: skip
        if fields:
            changes.append({"code": category.code, "name": category.path, "fields": fields})
    if changes:
        actor = session.info["actor"]
        session.add(
            TaxonomyVersion(
                made_at=session.info["now"],
                actor_id=actor.id,
                actor_name=actor.name,
                stamp=token_hex(16),
                changes=changes,
            )
        )
        session.flush()
