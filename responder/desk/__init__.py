"""The hotline desk: a call is written down while somebody talks."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Bring pages, commands and words of the trail."""
