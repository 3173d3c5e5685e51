"""Taking in attendees and bookings from a file: guess, check, then all or nothing."""
