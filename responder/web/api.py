"""What every part of the API shares: refusals as problem details (RFC 9457), JSON bodies,
and what a view tells the OpenAPI document of itself.

A cookie opens nothing here, so these views need no CSRF token.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn, TypeVar

from flask import Blueprint, Flask, Response, request, url_for
from pydantic import BaseModel, Field

from responder.web.extensions import csrf

View = TypeVar("View", bound=Callable[..., object])

ROOT = "/api/"
VERSION_ROOT = "/api/v1"
JSON = "application/json"
PROBLEM_JSON = "application/problem+json"
RETRY_SECONDS = 5


@dataclass(frozen=True)
class Kind:
    """A kind of refusal: its status, a name for people, and what to do next."""

    status: int
    title: str
    advice: str


# Stable: clients decide by these codes. A code is never given another meaning.
KINDS = {
    "bad_json": Kind(400, "请求体不是可用的 JSON", "请按 RFC 8259 以 UTF-8 编码发送一个 JSON 值"),
    "bad_idempotency_key": Kind(
        400, "Idempotency-Key 不可用", "请用 1–128 个可见 ASCII 字符，例如 UUID"
    ),
    "bad_request": Kind(400, "请求不完整", "请核对地址、请求头和请求体"),
    "unauthenticated": Kind(
        401, "没有可用的令牌", "请写 Authorization: Bearer <令牌>；令牌由系统管理员发放"
    ),
    "insufficient_scope": Kind(
        403, "令牌没有这项权限", "请向系统管理员申请带有所需权限的令牌"
    ),
    "not_found": Kind(404, "没有这个地址", "可用的地址见接口文档"),
    "method_not_allowed": Kind(405, "这个地址不能这样访问", "请改用 Allow 头列出的方法"),
    "conflict": Kind(409, "同一内容正被另一个请求保存", "请稍后原样重发"),
    "too_large": Kind(413, "请求体太大", "请分成几批发送，每批不超过 2 MB"),
    "unsupported_media_type": Kind(
        415, "请求体的类型不受支持", "请以 Content-Type: application/json 发送，不要压缩"
    ),
    "invalid": Kind(422, "请求体不合要求", "请按 errors 逐项改正后再发"),
    "refused": Kind(422, "没有一条被接受", "请按 results 中的原因改正后再发"),
    "idempotency_key_reused": Kind(
        422, "Idempotency-Key 已用于另一个请求", "新的请求请换新的值；重发请保持请求体逐字节不变"
    ),
    "rate_limited": Kind(429, "请求太频繁", "请等待 Retry-After 所给的秒数后原样重发"),
    "internal": Kind(500, "系统出错，已记录", "请稍后原样重发；仍不成功请联系系统管理员"),
    "unavailable": Kind(503, "数据库暂时无法使用", "请等待 Retry-After 所给的秒数后原样重发"),
}  # fmt: skip

OF_STATUS = {
    400: "bad_request", 401: "unauthenticated", 403: "insufficient_scope", 404: "not_found",
    405: "method_not_allowed", 409: "conflict", 413: "too_large",
    415: "unsupported_media_type", 422: "invalid", 429: "rate_limited", 500: "internal",
    503: "unavailable",
}  # fmt: skip


class FieldError(BaseModel):
    """One thing that is wrong with one field."""

    field: str = Field(description="字段名；空字符串指整条")
    code: str = Field(description="稳定的错误代码")
    message: str = Field(description="给人看的说明")


class ProblemDetails(BaseModel):
    """A refusal, in the members of RFC 9457; ``code`` is what programs decide by."""

    type: str = Field(description="这类问题的说明所在的地址")
    title: str = Field(description="这类问题的名称")
    status: int = Field(description="HTTP 状态码")
    detail: str = Field(description="下一步该怎么做")
    code: str = Field(description="稳定的问题代码")
    errors: list[FieldError] = Field([], description="请求体中不合要求的地方")


class Problem(Exception):
    """A refusal that a client gets as problem details.

    :param kind: one of ``KINDS``.
    :param extra: further members of the answer.
    """

    def __init__(
        self,
        kind: str,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
        detail: str = "",
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(kind)
        self.kind, self.errors, self.headers = kind, tuple(errors), dict(headers or {})
        self.detail, self.extra = detail, dict(extra or {})

    @property
    def status(self) -> int:
        return KINDS[self.kind].status

    def text(self) -> str:
        """The answer's body."""
        kind = KINDS[self.kind]
        details = ProblemDetails(
            type=url_for("api.docs", _anchor=self.kind),
            title=kind.title,
            status=kind.status,
            detail=self.detail or kind.advice,
            code=self.kind,
            errors=list(self.errors),
        )
        return json.dumps(details.model_dump() | self.extra, ensure_ascii=False)


@dataclass(frozen=True)
class Answer:
    """What one status means, for the document."""

    description: str
    model: type[BaseModel]
    media_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Operation:
    """What the OpenAPI document says of a view.

    :param bodies: any one of these is taken.
    :param headers: request header → its JSON Schema with a description.
    :param problems: codes of ``KINDS`` that it may answer with.
    :param codes: code of a ``FieldError`` → what it means.
    """

    name: str
    summary: str
    description: str
    scope: str
    bodies: tuple[type[BaseModel], ...]
    answers: Mapping[int, Answer]
    headers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    codes: Mapping[str, str] = field(default_factory=dict)
    examples: Mapping[str, Any] = field(default_factory=dict)


def described(operation: Operation) -> Callable[[View], View]:
    """Have the OpenAPI document tell of a view."""

    def mark(view: View) -> View:
        view.operation = operation  # type: ignore[attr-defined]
        return view

    return mark


def api_blueprint(name: str, import_name: str) -> Blueprint:
    """A blueprint for addresses below ``/api/v1``."""
    blueprint = Blueprint(name, import_name, url_prefix=VERSION_ROOT)
    csrf.exempt(blueprint)
    return blueprint


def asked() -> bool:
    """Whether a program asks, which wants no page."""
    return request.path.startswith(ROOT)


def answer(text: str, status: int, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON text as an answer; a refusal says of itself that it is one."""
    kind = PROBLEM_JSON if status >= 400 else JSON
    return Response(text, status, dict(headers or {}), content_type=kind)


def refusal(status: int, detail: str = "", headers: Mapping[str, str] | None = None) -> Response:
    """The problem details of a status."""
    problem = Problem(OF_STATUS.get(status, "internal"), detail=detail, headers=headers)
    if problem.status == 503:
        problem.headers["Retry-After"] = str(RETRY_SECONDS)
    return answer(problem.text(), problem.status, problem.headers)


def init_app(app: Flask) -> None:
    app.register_error_handler(Problem, _problem)


def _problem(problem: Problem) -> Response:
    return answer(problem.text(), problem.status, problem.headers)


def read_body() -> bytes:
    """The body of a request that says it is JSON.

    :raises Problem: it says otherwise, or is compressed.
    :raises RequestEntityTooLarge: it is longer than the application takes.
    """
    plain = request.headers.get("Content-Encoding", "identity") == "identity"
    if request.mimetype != JSON or not plain:
        raise Problem("unsupported_media_type")
    return request.get_data()


def read_json(body: bytes) -> Any:
    """A JSON text (RFC 8259) as plain values.

    :raises Problem: not UTF-8, not JSON, nested too deeply, or a name given twice.
    """
    try:
        return json.loads(
            body.decode("utf-8-sig"), parse_constant=_refuse, object_pairs_hook=_named_once
        )
    except (ValueError, RecursionError) as error:
        raise Problem("bad_json") from error


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


def _named_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    named = dict(pairs)
    if len(named) != len(pairs):
        raise ValueError("a name is given twice")
    return named
