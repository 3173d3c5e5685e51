"""The statistics wall: how an event stands, to be read from across the hall."""
