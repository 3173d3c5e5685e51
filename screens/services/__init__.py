"""Services outside of the house, for admins and for who runs an event."""
