"""Figures of an event: who came, what came in, what was liked, and who is missing."""
