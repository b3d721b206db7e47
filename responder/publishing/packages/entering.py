"""Gathering a package: its facts and document, its plan, its materials, its files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from responder.accounts.models import Unit
from responder.core import audit
from responder.core.errors import Forbidden, GuardRefused, Invalid, NotFound
from responder.core.lifecycle import Attempt
from responder.core.office import office_zone
from responder.core.permissions import Actor, Permission
from responder.core.texts import clean
from responder.core.times import local
from responder.intake.imports.uploads import safe_name
from responder.planning.events.files import Kept
from responder.publishing.packages import rules
from responder.publishing.packages.columns import active_columns
from responder.publishing.packages.lifecycle import OPEN_STATES, PACKAGE, UNRELEASED, is_own
from responder.publishing.packages.models import (
    Duty,
    InterpretationColumn,
    Level,
    Material,
    PackageFile,
    PackageWriter,
    PlanLine,
    PolicyPackage,
)

MOST_FILES = 20
FACT_LABELS = {"title": "文件标题", "issuer": "发文单位"}

FARTHEST = timedelta(days=5 * 366)


@dataclass(frozen=True)
class PackageFacts:
    """What somebody enters of a package besides its parts."""

    title: str
    document_number: str
    issuer: str
    unit: Unit
    level: Level
    planned_on: date
    duty: Duty
    duty_reason: str
    body: str


@dataclass(frozen=True)
class MaterialFacts:
    """An interpretation as somebody enters it."""

    column_id: int
    title: str
    author: str
    body: str


def propose(session: Session, facts: PackageFacts, attempt: Attempt) -> PolicyPackage:
    """Begin a package.

    :raises Forbidden: the person may not, or the unit is not theirs.
    :raises Invalid: a fact is missing, or no reason is given why nothing is interpreted.
    """
    if not attempt.actor.may(Permission.PACKAGE_PROPOSE):
        raise Forbidden("您没有报送政策文件的权限，请联系新闻办的同事办理")
    package = PolicyPackage(created_at=attempt.now, round=1, edits=0)
    with session.no_autoflush:
        _put(package, facts, attempt.now)
        if reason := is_own(package, attempt):
            raise Forbidden(reason)
        session.add(package)
    session.flush()
    _note_writer(session, package, attempt.actor)
    return package


def follow_up(session: Session, earlier: PolicyPackage, attempt: Attempt) -> PolicyPackage:
    """Begin the package that brings the interpretation of a document that is public already.

    :raises GuardRefused: there is no such document, or it was withdrawn.
    :raises Forbidden: as :func:`propose`.
    """
    document = earlier.document
    if document is None or document.withdrawal is not None:
        raise GuardRefused("文件没有公开，或已撤回：没有可以补充解读的内容")
    facts = PackageFacts(
        title=earlier.title,
        document_number=earlier.document_number,
        issuer=earlier.issuer,
        unit=earlier.unit,
        level=earlier.level,
        planned_on=local(attempt.now, office_zone()).date(),
        duty=Duty.TOGETHER,
        duty_reason="",
        body="",
    )
    package = propose(session, facts, attempt)
    package.interprets = earlier
    session.flush()
    return package


def edit(session: Session, package: PolicyPackage, facts: PackageFacts, attempt: Attempt) -> None:
    """Change the facts and the text of the document.

    :raises Forbidden, WrongState, GuardRefused: as :meth:`Lifecycle.allow`.
    :raises Invalid: as :func:`propose`.
    """
    _touch(session, package, attempt)
    with session.no_autoflush:
        _put(package, facts, attempt.now)
        if reason := is_own(package, attempt):
            raise GuardRefused(reason)
    session.flush()


def save_plan(
    session: Session, package: PolicyPackage, rows: Sequence[Mapping[str, str]], attempt: Attempt
) -> None:
    """Write the interpretation plan anew, from its rows as they were typed.

    :raises Invalid: names each row and field that cannot be taken.
    :raises Forbidden, WrongState, GuardRefused: as :meth:`Lifecycle.allow`.
    """
    columns = {column.id: column.name for column in active_columns(session)}
    columns |= {line.column_id: line.column.name for line in package.plan}
    wanted = rules.read_plan(rows, columns, package.planned_on)
    if not wanted and (package.duty is Duty.TOGETHER or not package.plan):
        raise Invalid(
            "解读方案没有保存：一行也没有填。请至少填一行；不随文件一起解读的，"
            "请先修改文件的“解读要求”并写明理由"
        )
    _touch(session, package, attempt)
    chosen = {
        one.id: one for one in session.scalars(select(InterpretationColumn)) if one.id in columns
    }
    for position, row in enumerate(wanted):
        if position < len(package.plan):
            line = package.plan[position]
        else:
            line = PlanLine(position=position)
            package.plan.append(line)
        line.column = chosen[row.column_id]
        line.form, line.writer, line.channel = row.form, row.writer, row.channel
        line.due_on = row.due_on
    del package.plan[len(wanted) :]
    audit.record(session, "save_plan", package, note=f"共 {len(wanted)} 项")


def save_material(
    session: Session,
    package: PolicyPackage,
    material: Material | None,
    facts: MaterialFacts,
    attempt: Attempt,
) -> Material:
    """Add an interpretation (None), or change one.

    :raises Invalid: a text is missing, or the column takes nothing new.
    :raises Forbidden, WrongState, GuardRefused: as :meth:`Lifecycle.allow`.
    """
    column = session.get(InterpretationColumn, facts.column_id)
    stays = material is not None and material.column_id == facts.column_id
    if column is None or not (column.active or stays):
        raise Invalid("请选择一个没有停用的解读栏目", {"column_id": "请选择"})
    title = " ".join(clean(facts.title).split())
    author = " ".join(clean(facts.author).split())
    body = clean(facts.body).strip()
    for name, text, label in (
        ("title", title, "标题"), ("author", author, "作者"), ("body", body, "正文")
    ):  # fmt: skip
        if not text:
            raise Invalid(f"请填写解读材料的{label}", {name: "必填"})
    _touch(session, package, attempt)
    deed = "add_material" if material is None else "edit_material"
    if material is None:
        material = Material(column=column, title=title, author=author, body=body)
        package.materials.append(material)
    else:
        material.column, material.title = column, title
        material.author, material.body = author, body
    audit.record(session, deed, package, note=column.name)
    return material


def remove_material(session: Session, material: Material, attempt: Attempt) -> None:
    """:raises Forbidden, WrongState, GuardRefused: as :meth:`Lifecycle.allow`."""
    package, column = material.package, material.column.name
    _touch(session, package, attempt)
    package.materials.remove(material)
    audit.record(session, "remove_material", package, note=column)


def add_file(
    session: Session,
    package: PolicyPackage,
    kept: Kept,
    name: str,
    media_type: str,
    attempt: Attempt,
) -> PackageFile:
    """Enter a content that has been put away among the files of the document.

    :raises Forbidden, WrongState, GuardRefused: as :meth:`Lifecycle.allow`; or there are
        many already, or the document is public and takes no more.
    """
    if package.interprets_id is not None:
        raise GuardRefused("本件只补充解读，文件已经公开：不能再加附件")
    if len(package.files) >= MOST_FILES:
        raise GuardRefused(f"一份文件最多 {MOST_FILES} 个附件：请先删除不需要的")
    _touch(session, package, attempt)
    file = PackageFile(
        name=safe_name(name), media_type=media_type, size=kept.size,
        digest=kept.digest, added_at=attempt.now, added_by_id=attempt.actor.id,
        added_by_name=attempt.actor.name,
    )  # fmt: skip
    package.files.append(file)
    audit.record(session, "add_file", package, note=_count_of_files(package))
    return file


def remove_file(session: Session, file: PackageFile, attempt: Attempt) -> None:
    """:raises Forbidden, WrongState, GuardRefused: as :meth:`Lifecycle.allow`."""
    package = file.package
    _touch(session, package, attempt)
    package.files.remove(file)
    audit.record(session, "remove_file", package, note=_count_of_files(package))


def _count_of_files(package: PolicyPackage) -> str:
    """For the trail: names of files may name people."""
    return f"现有附件 {len(package.files)} 个"


def clear_file(session: Session, file: PackageFile, attempt: Attempt) -> None:
    """Say that one has read a file, and found no personal data in it.

    :raises Forbidden: the person neither handles nor reviews packages.
    :raises GuardRefused: it is their own file, or the package is out.
    """
    actor = attempt.actor
    if not (actor.may(Permission.PACKAGE_EDIT) or actor.may(Permission.PACKAGE_REVIEW)):
        raise Forbidden("附件由新闻办或审核人核对：请联系他们办理")
    if actor.id == file.added_by_id:
        raise GuardRefused("这是您上传的附件，须由其他同事核对")
    if file.package.state not in UNRELEASED:
        raise GuardRefused("本件已发布或不再办理，附件不必再核对")
    file.cleared_at, file.cleared_by_name = attempt.now, actor.name
    session.flush()


def find_material(session: Session, material_id: int) -> Material:
    """:raises NotFound: no such interpretation."""
    found = session.get(Material, material_id)
    if found is None:
        raise NotFound("没有这份解读材料，或已被删除：请刷新文件包页面")
    return found


def find_file(session: Session, file_id: int) -> PackageFile:
    """:raises NotFound: no such file."""
    found = session.get(PackageFile, file_id)
    if found is None:
        raise NotFound("没有这个附件，或已被删除：请刷新文件包页面")
    return found


def may_edit(package: PolicyPackage, attempt: Attempt) -> bool:
    """Whether to offer the forms of the parts at all."""
    allowed = attempt.actor.may(Permission.PACKAGE_PROPOSE)
    return allowed and package.state in OPEN_STATES and is_own(package, attempt) is None


def _touch(session: Session, package: PolicyPackage, attempt: Attempt) -> None:
    """A part is about to change: allowed, counted, and by whom."""
    PACKAGE.allow(package, "edit", attempt)
    package.edits += 1
    _note_writer(session, package, attempt.actor)


def _note_writer(session: Session, package: PolicyPackage, actor: Actor) -> None:
    if actor.id is not None and actor.id not in {one.user_id for one in package.writers}:
        package.writers.append(PackageWriter(user_id=actor.id))
        session.flush()


def _put(package: PolicyPackage, facts: PackageFacts, now: datetime) -> None:
    if abs(facts.planned_on - now.date()) > FARTHEST:
        raise Invalid("拟发布日期离今天超过五年：请核对年份", {"planned_on": "年份不对"})
    texts = {name: " ".join(clean(getattr(facts, name)).split()) for name in FACT_LABELS}
    for name, label in FACT_LABELS.items():
        if not texts[name]:
            raise Invalid(f"请填写{label}", {name: "必填"})
    reason = clean(facts.duty_reason).strip()
    if facts.duty is not Duty.TOGETHER and not reason:
        raise Invalid("不随文件一起解读的，请写明理由，写全依据", {"duty_reason": "必填"})
    package.title, package.issuer = texts["title"], texts["issuer"]
    package.document_number = " ".join(clean(facts.document_number).split())
    package.unit, package.unit_id = facts.unit, facts.unit.id
    package.level, package.planned_on = facts.level, facts.planned_on
    package.duty = facts.duty
    package.duty_reason = reason if facts.duty is not Duty.TOGETHER else ""
    package.body = clean(facts.body).strip()
