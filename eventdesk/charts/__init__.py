"""Charts: described once, drawn in a terminal, as SVG, PNG or PDF, and told as a table."""

from eventdesk.charts.chart import Bar, Bars, Chart, Curve, Mark, Series, table_of

__all__ = ["Bar", "Bars", "Chart", "Curve", "Mark", "Series", "table_of"]
