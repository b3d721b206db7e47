"""Every figure that the year's summary and the statistics know. One entry each, a room a module."""

from responder.reports.statistics.figure import Figure
from responder.reports.statistics.registry import (
    applications,
    disclosure,
    duty,
    hotline,
    response,
    supervision,
)

ROOMS = (hotline, response, disclosure, applications, duty, supervision)

FIGURES: tuple[Figure, ...] = tuple(figure for room in ROOMS for figure in room.FIGURES)
