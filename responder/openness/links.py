"""Addresses of web pages that people enter beside a record."""

from __future__ import annotations

from urllib.parse import urlsplit

from responder.core.errors import Invalid

LONGEST_LINK = 500
NOT_A_LINK = "请填写以 http:// 或 https:// 开头的完整网址，或留空"


def is_link(text: str) -> bool:
    """Whether a browser can follow it: a whole address of the web, without blanks."""
    try:
        parts = urlsplit(text)
        whole = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False
    return whole and not any(sign.isspace() for sign in text) and len(text) <= LONGEST_LINK


def checked_link(text: str, field: str) -> str:
    """The address as it is kept; empty stays empty.

    :param field: of the form, for the refusal.
    :raises Invalid: it is no address.
    """
    link = text.strip()
    if link and not is_link(link):
        raise Invalid(NOT_A_LINK, {field: "不是网址"})
    return link
