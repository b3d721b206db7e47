"""The page on which a register's table comes in, what became of it, and what to fill in."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from flask import (
    Blueprint,
    current_app,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from responder.core.errors import Invalid, NotFound
from responder.core.permissions import Permission
from responder.intake.imports.uploads import UploadFolder, receive
from responder.intake.registers.columns import Column
from responder.intake.registers.importing import TableImport, write_errors
from responder.intake.registers.reading import MOST_MEGABYTES
from responder.web.access import current_actor, may, requires
from responder.web.media_types import XLSX
from responder.web.sentences import spoken

FORM_BYTES = 64 * 1024  # what a form has besides the file
REQUEST_BYTES = MOST_MEGABYTES * 1024**2 + FORM_BYTES
RESULT = "register-import"
_KEY = re.compile(r"[0-9a-f]{32}")


def take_upload(take: Callable[[Path], TableImport], facts: dict[str, Any]) -> str:
    """Take the request's file in, and keep what became of it beside the refused rows.

    :param facts: what else is kept of it.
    :returns: the key of what was kept.
    :raises Invalid: no file was chosen, or it cannot be read; nothing is kept.
    """
    given = request.files.get("file")
    if given is None or not given.filename:
        raise Invalid(_("请先选择要导入的文件"), {"file": _("请选择文件")})
    folder, _size = receive(_uploads(), given.stream, given.filename)
    try:
        path = folder.file
        found = take(path)
        write_errors(folder.errors, found.headings, found.refusals)
        kept = {"file_name": path.name, "by": current_actor().id, **facts}
        folder.write(RESULT, kept | found.shown())
        folder.drop_file()
    except BaseException:
        folder.remove()
        raise
    return folder.name


def kept_result(key: str, office: Permission, **facts: Any) -> tuple[UploadFolder, dict[str, Any]]:
    """What was kept of an import: for who sent it, and for the office.

    :param office: whoever may this reads everybody's.
    :param facts: which it must be of.
    :raises NotFound: it is gone, of something else, or somebody else's.
    """
    folder = UploadFolder(_uploads(), key) if _KEY.fullmatch(key) else None
    result = folder.read(RESULT) if folder else None
    if folder is None or result is None:
        raise _gone()
    if result["by"] != current_actor().id and not may(office):
        raise _gone()
    if any(result.get(name) != value for name, value in facts.items()):
        raise _gone()
    return folder, result


def refused_rows(key: str, office: Permission, **facts: Any) -> Response:
    """The refused rows, as they came, with the reason beside each."""
    folder, result = kept_result(key, office, **facts)
    if not folder.errors.is_file():
        raise NotFound(_("没有退回的行：请返回上一页"))
    name = f"{_('退回')}-{result['file_name'].rpartition('.')[0]}.xlsx"
    return workbook(folder.errors.resolve(), name)


def workbook(content: bytes | Path, name: str) -> Response:
    """A workbook to download."""
    stored = BytesIO(content) if isinstance(content, bytes) else content
    return send_file(stored, XLSX, as_attachment=True, download_name=name)


def _uploads() -> Path:
    uploads: Path = current_app.extensions["settings"].uploads
    return uploads


def _gone() -> NotFound:
    return NotFound(_("这次导入的结果已过保留期或不存在：如需要，请重新上传原文件"))


@dataclass(frozen=True)
class RegisterPages:
    """The pages on which one register's tables come in.

    :param code: of the register: its endpoints' names begin with it.
    :param title: what a person calls it.
    :param back: endpoint of the list to which the pages lead back.
    :param permissions: who may import; whoever has the first reads everybody's results.
    :param take: takes a file in, in a transaction of its own; on a trial nothing is stored.
    :param template: makes the workbook to fill in, and ``template_name`` what it is called.
    :param columns: what a table has; named on the page.
    :param fields: template of what else the form asks; ``take`` finds it in the request.
    :param context: what that template needs.
    """

    code: str
    title: Any
    back: str
    permissions: tuple[Permission, ...]
    take: Callable[[Path, bool], TableImport]
    template: Callable[[], bytes]
    template_name: Any
    columns: Callable[[], Sequence[Column]]
    fields: str = ""
    context: Callable[[], dict[str, Any]] = dict


def add_register_pages(blueprint: Blueprint, address: str, pages: RegisterPages) -> None:
    """Routes below a register's address: form, result, what was refused, workbook to fill in."""
    office, code = pages.permissions[0], pages.code
    guard = requires(*pages.permissions)
    _let_tables_in(blueprint, f"{code}_take", pages.permissions)

    @guard
    def show() -> str:
        return _form_page(pages, blueprint)

    @guard
    def take() -> Response | tuple[str, int]:
        trial = request.form.get("trial") == "1"
        try:
            facts = {"register": code, "trial": trial}
            key = take_upload(lambda path: pages.take(path, trial), facts)
        except Invalid as error:
            return _form_page(pages, blueprint, spoken(error.message)), 422
        return redirect(url_for(f"{blueprint.name}.{code}_result", key=key))

    @guard
    def result(key: str) -> str:
        return _result_page(pages, blueprint, key)

    @guard
    def errors(key: str) -> Response:
        return refused_rows(key, office, register=code)

    @guard
    def template() -> Response:
        return workbook(pages.template(), str(pages.template_name))

    for suffix, view, method in (
        ("", show, "GET"),
        ("", take, "POST"),
        ("/<string:key>", result, "GET"),
        ("/<string:key>/errors.xlsx", errors, "GET"),
        ("/template.xlsx", template, "GET"),
    ):
        endpoint = f"{code}_{view.__name__}"
        blueprint.add_url_rule(f"{address}/import{suffix}", endpoint, view, methods=[method])


def _form_page(pages: RegisterPages, blueprint: Blueprint, problem: str = "") -> str:
    return render_template(
        "components/register_import.html",
        pages=pages,
        blueprint=blueprint.name,
        problem=problem,
        **pages.context(),
    )


def _result_page(pages: RegisterPages, blueprint: Blueprint, key: str) -> str:
    folder, found = kept_result(key, pages.permissions[0], register=pages.code)
    return render_template(
        "components/register_result.html",
        pages=pages,
        blueprint=blueprint.name,
        key=key,
        result=found,
        has_errors=folder.errors.is_file(),
    )


def _let_tables_in(blueprint: Blueprint, name: str, senders: Sequence[Permission]) -> None:
    """Allow a large request where a table is expected, from somebody who may send one."""

    @blueprint.url_value_preprocessor
    def allow(endpoint: str | None, _values: dict[str, Any] | None) -> None:
        if endpoint == f"{blueprint.name}.{name}" and any(map(may, senders)):
            request.max_content_length = REQUEST_BYTES
