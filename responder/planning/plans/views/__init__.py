"""The pages of the annual plan. Routes come with their modules."""

from responder.planning.plans.views import (
    changes,
    entries,
    exports,
    frequency,
    imports,
    page,
    status,
    steps,
)

__all__ = ["changes", "entries", "exports", "frequency", "imports", "page", "status", "steps"]
