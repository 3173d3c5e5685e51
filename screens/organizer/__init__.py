"""Screens of organizers: their events, and one event part by part."""
