"""Seats: looking at them, holding, taking, moving and swapping them.

A seat is one row: it has one ticket at most, which the database keeps unique, and one hold at
most.
"""
