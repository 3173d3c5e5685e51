"""Seats: plans, holds, and giving, moving and swapping them.

A seat is one row, with one ticket at most, which the database keeps unique, and one hold at most.
"""

from typing import TYPE_CHECKING

from eventdesk.core.doors import opened

if TYPE_CHECKING:
    from eventdesk.seating.holders import MAX_HELD, need_own_hold, new_cart
    from eventdesk.seating.seat import (
        SeatHold,
        SeatState,
        SeatView,
        SectionPlan,
        best_block,
        best_split,
    )
    from eventdesk.seating.seat_layout import (
        SIGNS,
        WORDS,
        NewRows,
        by_row,
        drawn,
        legend,
        preview,
        read_labels,
        read_numbers,
    )
    from eventdesk.seating.seating_plans import (
        add_section,
        block_seats,
        list_sections,
        make_rows,
        remove_rows,
        remove_section,
        rename_section,
    )
    from eventdesk.seating.seats import (
        best_seat,
        best_seats,
        free_seats,
        held_seats,
        hold_best,
        hold_longer,
        hold_seats,
        move_seat,
        plan,
        plan_with_names,
        release_seats,
        seat_views,
        seats_left,
        swap_seats,
        take_seats,
    )
else:
    __getattr__ = opened(__name__)
