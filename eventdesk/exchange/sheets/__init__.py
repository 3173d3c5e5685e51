"""Spreadsheets that follow an event: what changed, queued, and taken to Google."""
