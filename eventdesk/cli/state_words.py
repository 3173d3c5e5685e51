"""The words for the states of bookings, payments, requests and their like."""

from typing import Final, Protocol

from eventdesk.core.messages import msg_p

_WORDS: Final = {
    each.text: each
    for each in (
        msg_p("state", "archived"),
        msg_p("state", "cancelled"),
        msg_p("state", "confirmed"),
        msg_p("state", "draft"),
        msg_p("state", "ended"),
        msg_p("state", "expired"),
        msg_p("state", "failed"),
        msg_p("state", "good"),
        msg_p("state", "not yet"),
        msg_p("state", "off"),
        msg_p("state", "offered"),
        msg_p("state", "on sale"),
        msg_p("state", "over"),
        msg_p("state", "paid"),
        msg_p("state", "pending"),
        msg_p("state", "published"),
        msg_p("state", "sold out"),
        msg_p("state", "superseded"),
        msg_p("state", "unpaid"),
        msg_p("state", "used up"),
        msg_p("state", "valid"),
        msg_p("state", "waiting"),
    )
}


class _Ticket(Protocol):
    @property
    def cancelled(self) -> bool: ...
    @property
    def paid(self) -> bool: ...


def ticket_state(ticket: _Ticket) -> str:
    """Whether a ticket is cancelled, paid or unpaid, in the reader's language."""
    return state_word("cancelled" if ticket.cancelled else "paid" if ticket.paid else "unpaid")


def state_word(state: str) -> str:
    """The word for a state, in the reader's language; the state itself where there is none."""
    words = state.replace("_", " ")
    return str(_WORDS.get(words, words))
