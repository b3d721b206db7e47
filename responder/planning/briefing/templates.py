"""The office's own layout of the pack: taken in after it was tried, given back, put aside."""

from __future__ import annotations

import hashlib
import re
import zlib
from datetime import datetime
from io import BytesIO
from lzma import LZMAError
from typing import Any
from zipfile import BadZipFile, ZipFile

from docx.oxml import parse_xml
from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from responder.core import zips
from responder.core.errors import Forbidden, Invalid, NotFound
from responder.core.permissions import Actor, Permission
from responder.planning.briefing.layout import shipped_template
from responder.planning.briefing.models import BriefingTemplate
from responder.planning.briefing.rendering import word_file
from responder.planning.briefing.sample import sample_pack

LARGEST = 1024 * 1024
# Of all that is packed within: a small file may be a bomb.
LARGEST_UNPACKED, MOST_PARTS = 20 * 1024 * 1024, 400
KEPT_SHOWN = 10
SHIPPED_NAME = "系统模板"

# What reading an archive raises: cut off or spoilt (each way of packing its own), encrypted.
_DAMAGED = (
    BadZipFile, zlib.error, LZMAError, EOFError, OSError, RuntimeError, ValueError, KeyError,
    SyntaxError,
)  # fmt: skip

_MAIN = "word/document.xml"
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_LINK = "/hyperlink"
_ACTIVE = re.compile(r"vbaProject|vbaData|/activeX/|oleObject|\.bin$", re.I)
_FETCHING = re.compile(r"\b(?:DDE|DDEAUTO|INCLUDETEXT|INCLUDEPICTURE|LINK|IMPORT)\b", re.I)
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def current(session: Session) -> BriefingTemplate | None:
    """The newest; None or one without content: the shipped one is used."""
    return session.scalar(select(BriefingTemplate).order_by(BriefingTemplate.id.desc()).limit(1))


def current_content(session: Session) -> bytes:
    """The template that packs are made by."""
    newest = current(session)
    return newest.content if newest is not None and newest.content else shipped_template()


def kept(session: Session) -> list[BriefingTemplate]:
    """What has been used, the newest first, without the files themselves."""
    query = select(BriefingTemplate).options(defer(BriefingTemplate.content))
    return list(session.scalars(query.order_by(BriefingTemplate.id.desc()).limit(KEPT_SHOWN)))


def get(session: Session, template_id: int) -> BriefingTemplate:
    """:raises NotFound: no such template, or it stands for the shipped one."""
    found = session.get(BriefingTemplate, template_id)
    if found is None or not found.content:
        raise NotFound("没有这个模板文件：请从“背景材料模板”页重新选择")
    return found


def add(
    session: Session, name: str, content: bytes, actor: Actor, now: datetime
) -> BriefingTemplate:
    """Use a file as the template from now on; the same again changes nothing.

    :param name: of the file.
    :raises Forbidden: the person may not edit the plan.
    :raises Invalid: it is no Word file, too large, has macros, or a placeholder is wrong.
    """
    _check_may(actor)
    check(name, content)
    digest = hashlib.sha256(content).hexdigest()
    newest = current(session)
    if newest is not None and newest.digest == digest:
        return newest
    return _store(session, name, digest, content, actor, now)


def back_to_shipped(session: Session, actor: Actor, now: datetime) -> None:
    """Use the shipped one from now on; the office's own stays among those kept.

    :raises Forbidden: the person may not edit the plan.
    """
    _check_may(actor)
    newest = current(session)
    if newest is not None and newest.content:
        _store(session, SHIPPED_NAME, "", b"", actor, now)


def _check_may(actor: Actor) -> None:
    if not actor.may(Permission.PLAN_EDIT):
        raise Forbidden("您没有修改背景材料模板的权限，请联系新闻办办理")


def _store(
    session: Session, name: str, digest: str, content: bytes, actor: Actor, now: datetime
) -> BriefingTemplate:
    made = BriefingTemplate(
        name=name[-255:], digest=digest, content=content, added_at=now, added_by_name=actor.name
    )
    session.add(made)
    session.flush()
    return made


def check(name: str, content: bytes) -> None:
    """Try a template with a made-up event.

    :raises Invalid: what is wrong, where, and what to do.
    """
    if not name.lower().endswith(".docx"):
        raise Invalid("只能上传 .docx 文件：请在 Word 中另存为“Word 文档（*.docx）”", _FILE)
    if len(content) > LARGEST:
        raise Invalid("文件超过 1 MB：请删去模板里的图片后再上传", _FILE)
    if zips.has_more_parts(BytesIO(content), MOST_PARTS):
        raise _too_large()
    try:
        with ZipFile(BytesIO(content)) as archive:
            _check_parts(archive)
    except _DAMAGED as error:
        raise Invalid(
            "文件不是完整的 Word 文档，或设有密码：请在 Word 中去掉密码，重新保存后再上传", _FILE
        ) from error
    word_file(sample_pack(), content)


_FILE = {"file": "不能使用"}


def _too_large() -> Invalid:
    return Invalid("文件解开后太大：请从系统模板改起，删去图片和附件", _FILE)


def _check_parts(archive: ZipFile) -> None:
    parts = archive.infolist()
    if sum(part.file_size for part in parts) > LARGEST_UNPACKED:
        raise _too_large()
    if any(_ACTIVE.search(part.filename) for part in parts):
        raise Invalid("文件含有宏或嵌入对象：请另存为不含宏的 .docx 后再上传", _FILE)
    for part in parts:
        content = archive.read(part)  # pictures too: a damaged one would come to light in a pack
        if part.filename.endswith((".xml", ".rels")):
            _check_xml(part.filename, content)
    if _MAIN not in archive.namelist():
        raise BadZipFile("no text")
    if "{{" not in "".join(parse_xml(archive.read(_MAIN)).itertext()):
        raise Invalid("文件里没有占位符，排出来的材料会没有内容：请下载系统模板，从它改起", _FILE)


def _check_xml(name: str, content: bytes) -> None:
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise Invalid("文件含有外部实体：请从系统模板改起", _FILE)
    root = parse_xml(content)
    if name == "[Content_Types].xml":
        _check_kind(root)
    elif name.endswith(".rels"):
        _check_relations(root)
    elif any(_FETCHING.search(code) for code in _field_codes(root)):
        raise Invalid("文件含有读取外部内容的域：请在 Word 中删去该域后再上传", _FILE)


def _check_kind(root: Any) -> None:
    kinds = {one.get("ContentType") or "" for one in root}
    if any("macroEnabled" in kind for kind in kinds):
        raise Invalid("文件含有宏或嵌入对象：请另存为不含宏的 .docx 后再上传", _FILE)
    if _DOCX not in kinds:
        raise Invalid("文件不是 Word 文档：请另存为“Word 文档（*.docx）”后再上传", _FILE)


def _check_relations(root: Any) -> None:
    for one in root:
        kind, outside = one.get("Type") or "", one.get("TargetMode") == "External"
        if (outside and not kind.endswith(_LINK)) or kind.endswith("/aFChunk"):
            raise Invalid("文件引用了外部文件：请在 Word 中断开链接后再上传", _FILE)


def _field_codes(root: Any) -> list[str]:
    """Codes of fields; one may be cut into several runs, so that all of them are one text."""
    runs = "".join(one.text or "" for one in root.iter(f"{_W}instrText"))
    simple = [one.get(f"{_W}instr") or "" for one in root.iter(f"{_W}fldSimple")]
    return [runs, *simple]
