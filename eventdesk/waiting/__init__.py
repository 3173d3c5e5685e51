"""Waitlists, the queue of an opening hour, and sign-ups."""
