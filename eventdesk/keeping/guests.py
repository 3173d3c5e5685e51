"""Guests without an account: export of everything held about one, and erasure.

Guests are walk-ins, imported guests, those whom the team booked, and holders of tickets that
somebody else bought. A ticket code, booking code or e-mail address names one.

A buyer's erasure covers the booking and its tickets, but for tickets that another address or
account holds. A holder's covers that ticket only.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, delete, func, select, true

from data.rows import AnyRow
from data.schema import BookingRow, InvitationRow, QueueRequestRow, TicketRow, WaitlistEntryRow
from eventdesk.acts import ERASED, Act, Permission, Steps, reads, steps
from eventdesk.core.errors import InvalidInputError, NotFoundError
from eventdesk.core.folding import fold
from eventdesk.core.messages import msg
from eventdesk.core.plain_text import file_name, plain
from eventdesk.core.remedies import Remedy, advise
from eventdesk.keeping.erasure import (
    Erased,
    PreviewError,
    Whom,
    about,
    begin,
    erase_rows,
    finish,
    need_over,
)
from eventdesk.keeping.personal_data import (
    FOLDER,
    as_json,
    log_of,
    parts_of_tickets,
    read_parts,
    write_private,
)
from eventdesk.keeping.traces import erase_from_audit, look_in_audit


@dataclass(frozen=True, slots=True)
class GuestData:
    """What is held about a guest; `parts` as in `PersonalData`."""

    tickets: tuple[UUID, ...]
    taken_at: datetime
    parts: dict[str, list[dict[str, Any]]]

    def to_json(self) -> str:
        """Write it as one JSON document, with instants as ISO 8601 and ids as text."""
        head = {"taken_at": self.taken_at, "guest": list(map(str, self.tickets))}
        return as_json(head | self.parts)


@reads(Permission.EVENT)
def guest_data(act: Act, event_id: UUID | None, asked: str) -> GuestData:
    """Read everything held about a guest without an account.

    Args:
        event_id: The event; None looks at all events, for admins.
        asked: The code of a ticket or a booking, or an e-mail address.

    Raises:
        NotFoundError: Nobody has this code or address.
        InvalidInputError: It belongs to an account.
    """
    _need_organizer(act, event_id)
    whom = _guest(act.connection, event_id, asked)
    parts = read_parts(act.connection, parts_of_tickets(whom.tickets, whom.bookings, whom.entries))
    in_queue = QueueRequestRow.booking_id.in_(whom.bookings)
    requests = select(QueueRequestRow.__table__).where(in_queue)
    parts |= read_parts(act.connection, [("requests", requests)])
    parts["log"] = log_of(act.connection, None, [about(act.connection, whom).subjects])
    return GuestData(whom.tickets, act.now, parts)


@steps(Permission.EVENT, local=True)
def export_guest(steps: Steps, event_id: UUID | None, asked: str) -> Path:
    """Write everything held about a guest into one file of the home that only its owner reads.

    Raises:
        NotFoundError: Nobody has this code or address.
        InvalidInputError: It belongs to an account.
        StoreReadOnlyError: The file cannot be written.
    """
    data = guest_data(steps.store, steps.asked, event_id, asked)
    stem = file_name(asked.partition("@")[0], fallback="guest")
    path = steps.store.home / FOLDER / f"guest-{stem}-{steps.now:%Y%m%dT%H%M%SZ}.json"
    write_private(path, data.to_json())
    with steps.write() as act:
        subject = ("ticket", data.tickets[0] if data.tickets else None)
        act.record("export_guest", subject, event_id=event_id)
    return path


@steps(Permission.EVENT)
def erase_guest(
    steps: Steps, event_id: UUID | None, asked: str, *, preview: bool = False
) -> Erased:
    """Erase a guest without an account for ever; bookings stay as figures without a name.

    Args:
        event_id: The event; None looks at all events, for admins.
        asked: The code of a ticket or a booking, or an e-mail address.
        preview: Only say what would be erased, and what would stay.

    Raises:
        NotFoundError: Nobody has this code or address.
        InvalidInputError: It belongs to an account, or to an event that is not over.
        AuditBrokenError: The audit does not hold, so nothing may be taken out of it.
    """
    with steps.read() as act:  # the long walk, before anybody waits
        whom = _erasable(act, event_id, asked)
        known = look_in_audit(act.connection, about(act.connection, whom))
    with suppress(PreviewError), steps.write() as act:
        whom = _erasable(act, event_id, asked)
        begun = begin(act.connection, whom)
        found = erase_rows(act.connection, whom)
        if event_id is None:
            emails = [email.casefold() for email in whom.emails if email]
            act.connection.execute(delete(InvitationRow).where(InvitationRow.email.in_(emails)))
        withheld = erase_from_audit(act, about(act.connection, whom), known=known)
        act.record(
            "erase_guest",
            ("ticket", whom.tickets[0] if whom.tickets else None),
            event_id=event_id,
            tickets=found.tickets,
            withheld=withheld,
        )
        if preview:
            raise PreviewError
    return finish(steps, whom, found, begun, preview=preview)


def _erasable(act: Act, event_id: UUID | None, asked: str) -> Whom:
    """A guest who may be erased; raises as `erase_guest` does."""
    _need_organizer(act, event_id)
    whom = _guest(act.connection, event_id, asked)
    need_over(act, whom.tickets)
    return whom


def _need_organizer(act: Act, event_id: UUID | None) -> None:
    need = Permission.INSTALLATION if event_id is None else Permission.EVENT
    act.need(event_id, need)


_TICKET = select(
    TicketRow.id,
    TicketRow.booking_id,
    TicketRow.account_id,
    TicketRow.holder_name,
    TicketRow.holder_email,
    BookingRow.account_id.label("booked_by"),
    BookingRow.name.label("booker"),
    BookingRow.email.label("booker_email"),
).join(BookingRow, BookingRow.id == TicketRow.booking_id)


def _guest(connection: Connection, event_id: UUID | None, asked: str) -> Whom:
    """Find a guest by the code of a ticket or a booking, or by an address."""
    typed = asked.strip()
    here = true() if event_id is None else TicketRow.event_id == event_id
    if not typed:
        raise NotFoundError(
            msg("Nobody was named."), hint=msg("Give a ticket code, booking code or e-mail.")
        )
    if "@" in typed:
        return _by_address(connection, event_id, here, typed)
    code = typed.upper().replace(" ", "").replace("-", "")
    ticket = connection.execute(_TICKET.where(here, TicketRow.code == code)).one_or_none()
    if ticket is not None:
        return _by_ticket(ticket)
    tickets = connection.execute(_TICKET.where(here, BookingRow.code == code)).all()
    if not tickets:
        raise NotFoundError(
            msg("Nobody has the code {typed} here.", typed=plain(typed)),
            hint=msg("Give the code of a ticket or a booking, or an e-mail address."),
        )
    if tickets[0].booked_by is not None:
        raise _has_account()
    address = tickets[0].booker_email.casefold()
    return _whom([each for each in tickets if _goes_along(each, address)], tickets[:1])


def _by_ticket(ticket: AnyRow) -> Whom:
    if not _is_guest(ticket):
        raise _has_account()
    return _whom([ticket], [ticket] if _booked_it(ticket) else [])


def _booked_it(ticket: AnyRow) -> bool:
    """Whether the holder of a ticket is who booked it, by name or address."""
    return fold(ticket.holder_name) == fold(ticket.booker) or (
        ticket.holder_email != ""
        and ticket.holder_email.casefold() == ticket.booker_email.casefold()
    )


def _is_guest(ticket: AnyRow) -> bool:
    """Whether the holder of a ticket has no account."""
    return ticket.account_id is None and (ticket.booked_by is None or not _booked_it(ticket))


def _by_address(
    connection: Connection, event_id: UUID | None, here: ColumnElement[bool], typed: str
) -> Whom:
    address = typed.casefold()
    theirs = (func.lower(TicketRow.holder_email) == address) | (
        func.lower(BookingRow.email) == address
    )
    found = connection.execute(_TICKET.where(here, theirs)).all()
    booked = [
        each for each in found if each.booked_by is None and each.booker_email.casefold() == address
    ]
    tickets = [
        each
        for each in found
        if (each in booked and _goes_along(each, address))
        or (_is_guest(each) and each.holder_email.casefold() == address)
    ]
    waiting = select(WaitlistEntryRow.id, WaitlistEntryRow.name).where(
        func.lower(WaitlistEntryRow.email) == address,
        WaitlistEntryRow.account_id.is_(None),
        true() if event_id is None else WaitlistEntryRow.event_id == event_id,
    )
    entries = connection.execute(waiting).all()
    if not tickets and not booked and not entries:
        if found:
            raise _has_account()
        raise NotFoundError(
            msg("Nobody has the address {typed} here.", typed=plain(typed)),
            hint=advise(Remedy.FIND_GUEST),
        )
    whom = _whom(tickets, booked)
    return replace(
        whom,
        entries=tuple(entry.id for entry in entries),
        names=whom.names | {entry.name for entry in entries},
        emails=whom.emails | {typed},
    )


def _goes_along(ticket: AnyRow, address: str) -> bool:
    """Whether a ticket is the buyer's, or of a holder without account and address."""
    here = ticket.holder_name != ERASED and ticket.account_id is None
    return here and ticket.holder_email.casefold() in ("", address)


def _whom(tickets: Sequence[Any], booked: Sequence[Any]) -> Whom:
    return Whom(
        None,
        tuple({each.booking_id: None for each in booked}),
        tuple(each.id for each in tickets),
        (),
        frozenset({*(each.holder_name for each in tickets), *(each.booker for each in booked)}),
        frozenset(
            {*(each.holder_email for each in tickets), *(each.booker_email for each in booked)}
        )
        - {""},
    )


def _has_account() -> InvalidInputError:
    return InvalidInputError(msg("This belongs to an account."), hint=advise(Remedy.ASK_THEM))
