"""The application: Flask, which tells of an error without the address that led to it."""

from __future__ import annotations

from types import TracebackType

from flask import Flask

from responder.core.logs import logger

Raised = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class Application(Flask):
    """An address may hold what somebody looked for, or a token; a request's line has its route."""

    def log_exception(self, exc_info: Raised) -> None:
        logger(__name__).error("unhandled", exc_info=exc_info)
