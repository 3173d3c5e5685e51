"""Cash drawers: open with a float, move money, count, close, hand over, list.

Movements are only ever added; one is taken back by another. Cash payments and refunds are booked in
the drawer of who handles them, by the same transaction (`note_cash`).
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, func, select

from data.rows import AnyRow, count_rows, insert_row, update_row
from data.schema import (
    AccountRow,
    BookingRow,
    CashMovementRow,
    CashShiftRow,
    EventRoleRow,
    EventRow,
    PaymentRow,
    RefundRow,
    aliased,
)
from data.sealed_rows import seal_of
from eventdesk.accounts import need_word
from eventdesk.acts import (
    Act,
    Actor,
    ActorKind,
    Permission,
    ReadingSteps,
    Role,
    event_of,
    event_row,
    reads,
    reads_in_steps,
    writes,
)
from eventdesk.core.errors import InvalidInputError, NotAllowedError, NotFoundError, need_found
from eventdesk.core.folding import fold
from eventdesk.core.ids import new_id, read_code
from eventdesk.core.messages import msg
from eventdesk.core.money import MAX_MINOR, Money
from eventdesk.core.plain_text import plain
from eventdesk.core.remedies import Remedy, ShownList, advise
from eventdesk.core.typed_text import line
from eventdesk.money.coins import counted
from eventdesk.money.drawer import (
    BY_HAND,
    Counted,
    HandOver,
    Movement,
    MovementKind,
    ShiftView,
    Successor,
)

TEAM = (Permission.DOOR, Permission.MONEY)
"""Permissions of people who may have a drawer."""

MAX_REASON = 300

MAX_DRAWER = 40


@writes(*TEAM, about="event_id")
def open_shift(
    act: Act, event_id: UUID, *, drawer: str, float_amount: Money, operator_id: UUID | None = None
) -> ShiftView:
    """Open a drawer with what lies in it, for oneself or for another operator.

    Raises:
        NotFoundError: There is no such event or account.
        NotAllowedError: Only who manages the money opens one for somebody else.
        InvalidInputError: No name, another currency, the drawer is open already, or the operator
            has another one.
    """
    name = line(drawer, msg("The name of a drawer"), most=MAX_DRAWER, needed=True)
    here = act.need(event_id, *TEAM)
    own = account_of(act)
    if operator_id is not None and operator_id != own and not here.may(Permission.MONEY):
        raise NotAllowedError(
            msg("Only who manages the money opens a drawer for somebody else."),
            hint=msg("Let them sign in and open it."),
        )
    operator = here if operator_id is None else operator_named(act, event_id, operator_id)
    event = event_row(act.connection, event_id)
    _need_amount(float_amount, event.currency, event.currency_exponent)
    shift_id = _begin_shift(act, operator, event, name, float_amount.minor)
    _log_shift(act, "open_shift", _shift_row(act.connection, shift_id))
    return shift_view(_shift_row(act.connection, shift_id), here)


@reads(*TEAM, about="event_id")
def open_shift_of(act: Act, event_id: UUID) -> ShiftView | None:
    """Read the drawer that the actor has open at an event; None for none."""
    here = act.need(event_id, *TEAM)
    row = _own_open_shift(act.by(here), event_id)
    return None if row is None else shift_view(row, here)


@writes(*TEAM, about=event_of(CashShiftRow, "shift_id"))
def move(
    act: Act, shift_id: UUID, *, kind: MovementKind | str, amount: Money, reason: str
) -> Movement:
    """Put money into a drawer (`in`) or take it out (`out`), for a reason.

    Raises:
        NotAllowedError: It is somebody else's drawer.
        NotFoundError: There is no such drawer.
        InvalidInputError: It is closed, no reason, another currency, or more than is in it.
    """
    way = _need_by_hand(kind)
    why = line(reason, msg("A reason"), most=MAX_REASON, needed=True)
    row = need_open_shift(act, shift_id)
    _need_amount(amount, row.currency, row.currency_exponent, least=1)
    if way is MovementKind.OUT and amount.minor > row.moved_minor:
        held = Money(row.moved_minor, row.currency, row.currency_exponent)
        figures = {"drawer": plain(row.drawer), "held": held, "amount": amount}
        raise InvalidInputError(
            msg("{drawer} holds {held}, not {amount}.", **figures),
            hint=msg("Take at most {held}.", held=held),
        )
    minor = amount.minor if way is MovementKind.IN else -amount.minor
    movement_id = put_movement(act, shift_id, way, minor, reason=why)
    return _movement(act.connection, movement_id, row)


@writes(*TEAM)
def counter(act: Act, movement_id: UUID, *, reason: str) -> Movement:
    """Take a movement back by one of the same amount the other way; both stay.

    A sale or a refund takes who manages the money, or a supervisor's approval. The booking stays
    paid: the ledger is not changed.

    Raises:
        NotAllowedError: It is somebody else's drawer.
        SupervisorNeededError: It is a sale or a refund, and no supervisor approved it.
        NotFoundError: There is no such movement.
        InvalidInputError: No reason, the drawer is closed, it was countered already, or is a float
            or a counter itself.
    """
    why = line(reason, msg("A reason"), most=MAX_REASON, needed=True)
    asked = MOVEMENTS.where(CashMovementRow.id == movement_id)
    found = need_found(
        act.connection.execute(asked).one_or_none(),
        msg("There is no such movement."),
        hint=advise(Remedy.READ_AGAIN),
    )
    row = need_open_shift(act, found.shift_id)
    _need_counterable(found)
    here = act.known_at(row.event_id)
    if found.kind not in BY_HAND and not here.may(Permission.MONEY):
        no = msg("Only a supervisor may take a sale out of a drawer.")
        need_word(act, here, row.event_id, what="cash", refusal=no)
    counter_id = put_movement(
        act, row.id, MovementKind.COUNTER, -found.amount_minor, reason=why, counters_id=movement_id
    )
    return _movement(act.connection, counter_id, row)


@writes(*TEAM, about=event_of(CashShiftRow, "shift_id"))
def count(act: Act, shift_id: UUID, counts: Mapping[int, int]) -> Counted:
    """Count a drawer that stays open; the next count begins with these pieces.

    Args:
        counts: Pieces by what one is worth in minor units.

    Raises:
        NotAllowedError: It is somebody else's drawer.
        NotFoundError: There is no such drawer.
        InvalidInputError: It is closed, or there is no such note or coin.
    """
    row = need_open_shift(act, shift_id)
    found = _counted(row, counts)
    _put_count(act.connection, row, found, counts)
    _log_shift(act, "count_cash", row, difference_minor=found.difference.minor)
    return found


@writes(*TEAM, about=event_of(CashShiftRow, "shift_id"))
def close_shift(
    act: Act, shift_id: UUID, counts: Mapping[int, int], *, note: str = ""
) -> ShiftView:
    """Close a drawer as it was counted; nothing is booked in it any more.

    Args:
        counts: Pieces by what one is worth in minor units.
        note: Why something is missing or too much; required where it is.

    Raises:
        NotAllowedError: It is somebody else's drawer.
        NotFoundError: There is no such drawer.
        InvalidInputError: It is closed already, there is no such note or coin, or a difference is
            not explained.
    """
    row = need_open_shift(act, shift_id)
    _end(act, row, counts, note)
    return shift_view(_shift_row(act.connection, shift_id), act.known_at(row.event_id))


@writes(*TEAM, about=event_of(CashShiftRow, "shift_id"))
def hand_over(
    act: Act, shift_id: UUID, counts: Mapping[int, int], *, to_id: UUID, note: str = ""
) -> HandOver:
    """Close a drawer as it was counted, and open it for the next operator with what is in it.

    Args:
        counts: Pieces by what one is worth in minor units; the next float.
        to_id: The account of the next operator.
        note: Why something is missing or too much; required where it is.

    Raises:
        NotAllowedError: It is somebody else's drawer.
        NotFoundError: There is no such drawer or account.
        InvalidInputError: As `close_shift`; or the next one does not work here, has a drawer, or is
            the one who leaves.
    """
    row = need_open_shift(act, shift_id)
    if row.operator_id == to_id:
        raise InvalidInputError(
            msg("{name} has this drawer already.", name=plain(row.operator_name)),
            hint=msg("Choose another one."),
        )
    next_one = operator_named(act, row.event_id, to_id)
    found = _end(act, row, counts, note)
    event = event_row(act.connection, row.event_id)
    opened_id = _begin_shift(act, next_one, event, row.drawer, found.counted.minor)
    update_row(act.connection, CashShiftRow, shift_id, handed_to_id=opened_id)
    _log_shift(act, "hand_over", row, to=next_one.name)
    here = act.known_at(row.event_id)
    return HandOver(
        shift_view(_shift_row(act.connection, shift_id), here),
        shift_view(_shift_row(act.connection, opened_id), here),
    )


@reads(*TEAM, about="event_id")
def list_shifts(
    act: Act, event_id: UUID, *, open_only: bool = False, offset: int = 0, limit: int = 50
) -> tuple[list[ShiftView], int]:
    """Read a page of an event's drawers, the open ones first, and how many there are.

    Who manages the money sees all, others their own.
    """
    here = act.need(event_id, *TEAM)
    which = [CashShiftRow.event_id == event_id]
    if not here.may(Permission.MONEY):
        which.append(_operated_by(act.by(here)))
    if open_only:
        which.append(CashShiftRow.closed_at.is_(None))
    rows = act.connection.execute(
        SHIFTS.where(*which)
        .order_by(
            CashShiftRow.closed_at.is_not(None),
            CashShiftRow.opened_at.desc(),
            CashShiftRow.id.desc(),
        )
        .limit(limit)
        .offset(offset)
    )
    return [shift_view(row, here) for row in rows], count_rows(act.connection, *which)


@reads(*TEAM)
def read_shift(act: Act, shift_id: UUID) -> ShiftView:
    """Read one drawer.

    Raises:
        NotFoundError: There is no such drawer.
    """
    row = need_shift(act, shift_id)
    return shift_view(row, act.known_at(row.event_id))


@reads(*TEAM)
def list_movements(
    act: Act, shift_id: UUID, *, newest_first: bool = True, offset: int = 0, limit: int | None = 50
) -> tuple[list[Movement], int]:
    """Read a page of a drawer's movements, and how many there are.

    Raises:
        NotFoundError: There is no such drawer.
    """
    row = need_shift(act, shift_id)
    mine = CashMovementRow.shift_id == shift_id
    total = count_rows(act.connection, mine)
    order = CashMovementRow.no.desc() if newest_first else CashMovementRow.no
    rows = act.connection.execute(MOVEMENTS.where(mine).order_by(order).limit(limit).offset(offset))
    return [movement_view(each, row.currency, row.currency_exponent) for each in rows], total


@reads(*TEAM, about="event_id")
def successors(act: Act, event_id: UUID) -> list[Successor]:
    """Read the people of an event's team who can take a drawer over, by name."""
    here = act.need(event_id, *TEAM)
    busy = dict(
        act.connection.execute(
            select(CashShiftRow.operator_id, CashShiftRow.drawer).where(
                CashShiftRow.event_id == event_id, CashShiftRow.closed_at.is_(None)
            )
        ).all()
    )
    members = act.connection.execute(
        select(AccountRow.id, AccountRow.name)
        .join(EventRoleRow, EventRoleRow.account_id == AccountRow.id)
        .where(
            EventRoleRow.event_id == event_id,
            AccountRow.banned_at.is_(None),
            AccountRow.erased_at.is_(None),
        )
        .order_by(AccountRow.folded_name, AccountRow.id)
    ).all()
    found = []
    for member in members:
        person = Actor(ActorKind.ACCOUNT, member.id, member.name, Role.ATTENDEE)
        role = act.by(person).known_at(event_id)
        if role.may(*TEAM) and member.id != here.id:
            found.append(Successor(member.id, member.name, str(role.role), busy.get(member.id, "")))
    return found


@reads_in_steps(*TEAM, about="event_id")
def find_shift(steps: ReadingSteps, event_id: UUID, named: str) -> ShiftView:
    """Find a shift by its id or its drawer's name; "" is the only open one.

    Of several shifts at one drawer the open one is meant, else the last.

    Raises:
        NotFoundError: There is no such drawer, or several and none was named.
    """
    shifts, _ = list_shifts(steps.store, steps.asked, event_id, limit=1000)
    wanted = named.strip().casefold()
    if not wanted:
        meant = [each for each in shifts if each.is_open and each.mine] or [
            each for each in shifts if each.is_open
        ]
        if len(meant) == 1:
            return meant[0]
        if meant:
            raise NotFoundError(
                msg("There are several drawers open."), hint=advise(Remedy.NAME_DRAWER)
            )
        raise NotFoundError(msg("No drawer is open."), hint=advise(Remedy.OPEN_DRAWER))
    for each in shifts:
        if wanted in (str(each.id), each.drawer.casefold(), read_code(each.drawer).casefold()):
            return each
    raise NotFoundError(
        msg("There is no drawer {named!r}.", named=named.strip()[:40]),
        hint=advise(Remedy.OPEN_LIST, of=ShownList.DRAWERS),
    )


_VERBS = {MovementKind.IN: "move", MovementKind.OUT: "move", MovementKind.COUNTER: "counter"}
"""The audit's verbs of movements; the others are `book_cash`."""

_NEXT = aliased(CashShiftRow)

SHIFTS = select(
    CashShiftRow.__table__,
    EventRow.name.label("event_name"),
    EventRow.time_zone,
    _NEXT.operator_name.label("handed_to"),
    select(func.coalesce(func.sum(CashMovementRow.amount_minor), 0))
    .where(CashMovementRow.shift_id == CashShiftRow.id)
    .scalar_subquery()
    .label("moved_minor"),
).select_from(
    CashShiftRow.__table__.join(EventRow.__table__, EventRow.id == CashShiftRow.event_id).outerjoin(
        _NEXT, _NEXT.id == CashShiftRow.handed_to_id
    )
)
"""Shifts with the sums of their movements."""

_COUNTERED = aliased(CashMovementRow)
_COUNTERING = aliased(CashMovementRow)
_OF_REFUND = aliased(BookingRow)

MOVEMENTS = (
    select(
        CashMovementRow.__table__,
        func.coalesce(BookingRow.code, _OF_REFUND.code, "").label("booking_code"),
        _COUNTERED.no.label("counters"),
        _COUNTERING.no.label("countered_by"),
    )
    .outerjoin(PaymentRow, PaymentRow.id == CashMovementRow.payment_id)
    .outerjoin(BookingRow, BookingRow.id == PaymentRow.booking_id)
    .outerjoin(RefundRow, RefundRow.id == CashMovementRow.refund_id)
    .outerjoin(_OF_REFUND, _OF_REFUND.id == RefundRow.booking_id)
    .outerjoin(_COUNTERED, _COUNTERED.id == CashMovementRow.counters_id)
    .outerjoin(_COUNTERING, _COUNTERING.counters_id == CashMovementRow.id)
)
"""Movements with their bookings, and with what they take back or are taken back by."""


def _shift_row(connection: Connection, shift_id: UUID) -> AnyRow:
    row = connection.execute(SHIFTS.where(CashShiftRow.id == shift_id)).one_or_none()
    hint = advise(Remedy.OPEN_LIST, of=ShownList.DRAWERS)
    return need_found(row, msg("There is no such drawer."), hint=hint)


def account_of(act: Act) -> UUID | None:
    """The actor's account, where the store has it; devices and the program have none."""
    if act.actor.kind is not ActorKind.ACCOUNT or act.actor.id is None:
        return None
    known = select(AccountRow.id).where(AccountRow.id == act.actor.id)
    return act.connection.execute(known).scalar_one_or_none()


def _operated_by(act: Act) -> ColumnElement[bool]:
    """The condition that a shift is the actor's: by account, else by the name they act under."""
    account_id = account_of(act)
    if account_id is not None:
        return CashShiftRow.operator_id == account_id
    return CashShiftRow.operator_id.is_(None) & (CashShiftRow.operator_name == act.actor.name)


def is_own(row: AnyRow, actor: Actor) -> bool:
    """Whether a shift is this actor's."""
    if row.operator_id is not None:
        return actor.kind is ActorKind.ACCOUNT and bool(row.operator_id == actor.id)
    return bool(row.operator_name == actor.name)


def _own_open_shift(act: Act, event_id: UUID) -> Any | None:
    """The open shift of the actor at an event; None for none."""
    return act.connection.execute(
        SHIFTS.where(
            CashShiftRow.event_id == event_id, CashShiftRow.closed_at.is_(None), _operated_by(act)
        )
    ).first()


def need_shift(act: Act, shift_id: UUID) -> AnyRow:
    """Read a shift that is the actor's, or for who manages the event's money.

    Raises:
        NotFoundError: There is no such shift.
        NotAllowedError: It is somebody else's.
    """
    row = _shift_row(act.connection, shift_id)
    here = act.need(row.event_id, *TEAM)
    mine = is_own(row, here)
    if mine and row.operator_id is None:  # a person who took a device's name is not the device
        mine = account_of(act.by(here)) is None
    if not mine and not here.may(Permission.MONEY):
        raise NotAllowedError(
            msg("{name} has this drawer.", name=plain(row.operator_name)),
            hint=msg("Ask them, or somebody who manages the money."),
        )
    return row


def need_open_shift(act: Act, shift_id: UUID) -> AnyRow:
    """Read a shift as `need_shift`, which is still open.

    Raises:
        InvalidInputError: It was closed.
    """
    row = need_shift(act, shift_id)
    if row.closed_at is not None:
        raise InvalidInputError(
            msg("{drawer} was closed; its movements stay as they are.", drawer=plain(row.drawer)),
            hint=msg("Open a drawer again, and book it there."),
        )
    return row


def put_movement(
    act: Act,
    shift_id: UUID,
    kind: MovementKind,
    amount_minor: int,
    *,
    reason: str = "",
    payment_id: UUID | None = None,
    refund_id: UUID | None = None,
    counters_id: UUID | None = None,
) -> UUID:
    """Write a movement, which never changes, with its seal in the audit; return its id."""
    movement_id = new_id()
    insert_row(
        act.connection,
        CashMovementRow,
        id=movement_id,
        shift_id=shift_id,
        kind=kind,
        amount_minor=amount_minor,
        reason=reason,
        payment_id=payment_id,
        refund_id=refund_id,
        counters_id=counters_id,
        actor_name=act.actor.name,
        at=act.now,
    )
    row = act.connection.execute(
        select(
            CashMovementRow.no, CashShiftRow.event_id, CashShiftRow.drawer, CashShiftRow.currency
        )
        .join(CashShiftRow, CashShiftRow.id == CashMovementRow.shift_id)
        .where(CashMovementRow.id == movement_id)
    ).one()
    act.record(
        _VERBS.get(kind, "book_cash"),
        ("cash_movement", movement_id),
        event_id=row.event_id,
        drawer=row.drawer,
        amount_minor=amount_minor,
        currency=row.currency,
        reason=reason,
        sealed=[seal_of(act.connection, "cash_movement", "", row.no, row.no)],
    )
    return movement_id


def note_cash(
    act: Act,
    booking: AnyRow,
    amount_minor: int,
    *,
    payment_id: UUID | None = None,
    refund_id: UUID | None = None,
) -> None:
    """Book a cash payment or refund, in minor units, in the open drawer of the actor, if any."""
    shift = _own_open_shift(act, booking.event_id)
    money = (booking.currency, booking.currency_exponent)
    if shift is None or (shift.currency, shift.currency_exponent) != money:
        return
    comes_in = payment_id is not None
    put_movement(
        act,
        shift.id,
        MovementKind.SALE if comes_in else MovementKind.REFUND,
        amount_minor if comes_in else -amount_minor,
        payment_id=payment_id,
        refund_id=refund_id,
    )


def drawer_of_payments(connection: Connection, payment_ids: Sequence[UUID]) -> str:
    """The drawer that payments were booked in; "" for none."""
    drawer = connection.execute(
        select(CashShiftRow.drawer)
        .join(CashMovementRow, CashMovementRow.shift_id == CashShiftRow.id)
        .where(CashMovementRow.payment_id.in_(payment_ids))
        .limit(1)
    ).scalar_one_or_none()
    return str(drawer or "")


def shift_view(row: AnyRow, actor: Actor | None = None) -> ShiftView:
    """A row of `SHIFTS` as this actor sees it."""

    def money(minor: int) -> Money:
        return Money(int(minor), row.currency, row.currency_exponent)

    is_open = row.closed_at is None
    return ShiftView(
        row.id,
        row.event_id,
        row.drawer,
        row.operator_id,
        row.operator_name,
        money(row.float_minor),
        money(row.moved_minor if is_open else row.expected_minor),
        row.opened_at,
        row.closed_at,
        None if row.counted_minor is None or is_open else money(row.counted_minor),
        {int(minor): int(pieces) for minor, pieces in row.counts.items()},
        row.note,
        actor is not None and is_own(row, actor),
        row.handed_to or "",
    )


def movement_view(row: AnyRow, currency: str, exponent: int) -> Movement:
    """A row of `MOVEMENTS` as people see it."""
    return Movement(
        row.id,
        row.no,
        MovementKind(row.kind),
        Money(row.amount_minor, currency, exponent),
        row.reason,
        row.booking_code,
        row.actor_name,
        row.at,
        row.counters,
        row.countered_by is not None,
    )


def _need_amount(amount: Money, currency: str, exponent: int, *, least: int = 0) -> None:
    """Require an amount that can lie in a drawer of this currency."""
    if (amount.currency, amount.exponent) != (currency, exponent):
        raise InvalidInputError(msg("This drawer is counted in {currency}.", currency=currency))
    if not least <= amount.minor <= MAX_MINOR:
        raise InvalidInputError(
            msg("An amount is more than nothing.") if least else msg("A float is nothing or more."),
            hint=msg("Check the digits."),
        )


def operator_named(act: Act, event_id: UUID, account_id: UUID) -> Actor:
    """The person of an account, who works at this event.

    Raises:
        NotFoundError: There is no such account.
        InvalidInputError: They work neither at the door nor with the money of this event.
    """
    name = act.connection.execute(
        select(AccountRow.name).where(
            AccountRow.id == account_id,
            AccountRow.erased_at.is_(None),
            AccountRow.banned_at.is_(None),
        )
    ).scalar_one_or_none()
    hint = msg("Choose somebody of the team.")
    name = need_found(name, msg("There is no such account."), hint=hint)
    person = act.by(Actor(ActorKind.ACCOUNT, account_id, name, Role.ATTENDEE)).known_at(event_id)
    if not person.may(*TEAM):
        raise InvalidInputError(
            msg("{name} does not work at this event.", name=plain(name)),
            hint=msg("Add them to the team first."),
        )
    return person


def _begin_shift(act: Act, operator: Actor, event: AnyRow, drawer: str, float_minor: int) -> UUID:
    """Open a drawer with its float, in minor units, as the first movement; return the shift's id.

    Raises:
        InvalidInputError: The operator has a drawer, or somebody has this one.
    """
    busy = _own_open_shift(act.by(operator), event.id)
    if busy is not None:
        raise InvalidInputError(
            msg("{name} has {drawer} open.", name=plain(operator.name), drawer=plain(busy.drawer)),
            hint=msg("Close it or hand it over first."),
        )
    still_open = select(CashShiftRow.drawer, CashShiftRow.operator_name).where(
        CashShiftRow.event_id == event.id, CashShiftRow.closed_at.is_(None)
    )
    for each in act.connection.execute(still_open):
        if fold(each.drawer) == fold(drawer):
            taken = plain(each.drawer)
            raise InvalidInputError(
                msg("{name} has {drawer} open.", name=plain(each.operator_name), drawer=taken),
                hint=msg("Let them hand it over, or give yours another name."),
            )
    shift_id = new_id()
    insert_row(
        act.connection,
        CashShiftRow,
        id=shift_id,
        event_id=event.id,
        drawer=drawer,
        operator_id=account_of(act.by(operator)),
        operator_name=operator.name,
        currency=event.currency,
        currency_exponent=event.currency_exponent,
        float_minor=float_minor,
        opened_at=act.now,
        counts={},
        note="",
    )
    put_movement(act, shift_id, MovementKind.FLOAT, float_minor)
    return shift_id


def _log_shift(act: Act, verb: str, row: AnyRow, **detail: object) -> None:
    """Write into the audit what was done to a shift."""
    subject, operator = ("cash_shift", row.id), str(row.operator_id or "")
    act.record(verb, subject, event_id=row.event_id, drawer=row.drawer, operator=operator, **detail)


def _need_by_hand(kind: MovementKind | str) -> MovementKind:
    if kind not in BY_HAND:
        raise InvalidInputError(
            msg("Nobody books {kind!r} by hand.", kind=str(kind)), hint=msg("Choose: in or out.")
        )
    return MovementKind(kind)


def _need_counterable(found: Any) -> None:
    if found.countered_by is not None:
        raise InvalidInputError(msg("This movement was taken back already."))
    if found.kind == MovementKind.COUNTER:
        raise InvalidInputError(
            msg("This takes another movement back; it stays."), hint=msg("Book the amount anew.")
        )
    if found.kind == MovementKind.FLOAT:
        raise InvalidInputError(
            msg("A float stays as it was."), hint=msg("Put in or take out what is different.")
        )


def _movement(connection: Connection, movement_id: UUID, row: AnyRow) -> Movement:
    found = connection.execute(MOVEMENTS.where(CashMovementRow.id == movement_id)).one()
    return movement_view(found, row.currency, row.currency_exponent)


def _end(act: Act, row: AnyRow, counts: Mapping[int, int], note: str) -> Counted:
    """Close an open shift as it was counted."""
    why = line(note, msg("A note"), most=MAX_REASON)
    found = _counted(row, counts)
    if found.difference.minor and not why:
        raise InvalidInputError(
            msg("{difference}: a difference needs a note.", difference=found.words),
            hint=msg("Count again, or say what may have happened."),
        )
    _put_count(act.connection, row, found, counts, note=why, closed_at=act.now)
    _log_shift(
        act,
        "close_shift",
        row,
        expected_minor=found.expected.minor,
        difference_minor=found.difference.minor,
        note=why,
    )
    return found


def _counted(row: AnyRow, counts: Mapping[int, int]) -> Counted:
    currency = row.currency, row.currency_exponent
    return Counted(Money(int(row.moved_minor), *currency), counted(counts, *currency))


def _put_count(
    connection: Connection, row: AnyRow, found: Counted, counts: Mapping[int, int], **more: Any
) -> None:
    update_row(
        connection,
        CashShiftRow,
        row.id,
        expected_minor=found.expected.minor,
        counted_minor=found.counted.minor,
        counts={str(minor): pieces for minor, pieces in counts.items() if pieces},
        **more,
    )
