"""Which unit a message belongs to: the taxonomy, and what learns from it."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Bring pages, commands and words of the trail."""
