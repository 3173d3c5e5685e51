"""Discount codes: add, change, end, list, and find the one that was typed.

A use is a ticket that is sold with the code, or a donation that it unlocked; one that is cancelled
or expired gives its use back.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import Connection, delete, func, select

from data.bulk import insert_many
from data.rows import AnyRow, begins, count_rows, update_row
from data.schema import DiscountRow, DiscountTypeRow, TicketRow, TicketTypeRow
from eventdesk.acts import Act, Permission, event_of, event_row, overdue, reads, writes
from eventdesk.core.booking_states import SOLD_STATES
from eventdesk.core.errors import CodeError, InvalidInputError, NotFoundError, need_found
from eventdesk.core.ids import new_code, new_id
from eventdesk.core.messages import msg
from eventdesk.core.plain_text import plain
from eventdesk.sales.discount import (
    DISCOUNT,
    MAX_CODE,
    DiscountView,
    NewDiscount,
    UsableCode,
    fold_code,
    sound,
)
from eventdesk.sales.price import Discount, DiscountKind

MAX_AT_ONCE = 10_000
"""Most codes that are made in one go."""

RANDOM_SIGNS = 8
"""Random signs of a made-up code: too many to guess one by trying."""


@writes(Permission.TICKETS, about="event_id")
def add_discount(act: Act, event_id: UUID, new: NewDiscount) -> DiscountView:
    """Add a discount code.

    Raises:
        NotFoundError: No such event or ticket type.
        InvalidInputError: The code is there already, or something about it cannot be.
    """
    return _add(act, event_id, [sound(new)])[0]


@writes(Permission.TICKETS, about="event_id")
def add_discounts(act: Act, event_id: UUID, new: NewDiscount, count: int) -> list[DiscountView]:
    """Make up many codes of one kind; the code of `new`, which may be "", is their beginning.

    Raises:
        NotFoundError: No such event or ticket type.
        InvalidInputError: Too many, or something about them cannot be.
    """
    if not 1 <= count <= MAX_AT_ONCE:
        raise InvalidInputError(
            msg("{count} codes cannot be made at once.", count=count),
            hint=msg("Make 1 to {most}.", most=MAX_AT_ONCE),
        )
    beginning = fold_code(new.code)
    codes: set[str] = set()
    while len(codes) < count:
        codes.add(f"{beginning}{new_code(RANDOM_SIGNS)}")
    return _add(act, event_id, [sound(replace(new, code=each)) for each in codes])


@writes(Permission.TICKETS, about=event_of(DiscountRow, "discount_id"))
def change_discount(act: Act, discount_id: UUID, new: NewDiscount) -> DiscountView:
    """Change a code. What was sold with it stays as it was sold.

    Raises:
        NotFoundError: No such code or ticket type.
        InvalidInputError: The new spelling is there already, or something about it cannot be.
    """
    new = sound(new)
    before = _row(act.connection, discount_id)
    act.need(before.event_id, Permission.TICKETS)
    need_types(act.connection, before.event_id, new.type_ids)
    if new.code != before.code:
        _need_new(act.connection, before.event_id, [new.code])
    update_row(act.connection, DiscountRow, discount_id, **_columns(new))
    act.connection.execute(
        delete(DiscountTypeRow).where(DiscountTypeRow.discount_id == discount_id)
    )
    _link(act.connection, [(discount_id, new.type_ids)])
    _note(act, "change_discount", before, code=new.code, value=new.value)
    return _views(act, DiscountRow.id == discount_id)[0]


@writes(Permission.TICKETS, about=event_of(DiscountRow, "discount_id"))
def end_discount(act: Act, discount_id: UUID, *, active: bool = False) -> DiscountView:
    """End a code, or take it again."""
    before = _row(act.connection, discount_id)
    act.need(before.event_id, Permission.TICKETS)
    update_row(act.connection, DiscountRow, discount_id, active=active)
    _note(act, "end_discount", before, code=before.code, active=active)
    return _views(act, DiscountRow.id == discount_id)[0]


@reads(Permission.TICKETS, Permission.MONEY, about="event_id")
def list_discounts(
    act: Act, event_id: UUID, *, search: str = "", offset: int = 0, limit: int = 50
) -> tuple[list[DiscountView], int]:
    """Read a page of an event's codes by their spelling, and how many there are."""
    where = [DiscountRow.event_id == event_id]
    if beginning := fold_code(search):
        where.append(begins(DiscountRow.code, beginning))
    act.need(event_id, Permission.TICKETS, Permission.MONEY)
    total = count_rows(act.connection, *where)
    return _views(act, *where, offset=offset, limit=limit), total


def usable_code(act: Act, event_id: UUID, typed: str) -> UsableCode:
    """Find a code that holds now.

    Raises:
        CodeError: There is no such code, or it is ended, not yet good, over or used up.
    """
    found = _views(act, DiscountRow.event_id == event_id, DiscountRow.code == fold_code(typed))
    shown = plain(typed, limit=MAX_CODE)
    if not found:
        raise CodeError(
            msg("There is no code “{shown}”.", shown=shown),
            hint=msg("Check it, or leave it empty."),
        )
    view = found[0]
    state = view.state(act.now)
    if state != "good":
        why = {
            "ended": msg("The code “{shown}” is no longer taken.", shown=shown),
            "not yet": msg("The code “{shown}” is not good yet.", shown=shown),
            "over": msg("The code “{shown}” is over.", shown=shown),
            "used up": msg("The code “{shown}” has been used up.", shown=shown),
        }
        raise CodeError(why[state], hint=msg("Leave it empty to go on without it."))
    about = view.about
    left = None if about.most_tickets is None else about.most_tickets - view.used
    discount = Discount(about.kind, about.value)
    return UsableCode(view.id, about.code, discount, about.type_ids, left)


def _add(act: Act, event_id: UUID, new: Sequence[NewDiscount]) -> list[DiscountView]:
    rows = [(new_id(), each) for each in new]
    event_row(act.connection, event_id)
    act.need(event_id, Permission.TICKETS)
    need_types(act.connection, event_id, new[0].type_ids)
    _need_new(act.connection, event_id, [each.code for each in new])
    common = {"event_id": event_id, "active": True, "created_at": act.now}
    values = [{"id": each_id, **common, **_columns(each)} for each_id, each in rows]
    insert_many(act.connection, DiscountRow, values)
    _link(act.connection, [(discount_id, each.type_ids) for discount_id, each in rows])
    subject = ("discount", rows[0][0] if len(rows) == 1 else None)
    act.record(
        "add_discount",
        subject,
        event_id=event_id,
        code=new[0].code,
        kind=new[0].kind,
        value=new[0].value,
        codes=len(rows),
    )
    return [DiscountView(each_id, event_id, each, True, 0, act.now) for each_id, each in rows]


_COLUMNS: Final = tuple(one.name for one in DISCOUNT if one.name != "type_ids")


def _columns(new: NewDiscount) -> dict[str, Any]:
    return {name: getattr(new, name) for name in ("code", "kind", "value", *_COLUMNS)}


def _link(connection: Connection, links: Sequence[tuple[UUID, Collection[UUID]]]) -> None:
    rows = [
        {"discount_id": discount_id, "ticket_type_id": type_id}
        for discount_id, type_ids in links
        for type_id in type_ids
    ]
    insert_many(connection, DiscountTypeRow, rows)


def need_types(connection: Connection, event_id: UUID, type_ids: Collection[UUID]) -> None:
    """Require ticket types of this event.

    Raises:
        NotFoundError: One is not.
    """
    known = TicketTypeRow.event_id == event_id, TicketTypeRow.id.in_(type_ids)
    if count_rows(connection, *known) != len(type_ids):
        raise NotFoundError(msg("There is no such ticket type at this event."))


def _need_new(connection: Connection, event_id: UUID, codes: Sequence[str]) -> None:
    there = connection.execute(
        select(DiscountRow.code)
        .where(DiscountRow.event_id == event_id, DiscountRow.code.in_(codes))
        .limit(1)
    ).scalar_one_or_none()
    if there is not None:
        raise InvalidInputError(
            msg("There is a code {code} already.", code=there),
            hint=msg("Change that one, or choose another."),
        )


def _row(connection: Connection, discount_id: UUID) -> AnyRow:
    asked = select(DiscountRow.__table__).where(DiscountRow.id == discount_id)
    return need_found(connection.execute(asked).one_or_none(), msg("There is no such code."))


def _views(act: Act, *where: Any, offset: int = 0, limit: int = 1) -> list[DiscountView]:
    rows = act.connection.execute(
        select(DiscountRow.__table__)
        .where(*where)
        .order_by(DiscountRow.code)
        .limit(limit)
        .offset(offset)
    ).all()
    ids = [row.id for row in rows]
    used = _uses(act, ids)
    types: dict[UUID, set[UUID]] = {}
    for link in act.connection.execute(
        select(DiscountTypeRow.discount_id, DiscountTypeRow.ticket_type_id).where(
            DiscountTypeRow.discount_id.in_(ids)
        )
    ):
        types.setdefault(link.discount_id, set()).add(link.ticket_type_id)
    return [
        DiscountView(
            row.id,
            row.event_id,
            NewDiscount(
                row.code,
                cast("DiscountKind", row.kind),
                row.value,
                type_ids=frozenset(types.get(row.id, ())),
                **{name: getattr(row, name) for name in _COLUMNS},
            ),
            row.active,
            used.get(row.id, 0),
            row.created_at,
        )
        for row in rows
    ]


def _uses(act: Act, ids: Collection[UUID]) -> Mapping[UUID, int]:
    rows = act.connection.execute(
        select(TicketRow.discount_id, func.count())
        .where(
            TicketRow.discount_id.in_(ids),
            TicketRow.state.in_(SOLD_STATES),
            TicketRow.booking_id.not_in(overdue(act.now)),
        )
        .group_by(TicketRow.discount_id)
    )
    return {cast("UUID", row[0]): row[1] for row in rows}


def _note(act: Act, verb: str, row: AnyRow, **detail: object) -> None:
    subject = ("discount", row.id)
    act.record(verb, subject, event_id=row.event_id, **detail)
