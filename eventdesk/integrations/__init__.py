"""The outside world: each service behind a small protocol. Nothing here knows the store."""
