"""Seats: looking at them, holding, taking, moving and swapping them.

A seat is one row: it has one ticket at most, which the database keeps unique, and one hold at
most.
"""

from eventdesk.usecases.seats.holding import hold_best, hold_seats, release_seats
from eventdesk.usecases.seats.looking import plan, plan_with_names
from eventdesk.usecases.seats.taking import (
    best_seat,
    free_seats,
    move_seat,
    swap_seats,
    take_seats,
)

__all__ = [
    "best_seat",
    "free_seats",
    "hold_best",
    "hold_seats",
    "move_seat",
    "plan",
    "plan_with_names",
    "release_seats",
    "swap_seats",
    "take_seats",
]
