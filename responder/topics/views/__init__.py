"""Pages of the topics."""

from responder.topics.views import corrections, pages
from responder.topics.views.common import blueprint

__all__ = ["blueprint", "corrections", "pages"]
