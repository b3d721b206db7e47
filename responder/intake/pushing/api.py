"""``POST /api/v1/messages``: another system pushes messages, one or many at a time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import Response, request
from pydantic import ValidationError
from sqlalchemy.orm import Session

from responder.accounts import token_requests, tokens
from responder.accounts.token_api import current_bearer, needs_token
from responder.accounts.token_models import Scope
from responder.accounts.tokens import Bearer
from responder.core.database import transaction
from responder.core.errors import WrongState
from responder.core.times import utc_now
from responder.intake.new_message import NewMessage
from responder.intake.pushing import service
from responder.intake.pushing.schema import (
    CODES,
    ItemResult,
    MessageBatch,
    MessageIn,
    PushResult,
    RefusedProblem,
    field_errors,
    read_message,
)
from responder.web.api import (
    PROBLEM_JSON,
    Answer,
    FieldError,
    Operation,
    Problem,
    answer,
    api_blueprint,
    described,
    read_body,
    read_json,
)

blueprint = api_blueprint("intake_api", __name__)

IDEMPOTENCY_KEY = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
_KEY = re.compile(r"[\x21-\x7e]{1,128}")

Read = NewMessage | list[FieldError]

EXAMPLE = {
    "channel": "hotline",
    "external_id": "GD20261120-0017",
    "title": "滨江路夜间施工扰民",
    "body": "滨江路工地夜里十一点还在打桩，孩子睡不着，请管一管。",
    "author": "王女士",
    "phone": "13800000000",
    "district": "江北区",
    "place": "滨江路 88 号工地",
    "nature": "complaint",
    "occurred_at": "2026-11-20T22:58:00+08:00",
}
REPLAY = {REPLAYED: "true：这是同一请求上一次的回答，没有再处理"}
PUSH = Operation(
    name="pushMessages",
    summary="推送留言",
    description="一次推送一条（对象）或一批（messages 数组）。逐条处理，可存的都存入；"
    "回答给出每一条的结果。重发不会重复存入。",
    scope=Scope.MESSAGES_WRITE,
    bodies=(MessageIn, MessageBatch),
    headers={
        IDEMPOTENCY_KEY: {
            "description": "每个请求各用一个值，重发时不变：同一令牌下，值和请求体都相同的请求"
            "只处理一次，之后得到同样的回答",
            "schema": {"type": "string", "pattern": "^[!-~]{1,128}$"},
        }
    },
    answers={
        200: Answer("全部早已存入，没有再存", PushResult, headers=REPLAY),
        201: Answer("全部接受，至少新存入一条", PushResult, headers=REPLAY),
        207: Answer("有的接受，有的退回：请看 results", PushResult, headers=REPLAY),
        422: Answer(
            "一条也没有接受（refused），或请求体不合要求（invalid），"
            "或 Idempotency-Key 已用于另一个请求（idempotency_key_reused）",
            RefusedProblem,
            PROBLEM_JSON,
            REPLAY,
        ),
    },
    problems=(
        "bad_json", "bad_idempotency_key", "bad_request", "unauthenticated", "insufficient_scope",
        "conflict", "too_large", "unsupported_media_type", "refused", "invalid",
        "idempotency_key_reused", "rate_limited", "internal", "unavailable",
    ),
    codes=CODES,
    examples={"one": EXAMPLE, "batch": {"messages": [EXAMPLE]}},
)  # fmt: skip


@blueprint.post("/messages")
@needs_token(Scope.MESSAGES_WRITE)
@described(PUSH)
def push() -> Response:
    bearer, now = current_bearer(), utc_now()
    key = _idempotency_key()
    body = read_body()
    items = _items(read_json(body))
    read = [_read(item, bearer, now) for item in items]
    with transaction(bearer.actor, now) as session:
        if key is None:
            made, replayed = _store(session, bearer, read, now), False
        else:
            made, replayed = _store_once(session, bearer, read, now, key, bearer.seal(body))
    return answer(made.answer, made.status, {REPLAYED: "true"} if replayed else None)


def _idempotency_key() -> str | None:
    key = request.headers.get(IDEMPOTENCY_KEY)
    if key is not None and not _KEY.fullmatch(key):
        raise Problem("bad_idempotency_key")
    return key


def _items(value: Any) -> list[Any]:
    """The messages of a body: of a batch, or the one that it is."""
    if not isinstance(value, dict):
        wrong = FieldError(field="", code="wrong_type", message="应为一条留言，或 messages 数组")
        raise Problem("invalid", [wrong])
    if "messages" not in value:
        return [value]
    try:
        return list(MessageBatch.model_validate(value).messages)
    except ValidationError as error:
        raise Problem("invalid", field_errors(error)) from error


def _read(item: object, bearer: Bearer, now: datetime) -> Read:
    read = read_message(item, now)
    if isinstance(read, NewMessage) and bearer.channels and read.channel not in bearer.channels:
        wrong = "令牌不能用于这个渠道：请改用别的令牌，或请系统管理员放宽"
        return [FieldError(field="channel", code="channel_not_allowed", message=wrong)]
    return read


def _store_once(
    session: Session, bearer: Bearer, read: Sequence[Read], now: datetime, key: str, digest: str
) -> tuple[token_requests.Stored, bool]:
    """Store under a key, or find the answer of before; and whether it was that."""
    try:
        earlier = token_requests.begin(session, bearer.token_id, key, digest, now)
    except WrongState as error:
        raise Problem("idempotency_key_reused") from error
    if earlier is not None:
        return earlier, True
    made = _store(session, bearer, read, now)
    token_requests.finish(session, bearer.token_id, key, made)
    return made, False


def _store(
    session: Session, bearer: Bearer, read: Sequence[Read], now: datetime
) -> token_requests.Stored:
    token = tokens.get(session, bearer.token_id)
    good = [one for one in read if isinstance(one, NewMessage)]
    pushed = iter(service.push(session, token, good, len(read) - len(good), now))
    results = []
    for index, one in enumerate(read):
        if isinstance(one, NewMessage):
            done = next(pushed)
            status = 201 if done.created else 200
            results.append(ItemResult(index=index, status=status, id=done.id))
        else:
            results.append(ItemResult(index=index, status=422, errors=one))
    return _answer(results)


def _answer(results: list[ItemResult]) -> token_requests.Stored:
    """The status of all together: 422 none taken, 207 some, 201 all, 200 nothing new."""
    counts = {status: sum(one.status == status for one in results) for status in (201, 200, 422)}
    made = PushResult(
        created=counts[201], duplicates=counts[200], refused=counts[422], results=results
    )
    if counts[422] == len(results):
        extra = made.model_dump(exclude_defaults=True)
        problem = Problem("refused", extra=extra)
        return token_requests.Stored(problem.status, problem.text())
    status = 207 if counts[422] else 201 if counts[201] else 200
    return token_requests.Stored(status, made.model_dump_json(exclude_defaults=True))
