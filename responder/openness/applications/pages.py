"""All pages of applications. What has an address of its own stands before the steps."""

from responder.openness.applications import (
    file_views,
    import_pages,
    proceeding_views,
    table_views,
    views,
)
from responder.openness.applications.views_common import blueprint

__all__ = ["blueprint", "file_views", "import_pages", "proceeding_views", "table_views", "views"]
