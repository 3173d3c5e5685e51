"""Addresses of seats: sections, rows, holds and who sits where."""

from typing import Final

ADDRESSES: Final = {
    "plan": "GET /events/{event}/seats",
    "plan_with_names": "GET /events/{event}/seating-plan",
    "list_sections": "GET /events/{event}/sections",
    "add_section": "POST /events/{event}/sections",
    "rename_section": "PATCH /sections/{section}",
    "remove_section": "DELETE /sections/{section}",
    "make_rows": "POST /sections/{section}/rows = new",
    "remove_rows": "DELETE /sections/{section}/rows",
    "block_seats": "PUT /events/{event}/seat-blocks",
    "new_cart": "POST /carts",
    "hold_seats": "POST /events/{event}/seat-holds",
    "hold_best": "POST /events/{event}/best-seat-holds",
    "held_seats": "GET /events/{event}/seat-holds/{holder}",
    "hold_longer": "PUT /events/{event}/seat-holds/{holder}",
    "release_seats": "POST /events/{event}/seat-releases",
    "move_seat": "PUT /tickets/{ticket}/seat",
    "swap_seats": "POST /seat-swaps",
}
