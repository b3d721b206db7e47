"""Every call of the API, as its document allows it and as it does not: no error of the server."""

from __future__ import annotations

from collections import Counter
from typing import Any

import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


def fuzz_calls(app: Flask, secret: str, examples: int, number: int) -> Counter[str]:
    """Make so many calls of each operation; how often each status came.

    :param secret: of a token that may do all that the API offers.
    :raises BaseExceptionGroup: an answer that the document does not describe.
    """
    document = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    answers: Counter[str] = Counter()
    for operation in document.get_all_operations():
        assert isinstance(operation, Ok)
        found = operation.ok()
        for mode in GenerationMode:

            @seed(number)
            @settings(
                max_examples=examples // len(GenerationMode),
                deadline=None,
                database=None,
                phases=[Phase.explicit, Phase.generate],
                suppress_health_check=list(HealthCheck),
                print_blob=False,
            )
            @given(case=found.as_strategy(generation_mode=mode))
            def ask(case: Any) -> None:
                headers = {"Authorization": f"Bearer {secret}"}
                answer = case.call_and_validate(headers=headers, checks=CHECKS)
                answers[f"{case.method} {case.path} {answer.status_code}"] += 1

            ask()
    return answers
