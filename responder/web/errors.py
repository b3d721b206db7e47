"""Domain errors become HTTP: one table, one page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask, Response, current_app, make_response, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from werkzeug.exceptions import HTTPException, MethodNotAllowed, RequestEntityTooLarge

from responder.core import disk, errors
from responder.core.database import end_read, let_go, said_by
from responder.core.identity import KeysUnusable
from responder.web import access, api, preferences
from responder.web.callers import NEEDS_HTTPS, loses_cookies
from responder.web.sentences import spoken
from responder.web.typed import words_typed

STATUS: dict[type[errors.DomainError], int] = {
    errors.Invalid: 422,
    errors.NotFound: 404,
    errors.Forbidden: 403,
    errors.SignedOut: 401,
    errors.Delayed: 429,
    errors.WrongState: 409,
    errors.Stale: 409,
    errors.GuardRefused: 422,
    errors.SettingsError: 500,
    KeysUnusable: 500,
}

SENTENCES = {
    400: "请求不完整：请返回上一页重新填写。",
    403: "您没有打开这个页面的权限；如工作需要，请联系系统管理员。",
    404: "没有这个页面，或记录已不存在：请从导航重新进入。",
    409: "同一条记录刚被别人保存过：请返回上一页刷新后再试。",
    405: "这个地址不能这样访问：请从页面上的按钮操作。",
    413: "提交的内容太大：请缩减后再试。",
    429: "请求太频繁：请稍候再试。",
    500: "系统出错，已记录：请稍后再试，或联系系统管理员。",
    503: "数据库暂时无法使用：请稍后再试，已填写的内容可返回上一页找回。",
}
NOT_SAVED = {
    disk.FULL: _l(
        "磁盘已满，没有保存：请联系系统管理员腾出空间，然后再提交一次；"
        "已填写的内容可返回上一页找回。"
    ),
    disk.REFUSED: _l(
        "写不进磁盘（可能已满或超出配额，也可能磁盘有故障），没有保存：请联系系统管理员检查，"
        "然后再提交一次；已填写的内容可返回上一页找回。"
    ),
}

Refusal = tuple[str, int] | Response


def init_app(app: Flask) -> None:
    app.before_request(_refuse_nul)
    for kinds, answer in (
        ((errors.DomainError,), _domain_error),
        ((CSRFError,), _csrf_error),
        ((HTTPException,), _http_error),
        ((IntegrityError,), _twin_error),
        ((DataError, OverflowError), _range_error),
        ((OperationalError,), _database_error),
        ((OSError,), _file_error),
    ):
        for kind in kinds:
            app.register_error_handler(kind, _or_away(answer))


def _or_away(answer: Callable[[Any], Refusal]) -> Callable[[Any], Refusal]:
    """An answer whose page may itself meet with a database that is away."""

    def told(error: Exception) -> Refusal:
        try:
            return answer(error)
        except OperationalError as away:
            return _database_error(away)

    return told


def _page(status: int, message: str) -> Refusal:
    """The sentence, and whatever was typed: nobody has to write a text twice."""
    if api.asked():
        return api.refusal(status)
    page = render_template(
        "error.html", status=status, message=message, typed=_typed(), back=_form_page(),
        again=request.full_path.rstrip("?") if status == 503 and request.method == "GET" else None,
    )  # fmt: skip
    return page, status


def _form_page() -> str | None:
    """The page whose form was refused; None where no form was, or its page is another site's."""
    came_from = request.referrer or ""
    if request.method != "POST" or not came_from.startswith(request.host_url):
        return None
    return "/" + came_from.removeprefix(request.host_url)


def _typed() -> list[tuple[str, str]]:
    """What a person typed, each under the name of its field where the field has a known one."""
    try:
        form = request.form
    except RequestEntityTooLarge:
        return []
    return words_typed(form.items(multi=True))


def _domain_error(error: errors.DomainError) -> Refusal:
    status = STATUS[type(error)]
    return (
        api.refusal(status, error.message) if api.asked() else _page(status, spoken(error.message))
    )


def _csrf_error(_error: CSRFError) -> Refusal:
    if loses_cookies():
        return _page(400, str(NEEDS_HTTPS))
    return _page(400, _("登录或页面已过期：请重新登录后再提交；您填写的内容在下面，可复制。"))


def _http_error(error: HTTPException) -> Refusal:
    status = error.code or 500
    if api.asked() and isinstance(error, MethodNotAllowed):
        return api.refusal(status, headers={"Allow": ", ".join(error.valid_methods or ())})
    return _page(status, _(SENTENCES.get(status, SENTENCES[500])))


def _range_error(_error: Exception) -> Refusal:
    """A number or a day in the address that no record can have."""
    return _page(404, _(SENTENCES[404]))


def _refuse_nul() -> Refusal | None:
    """PostgreSQL stores no NUL character, and nobody types one."""
    values = [*request.args.values(), *request.form.values(), request.path]
    return _page(400, _(SENTENCES[400])) if any("\0" in value for value in values) else None


def _twin_error(error: IntegrityError) -> Refusal:
    """Two people stored the same thing at the same moment; the database kept one."""
    current_app.logger.warning("integrity: %s", said_by(error))
    return _page(409, _(SENTENCES[409]))


def _database_error(error: OperationalError) -> Refusal:
    """Of a database that is away the page asks nothing: that would fail in turn."""
    if disk.is_full(error):
        return _disk_is_full(error)
    current_app.logger.error("database: %s", said_by(error))
    let_go()
    access.ask_nobody()
    preferences.ask_nobody()
    has_typed = request.method == "POST"
    told = _(SENTENCES[503]) if has_typed else _("数据库暂时无法使用：请稍后再试。")
    answer = make_response(_page(503, told))
    answer.headers["Retry-After"] = str(api.RETRY_SECONDS)
    return answer


def _file_error(error: OSError) -> Refusal:
    if disk.is_full(error):
        return _disk_is_full(error)
    raise error


def _disk_is_full(error: Exception) -> Refusal:
    current_app.logger.error("no space is left on the disk (%s)", disk.code_of(error))
    end_read()  # what failed would fail whatever the page asks after it
    return _page(503, str(NOT_SAVED[disk.said_of(error)]))
