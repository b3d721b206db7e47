"""The OpenAPI document says what the routes do; schemathesis asks all that it allows, and more."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from responder.intake.pushing import schema
from responder.web.api import KINDS
from responder.web.openapi import build
from tests.intake.pushing.factories import PATH, message, new_token, push

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
EXAMPLES = 30
UNDESCRIBED = {"api.document", "api.docs"}


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_schemathesis_finds_no_server_error_and_no_answer_that_is_not_described(app, mode):
    secret = new_token().secret
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    seen = set()

    @given(case=schema[PATH]["POST"].as_strategy(generation_mode=mode))
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def ask(case: schemathesis.Case) -> None:
        headers = {"Authorization": f"Bearer {secret}"}
        seen.add(case.call_and_validate(headers=headers, checks=CHECKS).status_code)

    ask()
    assert 422 in seen


def test_the_document_tells_of_every_route_and_of_no_other(app) -> None:
    routes = {
        (rule.rule, method.lower())
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/") and rule.endpoint not in UNDESCRIBED
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    paths = build(app)["paths"]
    assert {(path, method) for path, item in paths.items() for method in item} == routes


def test_the_document_refers_to_nothing_that_it_lacks(client) -> None:
    answer = client.get("/api/v1/openapi.json")
    assert answer.content_type == "application/json"
    document = answer.json
    assert document["openapi"].startswith("3.1.")
    named = set(re.findall(r'"#/components/schemas/(\w+)"', answer.text))
    assert named == document["components"]["schemas"].keys()


def test_the_limits_in_the_document_are_those_that_hold(app, client) -> None:
    schemas = build(app)["components"]["schemas"]
    secret = new_token().secret
    for name, shape in schemas["MessageIn"]["properties"].items():
        options = [shape, *shape.get("anyOf", ())]
        limit = next((one["maxLength"] for one in options if "maxLength" in one), None)
        if limit is None or name == "source_url":
            continue
        lengths = {length: message(**{name: "长" * length}) for length in (limit, limit + 1)}
        assert push(client, secret, lengths[limit]).status_code in {200, 201}, name
        assert push(client, secret, lengths[limit + 1]).status_code == 422, name


def test_the_example_is_taken_as_it_stands(app, client) -> None:
    operation = build(app)["paths"][PATH]["post"]
    body = operation["requestBody"]["content"]["application/json"]
    secret = new_token().secret
    statuses = [
        push(client, secret, example["value"]).status_code for example in body["examples"].values()
    ]
    assert statuses == [201, 200]


def test_every_code_of_a_field_is_explained() -> None:
    source = Path(schema.__file__).read_text("utf-8")
    raised = set(re.findall(r'PydanticCustomError\(\s*"(\w+)"', source))
    said = {code for code, _sentence in schema.SENTENCES.values()}
    assert raised | said | {"channel_not_allowed"} == schema.CODES.keys()


def test_the_page_says_the_same_to_people(client) -> None:
    text = client.get("/api/v1/docs").text
    for name in [*schema.MessageIn.model_fields, *schema.CODES]:
        assert f"<code>{name}</code>" in text
    for kind in KINDS:
        assert f'id="{kind}"' in text
    assert f"curl -X POST http://localhost{PATH}" in text
