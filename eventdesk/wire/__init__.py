"""What the server and its clients share: the address of each use case, and its JSON."""
