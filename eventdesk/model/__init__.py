"""Frozen values that cross layers, and the pure rules of the door."""
