"""The badges that wait, as a status line shows them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BadgeQueue:
    """How the badges stand, for the status line.

    Attributes:
        waiting: Badges not yet out, those being sent included.
        failed: Badges given up; a person must look.
        last_error: Why the oldest waiting or failed badge is not out; "" when nothing went wrong.
        printer: Name of the printer that badges from here come out of; "" where none is set up.
        care: What somebody should see to before it is in the way, such as a roll that ends soon.
    """

    waiting: int
    failed: int

    last_error: str = ""
    printer: str = ""
    care: str = ""
