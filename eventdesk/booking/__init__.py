"""Bookings and tickets: made, changed, cancelled."""
