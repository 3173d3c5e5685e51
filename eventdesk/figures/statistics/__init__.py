"""Figures of the door while it is busy: read once, and then only what came or was undone.

Nothing is imported here: the door notes its times without loading what counts them.
"""
