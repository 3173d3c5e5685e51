"""Badge to layout to bytes to printer. Knows no screen and no database."""
