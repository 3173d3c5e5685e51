"""What everything shares and nothing below it."""
