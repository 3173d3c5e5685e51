"""What the desk can do: one area a file, verbs as functions."""
