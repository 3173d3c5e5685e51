"""What an organizer sees of an event, part by part."""
