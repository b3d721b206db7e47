"""What each kind of source must be told, checked when it is saved and when it is read."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import PurePath
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)
from pydantic_core import PydanticCustomError

from responder.core.errors import Invalid
from responder.sources.models import Kind


def _web_address(value: str) -> str:
    try:
        parts = urlsplit(value)
        good = parts.scheme in ("http", "https") and parts.hostname and (parts.port or 1)
    except ValueError:
        good = None
    if not good or any(character.isspace() for character in value):
        raise PydanticCustomError("address", "请填写以 http:// 或 https:// 开头的完整地址")
    if parts.username is not None or parts.password is not None:
        raise PydanticCustomError("address", "地址里不能写用户名和密码，请换成公开的订阅地址")
    return value


def _host(value: str) -> str:
    if any(character.isspace() or character in "/@" for character in value):
        raise PydanticCustomError("host", "请只填服务器名，例如 imap.example.com")
    return value


def _folder(value: str) -> str:
    if ".." in PurePath(value).parts:
        raise PydanticCustomError("folder", "文件夹不能含有 ..：请填写文件夹名")
    return value


_Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
_Needed = Annotated[_Line, StringConstraints(min_length=1)]
Address = Annotated[_Needed, AfterValidator(_web_address)]
Port = Annotated[int, Field(ge=1, le=65535)]


class _Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FeedSettings(_Settings):
    """RSS, Atom or JSON Feed."""

    url: Address


class FolderSettings(_Settings):
    """A folder under the configured roots, and the column mapping of its files."""

    folder: Annotated[_Needed, AfterValidator(_folder)]
    mapping: _Needed = "default"


class Security(StrEnum):
    """How the connection to a mailbox is protected."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


class MailboxSettings(_Settings):
    """An IMAP mailbox. The password is kept apart (``Source.secret``).

    :param days_back: how far back the first run looks.
    """

    host: Annotated[_Needed, AfterValidator(_host)]
    port: Port = 993
    security: Security = Security.TLS
    username: _Needed
    folder: _Needed = "INBOX"
    days_back: Annotated[int, Field(ge=0, le=3650)] = 30

    @property
    def login(self) -> tuple[str, int, Security, str]:
        """Where the password goes; it is asked for again when this changes."""
        return self.host, self.port, self.security, self.username


class HotListSettings(_Settings):
    """A JSON document or a feed. The paths say where things stand; empty ones are guessed."""

    url: Address
    rows_path: _Line = ""
    title_path: _Line = ""
    heat_path: _Line = ""
    rank_path: _Line = ""


SourceSettings = FeedSettings | FolderSettings | MailboxSettings | HotListSettings

SETTINGS: dict[Kind, type[FeedSettings | FolderSettings | MailboxSettings | HotListSettings]] = {
    Kind.FEED: FeedSettings,
    Kind.FOLDER: FolderSettings,
    Kind.MAILBOX: MailboxSettings,
    Kind.HOT_LIST: HotListSettings,
}

_SENTENCES = {
    "missing": "请填写",
    "string_too_short": "请填写",
    "string_too_long": "太长，请缩短",
    "int_parsing": "请填写整数",
    "int_type": "请填写整数",
    "greater_than_equal": "数值太小，请改正",
    "less_than_equal": "数值太大，请改正",
    "enum": "请从列表中选择",
}


def parse(kind: Kind, values: Mapping[str, Any]) -> SourceSettings:
    """The settings of a kind from what a form or the database holds.

    :raises Invalid: one sentence for each field that cannot be.
    """
    try:
        return SETTINGS[kind].model_validate(dict(values))
    except ValidationError as error:
        wrong = {
            str(item["loc"][0]) if item["loc"] else "": _sentence(item["type"], item["msg"])
            for item in error.errors()
        }
        raise Invalid("；".join(wrong.values()), wrong) from error


def _sentence(code: str, message: str) -> str:
    if code in {"address", "host", "folder"}:
        return message
    return _SENTENCES.get(code, "这个值不能用，请改正")
