"""Acts: how use cases are declared and run, and what they all need: permission, audit, notices."""
