"""One box that finds people, bookings, events, screens and acts."""
