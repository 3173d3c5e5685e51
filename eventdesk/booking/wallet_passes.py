"""Tickets in wallets: passes with the same code, and what wallets are told of them later.

An Apple wallet brings what the house signed for a ticket and its revision, and Google keeps a pass
by the name of both. Handed on or issued again, the ticket has another revision, and the pass from
before becomes void and names nobody.

What each pass was told to say last is kept as a digest. Where the ticket says otherwise by now, its
wallet is told: a chore of the spooler compares them and queues a delivery.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, delete, select, update

from data.bulk import chunks
from data.rows import AnyRow, insert_row
from data.schema import BookingRow, EventRow, TicketRow, WalletPassRow
from data.store import Store
from data.touched import UNSEEN, note_touched
from eventdesk.acts import (
    SYSTEM,
    Act,
    Permission,
    ReadingSteps,
    Steps,
    event_of,
    reads,
    reads_in_steps,
    steps,
    writes,
)
from eventdesk.booking.own_tickets import MyTicket, my_ticket, tickets_without_codes
from eventdesk.core.errors import (
    InvalidInputError,
    KeyFileLostError,
    NotFoundError,
    SignInError,
    need_found,
)
from eventdesk.core.ids import new_id
from eventdesk.core.made_file import MadeFile
from eventdesk.core.messages import msg, reader
from eventdesk.core.pass_links import PASS_LINK, PLACE
from eventdesk.core.plain_text import file_name
from eventdesk.integrations.wallet_ticket import WalletTicket
from eventdesk.services import SetUp, service_of

APPLE: Final = "apple-wallet"
GOOGLE: Final = "google-wallet"

MAX_DEVICE: Final = 200
"""Longest name that a wallet calls its device by."""

MAX_TOKEN: Final = 200
"""Longest text by which Apple tells a device; it is hexadecimal and has 64 letters today."""

MOST_DEVICES: Final = 20
"""Most devices that one ticket's pass is known on."""

TOLD_UNTIL: Final = timedelta(days=1)
"""Wallets are told of changes until that long after the end of the event."""

AT_ONCE: Final = 50
"""Passes that one transaction looks at anew and notes: a door waits for it no longer."""

OF_EVENT: Final = 64
"""How many letters of a digest are about the event alone, in a wallet that keeps that apart."""

MEDIA_TYPE: Final = "application/vnd.apple.pkpass"


@dataclass(frozen=True, slots=True)
class NewerPasses:
    """The passes of a device that changed.

    Attributes:
        serials: Their serial numbers; none where nothing changed.
        upto: What the wallet brings when it asks the next time.
    """

    serials: tuple[str, ...]
    upto: str


@dataclass(frozen=True, slots=True)
class FreshPass:
    """The newest version of a pass.

    Attributes:
        changed_at: When what it says changed last, as far as any device was told.
    """

    file: MadeFile
    changed_at: datetime


@reads_in_steps(
    Permission.DOOR, Permission.TICKETS, own=True, about=event_of(TicketRow, "ticket_id")
)
def wallets(steps: ReadingSteps, ticket_id: UUID) -> tuple[str, ...]:
    """Say which wallets a ticket can be added to: those that are set up, once it has a code."""
    ticket = my_ticket(steps.store, steps.asked, ticket_id)
    if not ticket.token:
        return ()
    return tuple(
        kind for kind in (APPLE, GOOGLE) if service_of(steps.store, SYSTEM, kind) is not None
    )


@reads_in_steps(
    Permission.DOOR, Permission.TICKETS, own=True, about=event_of(TicketRow, "ticket_id")
)
def apple_pass(steps: ReadingSteps, ticket_id: UUID, *, base: str = "") -> MadeFile:
    """Make the pass of a ticket for Apple Wallet.

    Args:
        ticket_id: The ticket.
        base: Where the house serves; by HTTPS the wallet asks there for what is newer.

    Raises:
        InvalidInputError: It has no code yet, or Apple Wallet is not set up.
        ServiceRefusedError: What was set up signs nothing.
    """
    with steps.read() as act:
        revision = _facts_of(act.connection, ticket_id).revision
    ticket = _with_code(my_ticket(steps.store, steps.asked, ticket_id))
    return _apple_file(steps, _need_set_up(steps.store, APPLE), ticket, revision, base)


@steps(Permission.DOOR, Permission.TICKETS, own=True, about=event_of(TicketRow, "ticket_id"))
def google_pass_link(steps: Steps, ticket_id: UUID) -> str:
    """Make the address that adds a ticket to Google Wallet, and note that it was given out.

    Raises:
        InvalidInputError: It has no code yet, changed meanwhile, or Google Wallet is not set up.
        ServiceRefusedError: What was set up signs nothing.
    """
    with steps.read() as act:
        revision = _facts_of(act.connection, ticket_id).revision
    ticket = _with_code(my_ticket(steps.store, steps.asked, ticket_id))
    service = _need_set_up(steps.store, GOOGLE)
    from eventdesk.integrations.google_wallet.contents import issuer_of, pass_name
    from eventdesk.integrations.google_wallet.save_link import save_link

    issuer = issuer_of(service.values)
    shown = replace(_shown(steps, ticket), revision=revision)
    name = pass_name(shown, issuer)
    with steps.write() as act:
        # The code of one revision under the name of another would reach whoever has that pass.
        if _facts_of(act.connection, ticket_id).revision != revision:
            raise InvalidInputError(
                msg("Somebody else changed it meanwhile."), hint=msg("Look at it again.")
            )
        _note_given_out(act, name, shown)
    _counted(steps, (WalletPassRow.device == name) & _IS_GOOGLE)
    return save_link(shown, issuer, steps.now)


def _note_given_out(act: Act, name: str, ticket: WalletTicket) -> None:
    """Note that somebody may have a pass at Google; one that was given out before is told anew."""
    note_touched(act.connection, [UNSEEN])
    here = (WalletPassRow.device == name) & (WalletPassRow.ticket_id == ticket.ticket_id)
    act.connection.execute(delete(WalletPassRow).where(here))
    insert_row(
        act.connection,
        WalletPassRow,
        device=name,
        ticket_id=ticket.ticket_id,
        event_id=ticket.event_id,
        revision=ticket.revision,
        facts="",
        changed_at=act.now,
        wallet=GOOGLE,
        push_token="",
    )


@reads_in_steps(internal=True)
def google_pass(steps: ReadingSteps, name: str, ticket_id: UUID | None) -> WalletTicket | None:
    """Read a ticket as one of its passes at Google may show it; None where there is none any more.

    Args:
        name: What Google calls the pass.
        ticket_id: The ticket.
    """
    with steps.read() as act:
        here = (WalletPassRow.device == name) & (WalletPassRow.ticket_id == ticket_id)
        row = act.connection.execute(_ROWS.where(here, _IS_GOOGLE)).one_or_none()
    if row is None:
        return None
    return _shown(steps, _as_known(steps, row.ticket_id, row.revision))


@reads_in_steps(internal=True)
def google_event(steps: ReadingSteps, event_id: UUID | None) -> WalletTicket | None:
    """Read an event as all its passes at Google show it, by any ticket; None where there are none.

    Args:
        event_id: The event.
    """
    here = (WalletPassRow.event_id == event_id) & _IS_GOOGLE
    with steps.read() as act:
        row = act.connection.execute(_ROWS.where(here).limit(1)).one_or_none()
        if row is None:
            return None
        [ticket] = tickets_without_codes(act, TicketRow.id == row.ticket_id)
    return _shown(steps, ticket)


@steps(public=True)
def fresh_pass(steps: Steps, pass_type: str, serial: str, token: str, *, base: str) -> FreshPass:
    """Make the newest version of a pass, for a wallet that has one.

    Args:
        pass_type: As the pass has it.
        serial: The pass's serial number.
        token: What the pass brings.
        base: Where the house serves.

    Raises:
        SignInError: The pass is none of ours.
        NotFoundError: Apple Wallet is not set up, or not for passes of this type.
    """
    service = _need_type(steps.store, pass_type)
    ticket_id, revision = _known(steps.store, serial, token)
    ticket = _as_known(steps, ticket_id, revision)
    changed = _counted(steps, (WalletPassRow.ticket_id == ticket_id) & _IS_APPLE)
    file = _apple_file(steps, service, ticket, revision, base)
    return FreshPass(file, max((each.changed_at for each in changed), default=steps.now))


@writes(public=True)
def register_pass(
    act: Act, device: str, pass_type: str, serial: str, token: str, *, push_token: str = ""
) -> bool:
    """Note that a device wants to know of changes of a pass; returns whether that is new.

    Args:
        device: What the wallet calls the device.
        pass_type: As the pass has it.
        serial: The pass's serial number.
        token: What the pass brings.
        push_token: By what Apple tells the device; what cannot be one counts as none.

    Raises:
        SignInError: The pass is none of ours.
        NotFoundError: Apple Wallet is not set up, or not for passes of this type.
        InvalidInputError: The pass is on too many devices.
    """
    _need_type(act.store, pass_type)
    ticket_id, revision = _known(act.store, serial, token)
    note_touched(act.connection, [UNSEEN])
    told_by = push_token if _is_push_token(push_token) else ""
    of_ticket = WalletPassRow.ticket_id == ticket_id
    rows = act.connection.execute(_APPLE_ROWS.where(of_ticket)).all()
    here = (WalletPassRow.device == device) & (WalletPassRow.ticket_id == ticket_id)
    if any(row.device == device for row in rows):
        now = {"revision": revision, "push_token": told_by}
        act.connection.execute(update(WalletPassRow).where(here).values(**now))
        return False
    if len(rows) >= MOST_DEVICES or not 0 < len(device) <= MAX_DEVICE:
        raise InvalidInputError(msg("This pass is on too many devices."))
    event_id = select(TicketRow.event_id).where(TicketRow.id == ticket_id)
    insert_row(
        act.connection,
        WalletPassRow,
        device=device,
        ticket_id=ticket_id,
        event_id=act.connection.execute(event_id).scalar_one(),
        revision=revision,
        facts="",
        changed_at=act.now,
        wallet=APPLE,
        push_token=told_by,
    )
    return True


def _is_push_token(text: str) -> bool:
    return 0 < len(text) <= MAX_TOKEN and text.isascii() and text.isalnum()


@writes(public=True)
def unregister_pass(act: Act, device: str, pass_type: str, serial: str, token: str) -> None:
    """Forget that a device has a pass.

    Raises:
        SignInError: The pass is none of ours.
        NotFoundError: Apple Wallet is not set up, or not for passes of this type.
    """
    _need_type(act.store, pass_type)
    ticket_id, _revision = _known(act.store, serial, token)
    note_touched(act.connection, [UNSEEN])
    here = (WalletPassRow.device == device) & (WalletPassRow.ticket_id == ticket_id)
    act.connection.execute(delete(WalletPassRow).where(here, _IS_APPLE))


@steps(public=True)
def newer_passes(steps: Steps, device: str, pass_type: str, *, since: str = "") -> NewerPasses:
    """Say which passes of a device changed; its name is what it is known by.

    Args:
        device: As it registered.
        pass_type: As the passes have it.
        since: What was answered the last time; "" is all of them.

    Raises:
        NotFoundError: Apple Wallet is not set up, or not for passes of this type.
    """
    _need_type(steps.store, pass_type)
    rows = _counted(steps, (WalletPassRow.device == device) & _IS_APPLE)
    marks = {row.ticket_id: _mark(row.changed_at) for row in rows}
    before = int(since) if since.isascii() and since.isdecimal() and len(since) < 20 else -1
    newer = tuple(ticket_id.hex for ticket_id, mark in marks.items() if mark > before)
    return NewerPasses(newer, str(max(marks.values(), default=0)))


@reads(internal=True)
def push_token_of(act: Act, device: str, ticket_id: UUID | None) -> str:
    """By what Apple tells a device that has the pass of a ticket; "" where it is none any more."""
    here = (WalletPassRow.device == device) & (WalletPassRow.ticket_id == ticket_id)
    wanted = select(WalletPassRow.push_token).where(here, _IS_APPLE)
    return act.connection.execute(wanted).scalar_one_or_none() or ""


@writes(internal=True)
def forget_push(act: Act, device: str, push_token: str) -> None:
    """Forget the passes of a device that Apple knows by this no more."""
    note_touched(act.connection, [UNSEEN])
    gone = (WalletPassRow.device == device) & (WalletPassRow.push_token == push_token)
    act.connection.execute(delete(WalletPassRow).where(gone, _IS_APPLE))


@steps(internal=True)
def queue_passes(steps: Steps) -> None:
    """Queue what wallets are to be told: passes that say another thing than they were told."""
    events = select(EventRow.id).where(EventRow.ends_at > steps.now - TOLD_UNTIL)
    on = [kind for kind in (APPLE, GOOGLE) if service_of(steps.store, SYSTEM, kind) is not None]
    _counted(steps, WalletPassRow.event_id.in_(events) & WalletPassRow.wallet.in_(on))


def _mark(at: datetime) -> int:
    """An instant as a number that grows."""
    return int(at.timestamp() * 1_000_000)


def _need_set_up(store: Store, kind: str) -> SetUp:
    service = service_of(store, SYSTEM, kind)
    if service is None:
        raise InvalidInputError(
            msg("This wallet is not set up here."),
            hint=msg("An admin sets it up under Services; the ticket's page works without it."),
        )
    return service


def _need_type(store: Store, pass_type: str) -> SetUp:
    service = service_of(store, SYSTEM, APPLE)
    if service is None or service.values.get("pass_type") != pass_type:
        raise NotFoundError(msg("There are no such passes here."))
    return service


def _with_code(ticket: MyTicket) -> MyTicket:
    if not ticket.token:
        raise InvalidInputError(ticket.why_no_code)
    return ticket


def _known(store: Store, serial: str, token: str) -> tuple[UUID, int]:
    """The ticket of a pass and its revision, by what the pass brings.

    Raises:
        SignInError: The house did not make it for this pass.
    """
    said = PASS_LINK.read(token)
    try:
        good = said is not None and said.is_by(store.key(said.key_id))
    except KeyFileLostError:
        good = False
    if said is None or not good or said.of_id.hex != serial:
        raise SignInError(msg("This pass is none of ours."))
    return said.of_id, said.issue


def _as_known(steps: ReadingSteps, ticket_id: UUID, revision: int) -> MyTicket:
    """A ticket as the pass of one of its revisions may show it."""
    ticket = my_ticket(steps.store, SYSTEM.at(steps.now), ticket_id)
    with steps.read() as act:  # afterwards: what was handed on meanwhile is not shown
        row = _facts_of(act.connection, ticket_id)
    if row.revision == revision:
        return ticket
    return _unnamed(ticket)


def _apple_file(
    steps: ReadingSteps, service: SetUp, ticket: MyTicket, revision: int, base: str
) -> MadeFile:
    """The pass of a ticket; it may ask again as the pass of this revision only."""
    from eventdesk.integrations.apple_wallet.passes import AsksAgain, make_pass
    from eventdesk.integrations.apple_wallet.signer import signer_of

    shown = _shown(steps, ticket, base)
    asks = None
    if base.startswith("https://"):
        token = PASS_LINK.write(steps.store.keys.active, ticket.id, revision)
        asks = AsksAgain(f"{base}/{PLACE}", token)
    made = make_pass(shown, signer_of(service.values, steps.now), asks)
    stem = file_name(f"{ticket.event_name} {ticket.code}".strip(), fallback="ticket")
    return MadeFile(f"{stem}.pkpass", MEDIA_TYPE, made)


def _shown(steps: ReadingSteps, ticket: MyTicket, base: str = "") -> WalletTicket:
    with steps.read() as act:
        row = _facts_of(act.connection, ticket.id)
    in_account = base and (row.account_id or row.booker_id)
    return WalletTicket(
        ticket_id=ticket.id,
        event_id=ticket.event_id,
        revision=row.revision,
        token=ticket.token,
        code=ticket.code,
        holder=ticket.name,
        ticket_type=ticket.ticket_type,
        seat=ticket.seat,
        event=ticket.event_name,
        where=ticket.where,
        starts_at=ticket.starts_at,
        ends_at=ticket.ends_at,
        time_zone=ticket.time_zone,
        booking_address=f"{base}/tickets/{ticket.id}" if in_account else "",
        language=reader().language,
    )


def _counted(steps: Steps, which: ColumnElement[bool]) -> Sequence[AnyRow]:
    """Some passes; of those that say another thing than was told it is noted, and queued."""
    with steps.read() as act:
        rows, other = _compared(act, which)
    if not other:
        return rows
    events: set[str] = set()
    for part in chunks([row for row, _facts in other], AT_ONCE):
        tickets, devices = {row.ticket_id for row in part}, {row.device for row in part}
        these = WalletPassRow.ticket_id.in_(tickets) & WalletPassRow.device.in_(devices)
        with steps.write() as act:
            note_touched(act.connection, [UNSEEN])
            _rows, still = _compared(act, these)  # another program may have noted it meanwhile
            for row, facts in still:
                here = WalletPassRow.device == row.device, WalletPassRow.ticket_id == row.ticket_id
                new = {"facts": facts, "changed_at": act.now}
                act.connection.execute(update(WalletPassRow).where(*here).values(**new))
            _queue(act, still, events)
    with steps.read() as act:
        return act.connection.execute(_ROWS.where(which)).all()


def _compared(
    act: Act, which: ColumnElement[bool]
) -> tuple[Sequence[AnyRow], list[tuple[AnyRow, str]]]:
    """Some passes, and those that say another thing by now with the digest of that."""
    rows = act.connection.execute(_ROWS.where(which)).all()
    meant = TicketRow.id.in_(select(WalletPassRow.ticket_id).where(which))
    tickets = {each.id: each for each in tickets_without_codes(act, meant)} if rows else {}
    facts = [_digest(row, tickets[row.ticket_id]) for row in rows]
    return rows, [each for each in zip(rows, facts, strict=True) if each[0].facts != each[1]]


def _queue(act: Act, other: Sequence[tuple[AnyRow, str]], known: set[str]) -> None:
    """Queue what tells wallets that passes changed.

    An Apple device is told once, however many it has, and so is Google of an event: `known` holds
    those that were queued, and is filled.
    """
    devices, passes, events = {}, {}, {}
    for row, facts in other:
        if row.wallet == APPLE and row.push_token:
            devices[row.device] = row
        if row.wallet == GOOGLE and row.facts[:OF_EVENT] != facts[:OF_EVENT]:
            issuer, _, _name = row.device.partition(".")
            events[f"{issuer}.{row.event_id.hex}"] = row
        if row.wallet == GOOGLE and row.facts[OF_EVENT:] != facts[OF_EVENT:]:
            passes[row.device] = row
    for name in events.keys() - known:
        act.deliver(GOOGLE, new_id(), event_id=events[name].event_id, payload={"event": name})
    known |= events.keys()
    for name, row in [*devices.items(), *passes.items()]:
        told = {"event_id": row.event_id, "ticket_id": row.ticket_id}
        act.deliver(row.wallet, new_id(), payload={"device": name}, **told)


def _digest(row: AnyRow, ticket: MyTicket) -> str:
    """What a pass says of a ticket: one of an earlier revision that it is void.

    Of Google what the event says comes first, in `OF_EVENT` letters: all its passes share that.
    """
    is_void = row.revision != row.ticket_revision or bool(ticket.why_no_code)
    shown = ticket if row.revision == row.ticket_revision else _unnamed(ticket)
    if row.wallet == GOOGLE:
        place = ticket.where, ticket.starts_at, ticket.ends_at, ticket.time_zone
        own = shown.name, shown.ticket_type, shown.seat, shown.code
        return _hashed(ticket.event_name, *place) + _hashed(is_void, *own)
    return _hashed(is_void, replace(shown, why_no_code="", unpaid=False, is_off=False))


def _hashed(*said: object) -> str:
    return hashlib.sha256(repr(said).encode()).hexdigest()


def _unnamed(ticket: MyTicket) -> MyTicket:
    """A ticket as the pass of an earlier revision may show it."""
    return replace(ticket, token="", name="", ticket_type="", seat="", code="")


def _facts_of(connection: Connection, ticket_id: UUID) -> AnyRow:
    found = connection.execute(_TICKET.where(TicketRow.id == ticket_id)).one_or_none()
    return need_found(found, msg("There is no such ticket."))


_IS_APPLE: Final = WalletPassRow.wallet == APPLE
_IS_GOOGLE: Final = WalletPassRow.wallet == GOOGLE
_ROWS: Final = (
    select(WalletPassRow.__table__, TicketRow.revision.label("ticket_revision"))
    .join(TicketRow, TicketRow.id == WalletPassRow.ticket_id)
    .order_by(WalletPassRow.device, WalletPassRow.ticket_id)
)
_APPLE_ROWS: Final = _ROWS.where(_IS_APPLE)
_TICKET: Final = select(
    TicketRow.revision, TicketRow.account_id, BookingRow.account_id.label("booker_id")
).join(BookingRow, BookingRow.id == TicketRow.booking_id)
