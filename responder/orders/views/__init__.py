"""Pages of work orders."""

from responder.orders.views import monthly, pages, steps
from responder.orders.views.common import blueprint

__all__ = ["blueprint", "monthly", "pages", "steps"]
