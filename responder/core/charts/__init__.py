"""What a chart shows, and how Word draws it; pages draw the same figures in ``web.charts``."""

from responder.core.charts.figures import ChartKind, Figures, Mark, plain

__all__ = ["ChartKind", "Figures", "Mark", "plain"]
