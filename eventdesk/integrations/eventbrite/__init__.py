"""Eventbrite: attendees of an event read."""
