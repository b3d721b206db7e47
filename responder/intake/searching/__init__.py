"""Search over messages (留言检索): one function, whichever database is underneath."""

from responder.intake.searching.finding import Hit, find
from responder.intake.searching.index import index_missing

__all__ = ["Hit", "find", "index_missing"]
