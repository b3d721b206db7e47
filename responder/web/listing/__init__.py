"""Lists (列表) that behave alike: declared as data, read from the address, drawn one way."""

from responder.web.listing.bulk import Bulk, Step
from responder.web.listing.declared import Asker, Column, Empty, Listing, Tab, all_and, words
from responder.web.listing.rules import Choice, Days, Flag, Option, Text, Values, whole
from responder.web.listing.showing import ListView
from responder.web.listing.sources import counts_by, within
from responder.web.listing.views import add_list_pages, show

__all__ = [
    "Asker", "Bulk", "Choice", "Column", "Days", "Empty", "Flag", "ListView", "Listing", "Option",
    "Step", "Tab", "Text", "Values", "add_list_pages", "all_and", "counts_by", "show", "whole",
    "within", "words",
]  # fmt: skip
