"""What the push API takes and answers, and how what is wrong is said."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SkipValidation,
    ValidationError,
    ValidationInfo,
    WithJsonSchema,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from responder.intake import rules
from responder.intake.models import Channel, Nature
from responder.intake.new_message import NewMessage
from responder.intake.service import CLOCK_TOLERANCE
from responder.web.api import FieldError, ProblemDetails

BATCH_LIMIT = 500
TEXT_LIMIT = 20_000
NAME_SHOWN = 64
LIMITS = rules.COLUMN_LIMITS

_RFC3339 = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d)", re.ASCII
)
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_NOT_IN_URL = re.compile(r"[\s\x00-\x1f\x7f<>\"\\^`{|}]")


def _moment(value: object, info: ValidationInfo) -> datetime | None:
    """A moment of RFC 3339, in UTC, whole seconds, as files give it too."""
    if value is None:
        return None
    if not isinstance(value, str) or not _RFC3339.fullmatch(value):
        raise PydanticCustomError(
            "bad_time", "请写成带时区的时间，例如 2026-03-05T09:30:00+08:00（RFC 3339）"
        )
    try:
        moment = datetime.fromisoformat(value.upper())
    except ValueError as error:
        raise PydanticCustomError("bad_time", "这个时间不存在，请核对") from error
    if moment.year < rules.EARLIEST_YEAR:
        raise PydanticCustomError(
            "too_early", "早于 {year} 年，请核对", {"year": rules.EARLIEST_YEAR}
        )
    assert info.context is not None, "validated with the present moment"
    if moment > info.context["now"] + CLOCK_TOLERANCE:
        raise PydanticCustomError("future", "晚于现在，请核对时间和时区")
    return moment.astimezone(UTC).replace(microsecond=0)


def _web_address(text: str | None) -> str | None:
    if not text:
        return text
    try:
        parts = urlsplit(text)
        good = parts.scheme in {"http", "https"} and parts.hostname and not _NOT_IN_URL.search(text)
    except ValueError:
        good = False
    if not good:
        raise PydanticCustomError("bad_url", "请填 http:// 或 https:// 开头的地址")
    return text


_DATE_TIME = {"type": "string", "format": "date-time"}
Moment = Annotated[datetime, BeforeValidator(_moment), WithJsonSchema(_DATE_TIME)]
MaybeMoment = Annotated[
    datetime | None,
    BeforeValidator(_moment),
    WithJsonSchema({"anyOf": [_DATE_TIME, {"type": "null"}]}),
]
Count = Annotated[int, Field(ge=0, le=rules.LARGEST_COUNT)]


class MessageIn(BaseModel):
    """一条留言。可以不给的字段，也可以给 null。"""

    model_config = ConfigDict(extra="forbid", strict=True)

    channel: Channel = Field(strict=False, description="渠道")
    body: str = Field(min_length=1, max_length=TEXT_LIMIT, description="诉求原话，不改写")
    occurred_at: Moment = Field(
        description="来电或发帖的时间，须带时区；不得早于 1990 年，不得晚于现在 10 分钟以上"
    )
    external_id: str | None = Field(
        None,
        max_length=LIMITS["external_id"],
        description="对方系统里的编号；渠道、编号、标题和内容都相同的，是同一条留言",
    )
    title: str | None = Field(
        None, max_length=LIMITS["title"], description="标题；不给则取内容的第一句"
    )
    author: str | None = Field(None, max_length=LIMITS["author"], description="姓名或网名")
    phone: str | None = Field(None, max_length=LIMITS["phone"], description="联系电话")
    district: str | None = Field(None, max_length=LIMITS["district"], description="区县")
    place: str | None = Field(None, max_length=LIMITS["place"], description="地点")
    nature: Nature | None = Field(None, strict=False, description="诉求性质")
    urgent: bool | None = Field(None, description="是否紧急")
    likes: Count | None = Field(None, description="点赞数")
    dislikes: Count | None = Field(None, description="点踩数")
    comments: Count | None = Field(None, description="评论数")
    shares: Count | None = Field(None, description="转发数")
    reply: str | None = Field(None, max_length=TEXT_LIMIT, description="已有的答复")
    replied_at: MaybeMoment = Field(None, description="答复时间，须带时区")
    source_url: Annotated[str | None, AfterValidator(_web_address)] = Field(
        None, max_length=LIMITS["source_url"], description="原文地址，http 或 https"
    )

    def new_message(self) -> NewMessage:
        """The message on its way in."""
        given = {name: value for name, value in self if value is not None}
        given["title"] = self.title or rules.headline(self.body)
        given["external_id"] = self.external_id or None
        return NewMessage(**given)


class MessageBatch(BaseModel):
    """一批留言，逐条处理：一条退回不影响其他。"""

    model_config = ConfigDict(extra="forbid", strict=True)

    messages: list[SkipValidation[MessageIn]] = Field(
        min_length=1, max_length=BATCH_LIMIT, description="留言"
    )


class ItemResult(BaseModel):
    """What became of one message."""

    index: int = Field(description="在这一批中的位置，从 0 数起", ge=0)
    status: Literal[200, 201, 422] = Field(
        description="201 新存入；200 早已存入，没有再存；422 退回"
    )
    id: int | None = Field(None, description="留言号；退回的没有")
    errors: list[FieldError] = Field([], description="退回的原因")


class PushResult(BaseModel):
    """What became of all messages of a request."""

    created: int = Field(description="新存入的条数")
    duplicates: int = Field(description="早已存入的条数")
    refused: int = Field(description="退回的条数")
    results: list[ItemResult] = Field(description="逐条结果，次序与请求相同")


class RefusedProblem(ProblemDetails):
    """A refusal; with ``results`` when every message was looked at and none was taken."""

    created: int = Field(0, description="新存入的条数")
    duplicates: int = Field(0, description="早已存入的条数")
    refused: int = Field(0, description="退回的条数")
    results: list[ItemResult] = Field([], description="逐条结果，次序与请求相同")


# pydantic's kinds of error → our stable code, and what to say.
SENTENCES: Mapping[str, tuple[str, str]] = {
    "missing": ("required", "缺少这个字段，请补上"),
    "string_too_short": ("required", "是空的，请填写"),
    "extra_forbidden": ("unknown_field", "没有这个字段，请对照接口文档核对拼写"),
    "string_too_long": ("too_long", "最多 {max_length} 字，请缩短"),
    "string_type": ("wrong_type", "应为字符串"),
    "string_unicode": ("bad_character", "有不能保存的字符，请去掉"),
    "int_type": ("wrong_type", "应为整数"),
    "bool_type": ("wrong_type", "应为 true 或 false"),
    "enum": ("not_a_choice", "应为其中之一：{expected}"),
    "greater_than_equal": ("out_of_range", "不小于 {ge}"),
    "less_than_equal": ("out_of_range", "不大于 {le}"),
    "model_type": ("wrong_type", "应为 JSON 对象"),
    "list_type": ("wrong_type", "应为 JSON 数组"),
    "too_short": ("required", "至少要有一条留言"),
    "too_long": ("too_many", "一批最多 {max_length} 条，请分批"),
}
# Stable: what clients may decide by, for the document.
CODES = {
    "required": "缺少，或是空的",
    "unknown_field": "没有这个字段，多半是拼写有误",
    "wrong_type": "类型不对",
    "too_long": "超过字数上限",
    "too_many": "一批的条数超过上限",
    "out_of_range": "数超出范围",
    "not_a_choice": "不在可选值之列",
    "bad_character": "有不能保存的字符：NUL，或不成对的代理码",
    "bad_time": "不是 RFC 3339 的时间，或没有时区，或这个时间不存在",
    "too_early": "早于 1990 年",
    "future": "晚于现在 10 分钟以上",
    "bad_url": "不是 http 或 https 的地址",
    "channel_not_allowed": "令牌不能用于这个渠道",
}


def read_message(item: object, now: datetime) -> NewMessage | list[FieldError]:
    """The message that a JSON value holds, or all that is wrong with it."""
    if isinstance(item, dict):
        if bad := [name for name, value in item.items() if not _storable(value)]:
            code, sentence = SENTENCES["string_unicode"]
            return [FieldError(field=shown(name), code=code, message=sentence) for name in bad]
        item = {name: _tidy(value) for name, value in item.items()}
    try:
        return MessageIn.model_validate(item, context={"now": now}).new_message()
    except ValidationError as error:
        return field_errors(error)


def field_errors(error: ValidationError) -> list[FieldError]:
    """What pydantic found, in our words. Never what was sent: it may name somebody."""
    return list(map(_field_error, error.errors(include_url=False, include_input=False)))


def _field_error(found: ErrorDetails) -> FieldError:
    field = shown(".".join(map(str, found["loc"])))
    if found["type"] not in SENTENCES:
        return FieldError(field=field, code=found["type"], message=found["msg"])
    code, sentence = SENTENCES[found["type"]]
    context = {
        name: str(value).replace(" or ", ", ") for name, value in found.get("ctx", {}).items()
    }
    return FieldError(field=field, code=code, message=sentence.format(**context))


def shown(name: str) -> str:
    """A field's name as it may stand in an answer: somebody else chose it."""
    return name.encode("utf-8", "replace").decode()[:NAME_SHOWN]


def _storable(value: object) -> bool:
    """Whether every database stores a text: no NUL, no half of a surrogate pair."""
    return not isinstance(value, str) or not _UNSTORABLE.search(value)


def _tidy(value: object) -> object:
    return value.strip() if isinstance(value, str) else value
