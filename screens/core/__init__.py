"""Foundations of all screens: frame, parts, errors, tools, themes."""
