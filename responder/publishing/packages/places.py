"""Where the pages of the 政策解读 column stand: here, or as files beside those of 回应关切."""

from __future__ import annotations

from pathlib import PurePath
from typing import Protocol

from flask import url_for

from responder.publishing.packages.released import Attachment


class PolicyPlaces(Protocol):
    """What pages and feeds of the column need to link to one another."""

    def index(self) -> str: ...
    def document(self, document_id: int) -> str: ...
    def interpretation(self, interpretation_id: int) -> str: ...
    def attachment(self, attachment: Attachment) -> str: ...
    def feed(self) -> str: ...
    def json_feed(self) -> str: ...


class LivePolicy:
    """On this server: paths."""

    def index(self) -> str:
        return url_for("interpretations.index")

    def document(self, document_id: int) -> str:
        return url_for("interpretations.document", document_id=document_id)

    def interpretation(self, interpretation_id: int) -> str:
        return url_for("interpretations.show", interpretation_id=interpretation_id)

    def attachment(self, attachment: Attachment) -> str:
        return url_for("interpretations.attachment", attachment_id=attachment.id)

    def feed(self) -> str:
        return url_for("interpretations.feed")

    def json_feed(self) -> str:
        return url_for("interpretations.json_feed")


class PolicyFiles:
    """Side by side in one folder: every link is a name."""

    def index(self) -> str:
        return "interpretations.html"

    def document(self, document_id: int) -> str:
        return f"document-{document_id}.html"

    def interpretation(self, interpretation_id: int) -> str:
        return f"interpretation-{interpretation_id}.html"

    def attachment(self, attachment: Attachment) -> str:
        return f"attachment-{attachment.id}{PurePath(attachment.name).suffix[:10].lower()}"

    def feed(self) -> str:
        return "interpretations.xml"

    def json_feed(self) -> str:
        return "interpretations.json"
