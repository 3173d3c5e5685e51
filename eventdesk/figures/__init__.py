"""Statistics, forecast and reports."""
