"""The attendee's screens: events to find and book, and their tickets, bookings and waitlists."""
