"""What is SQLite's own: connections, errors, notice of change, search, whole-file copies."""
