"""Badges: from what they say, by a layout, to bytes and a printer; no screen, no database."""
