"""The program in a language nobody speaks: what is no message, and what has no room."""
