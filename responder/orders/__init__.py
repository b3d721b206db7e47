"""Work orders (工单): what a unit must answer, by when, and how it goes."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Bring pages, commands and words of the trail."""
