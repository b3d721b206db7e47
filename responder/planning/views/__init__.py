"""Pages of planning."""

from responder.planning.views import calendar, events, helpers, links, plans
from responder.planning.views.blueprint import blueprint

__all__ = ["blueprint", "calendar", "events", "helpers", "links", "plans"]
