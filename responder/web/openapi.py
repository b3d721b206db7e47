"""The API in a machine's words (OpenAPI 3.1) and in a person's, both made from the routes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Flask, Response, current_app, render_template
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from responder.web.access import public
from responder.web.api import JSON, KINDS, PROBLEM_JSON, VERSION_ROOT, Answer, Operation
from responder.web.api import ProblemDetails as Details
from responder.web.callers import at_desk

TITLE = "回应台接口"
VERSION = "1.0.0"
SCHEMES = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "接口令牌，由系统管理员在“接口令牌”页发放；Cookie 在这里不起作用",
    }
}
RETRY_AFTER = {
    "description": "等待多少秒后重发",
    "required": True,
    "schema": {"type": "integer", "minimum": 1},
}
HEADERS_OF_STATUS: dict[int, dict[str, Any]] = {
    401: {"WWW-Authenticate": {"description": "Bearer", "schema": {"type": "string"}}},
    403: {"WWW-Authenticate": {"description": "Bearer", "schema": {"type": "string"}}},
    429: {"Retry-After": RETRY_AFTER},
    503: {"Retry-After": RETRY_AFTER},
}

blueprint = Blueprint("api", __name__, url_prefix=VERSION_ROOT)


@dataclass(frozen=True)
class FieldLine:
    """One field of a model, for the page."""

    name: str
    required: bool
    kind: str
    limits: str
    description: str


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
    app.add_template_filter(_shown, "tojson_shown")


def _shown(value: object) -> str:
    """JSON for the eye: as it would be typed."""
    return json.dumps(value, ensure_ascii=False, indent=2)


@blueprint.get("/openapi.json")
@public
def document() -> Response:
    text = json.dumps(build(current_app), ensure_ascii=False, indent=1)
    return Response(text, content_type=JSON)


@blueprint.get("/docs")
@public
def docs() -> str:
    made = build(current_app)
    schemas = made["components"]["schemas"]
    return render_template(
        "api/docs.html",
        document=made,
        operations=list(operations(current_app)),
        fields={name: list(field_lines(schema, schemas)) for name, schema in schemas.items()},
        kinds=KINDS,
        root=at_desk(""),
        all_answers=all_answers,
        requests_per_minute=current_app.extensions["settings"].api_requests_per_minute,
        idempotency_hours=current_app.extensions["settings"].api_idempotency_hours,
    )


def operations(app: Flask) -> Iterator[tuple[str, str, Operation]]:
    """(method, path, what is said of it) of each view that the document tells of."""
    for rule in app.url_map.iter_rules():
        operation = getattr(app.view_functions[rule.endpoint], "operation", None)
        if operation is not None:
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield method, rule.rule, operation


def build(app: Flask) -> dict[str, Any]:
    """The OpenAPI document of an application."""
    listed = list(operations(app))
    paths: dict[str, dict[str, Any]] = {}
    for method, path, operation in listed:
        paths.setdefault(path, {})[method.lower()] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {"title": TITLE, "version": VERSION},
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": _schemas(operation for _method, _path, operation in listed),
            "securitySchemes": SCHEMES,
        },
    }


def _operation(operation: Operation) -> dict[str, Any]:
    return {
        "operationId": operation.name,
        "summary": operation.summary,
        "description": operation.description,
        "security": [{"token": []}],
        "x-required-scope": operation.scope,
        "x-field-error-codes": dict(operation.codes),
        "parameters": [
            {"name": name, "in": "header", "required": False, **schema}
            for name, schema in operation.headers.items()
        ],
        "requestBody": {
            "required": True,
            "content": {
                JSON: {
                    "schema": {"anyOf": [_reference(model) for model in operation.bodies]},
                    "examples": {
                        name: {"value": value} for name, value in operation.examples.items()
                    },
                }
            },
        },
        "responses": {
            str(status): _answer(status, answer)
            for status, answer in sorted(all_answers(operation).items())
        },
    }


def all_answers(operation: Operation) -> dict[int, Answer]:
    """Status → answer: the operation's own, and the refusals that it may give."""
    answers = dict(operation.answers)
    for status in sorted({KINDS[kind].status for kind in operation.problems} - answers.keys()):
        kinds = [kind for kind in operation.problems if KINDS[kind].status == status]
        description = "；".join(f"{KINDS[kind].title}（{kind}）" for kind in kinds)
        answers[status] = Answer(description, Details, PROBLEM_JSON)
    return answers


def _answer(status: int, answer: Answer) -> dict[str, Any]:
    headers = {
        name: {"description": description, "schema": {"type": "string"}}
        for name, description in answer.headers.items()
    } | HEADERS_OF_STATUS.get(status, {})
    return {
        "description": answer.description,
        "headers": headers,
        "content": {answer.media_type: {"schema": _reference(answer.model)}},
    }


def _reference(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{model.__name__}"}


def _schemas(listed: Iterable[Operation]) -> dict[str, Any]:
    wanted: dict[tuple[type[BaseModel], JsonSchemaMode], None] = {(Details, "serialization"): None}
    for operation in listed:
        wanted |= {(model, "validation"): None for model in operation.bodies}
        wanted |= {(one.model, "serialization"): None for one in all_answers(operation).values()}
    template = "#/components/schemas/{model}"
    _places, made = models_json_schema(list(wanted), ref_template=template)
    schemas: dict[str, Any] = _untitled(made["$defs"])
    return schemas


def _untitled(node: Any) -> Any:
    """Without the titles that only repeat a name in English."""
    if isinstance(node, list):
        return [_untitled(one) for one in node]
    if not isinstance(node, dict):
        return node
    return {
        name: _untitled(value)
        for name, value in node.items()
        if not (name == "title" and isinstance(value, str))
    }


def field_lines(schema: dict[str, Any], schemas: dict[str, Any]) -> Iterator[FieldLine]:
    """The fields of an object's schema, for people."""
    required = schema.get("required", ())
    for name, given in schema.get("properties", {}).items():
        shape = _shape(given, schemas)
        yield FieldLine(
            name,
            name in required,
            _kind(shape),
            "、".join(_limits(shape)),
            given.get("description", ""),
        )


def _shape(schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    """What a value must be, apart from being left out."""
    options = [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]
    shape = options[0] if options else schema
    if "$ref" in shape:
        name = shape["$ref"].rpartition("/")[2]
        return {"name": name, **schemas[name]}
    return dict(shape)


def _kind(shape: dict[str, Any]) -> str:
    if "enum" in shape:
        return "、".join(map(str, shape["enum"]))
    if shape.get("type") == "array":
        return "array"
    words = (shape.get("name"), shape.get("format"), shape.get("type", ""))
    return str(next(filter(None, words), ""))


def _limits(shape: dict[str, Any]) -> Iterator[str]:
    words = {
        "minLength": "至少 {} 字",
        "maxLength": "至多 {} 字",
        "minimum": "不小于 {}",
        "maximum": "不大于 {}",
        "minItems": "至少 {} 条",
        "maxItems": "至多 {} 条",
    }
    return (text.format(shape[name]) for name, text in words.items() if name in shape)
