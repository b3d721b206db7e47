"""Streams: feeds, folders, mailboxes and hot-search lists that bring messages by themselves."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Bring pages, commands and words of the trail."""
