"""Settings of an event: changing its fields, as far as its state and its bookings allow."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from data.rows import AnyRow, count_rows, update_row
from data.schema import CashShiftRow, DiscountRow, EventRow, TicketTypeRow, VenueRow, VoucherRow
from eventdesk.acts import Act, Permission, event_row, writes
from eventdesk.core.errors import InvalidInputError, NotAllowedError, NotFoundError
from eventdesk.core.ids import new_code
from eventdesk.core.messages import msg
from eventdesk.core.money import read_currency
from eventdesk.core.plain_text import plain
from eventdesk.core.vat_ids import is_of_the_union, vat_id_in
from eventdesk.events.event import EVENT, Change, EventDetail, Visibility, event_state, need_change
from eventdesk.events.event_changes import EventChanges
from eventdesk.events.event_notices import tell_guests
from eventdesk.events.event_states import is_booked
from eventdesk.events.events import learn_event, places_taken, read_detail
from eventdesk.events.opening_hour import need_window

_FIELDS: Final = {one.name: one for one in EVENT}


@writes(Permission.EVENT, about="event_id")
def change_event(act: Act, event_id: UUID, changes: EventChanges) -> EventDetail:
    """Change fields of an event; guests are told of new times and another place.

    Raises:
        InvalidInputError: Something typed cannot be used, or its state does not allow the change.
    """
    cleaned = {field: _FIELDS[field].clean(value) for field, value in changes.items()}
    act.need(event_id, Permission.EVENT)
    row = event_row(act.connection, event_id)
    changed = {field: v for field, v in cleaned.items() if v != getattr(row, field)}
    state = event_state(row.state, row.ends_at, act.now)
    for field in changed:
        need_change(state, Change(_FIELDS[field].sort or Change.RULES))
    _need_sound(act, row, changed)
    _need_admin_for(act, row, changed)
    changed |= _follow_ups(row, changed)
    if changed:
        update_row(act.connection, EventRow, event_id, **changed)
        learn_event(act.connection, event_id)
        _tell_of(act, row, changed)
        act.record("change_event", ("event", event_id), event_id=event_id, **_for_audit(changed))
    return read_detail(act, event_id, team=True)


def _need_sound(act: Act, row: AnyRow, changed: Mapping[str, Any]) -> None:
    """Check what depends on more than one field, or on what is in the store."""

    def later(field: str) -> Any:
        return changed.get(field, getattr(row, field))

    if later("ends_at") <= later("starts_at"):
        raise InvalidInputError(
            msg("The event ends before it starts."), hint=msg("Check both times.")
        )
    if changed.keys() & {"queue_from", "queue_until", "starts_at"}:
        is_over = row.queue_until is not None and row.queue_until <= act.now
        if not is_over or changed.keys() & {"queue_from", "queue_until"}:
            need_window(
                later("queue_from"), later("queue_until"), starts_at=later("starts_at"), now=act.now
            )
    if "capacity" in changed and changed["capacity"] is not None:
        taken = places_taken(act, row.id)
        if changed["capacity"] < taken:
            raise InvalidInputError(
                msg("{taken} places are taken already.", taken=taken),
                hint=msg("Choose a capacity of {taken} or more.", taken=taken),
            )
    if changed.keys() & {"cancel_until", "cancel_fee_bp", "cancel_fee_minor"}:
        _need_kinder_rules(act.connection, row, changed)
    if changed.keys() & {"reverse_charge", "invoice_sender"} and later("reverse_charge"):
        _need_seller(later("invoice_sender"))
    if "currency" in changed:
        _need_other_currency(act.connection, row, changed["currency"])
    venue_id = changed.get("venue_id")
    mine = (VenueRow.id == venue_id) & (VenueRow.event_id == row.id)
    if venue_id is not None and not count_rows(act.connection, mine):
        raise NotFoundError(msg("There is no such venue at this event."))


def _need_seller(sender: str) -> None:
    """Require the sender's VAT ID, without which no invoice says reverse charge."""
    if not is_of_the_union(vat_id_in(tuple(sender.splitlines()))[0]):
        raise InvalidInputError(
            msg("Reverse charge needs the sender's VAT ID of a country of the EU."),
            hint=msg("Write it on a line of its own below the sender of invoices."),
        )


def _need_kinder_rules(connection: Connection, row: AnyRow, changed: Mapping[str, Any]) -> None:
    """Refuse a higher fee or an earlier deadline for cancelling once somebody booked.

    The rules are kept with the event, not with each booking, so they bind existing bookings too.
    """
    higher = any(
        changed.get(fee, getattr(row, fee)) > getattr(row, fee)
        for fee in ("cancel_fee_bp", "cancel_fee_minor")
    )
    # Without a deadline of its own, cancelling ends when the event begins.
    begins = changed.get("starts_at", row.starts_at)
    deadline = changed.get("cancel_until", row.cancel_until) or begins
    earlier = deadline < (row.cancel_until or begins)
    if (higher or earlier) and is_booked(connection, row.id):
        raise InvalidInputError(
            msg("Somebody booked under these rules already."),
            hint=msg("Lower the fees only.") if higher else msg("Let people cancel longer only."),
        )


def _need_other_currency(connection: Connection, row: AnyRow, currency: str) -> None:
    """Require that nothing of the event is in its present currency."""
    old = row.currency
    in_drawers = select(CashShiftRow.drawer).where(
        CashShiftRow.event_id == row.id, CashShiftRow.closed_at.is_(None)
    )
    drawer = connection.execute(in_drawers.limit(1)).scalar_one_or_none()
    amounts = (DiscountRow.event_id == row.id) & (DiscountRow.kind == "amount")
    refusal, hint = None, msg("Duplicate the event to sell it in another currency.")
    if is_booked(connection, row.id):
        refusal = msg("Somebody paid or booked in {currency} already.", currency=old)
    elif drawer is not None:
        refusal = msg(
            "{drawer} is open with money in {currency}.", drawer=plain(drawer), currency=old
        )
        hint = msg("Close the cash drawers first.")
    elif count_rows(connection, VoucherRow.event_id == row.id):
        refusal = msg("Vouchers of this event are in {currency}.", currency=old)
    elif count_rows(connection, amounts):
        refusal = msg("Codes of an amount of this event are in {currency}.", currency=old)
    elif read_currency(currency)[1] != row.currency_exponent and count_rows(
        connection,
        TicketTypeRow.event_id == row.id,
        (TicketTypeRow.price_minor + TicketTypeRow.fee_minor > 0) | TicketTypeRow.price_chosen,
    ):
        refusal = msg("Prices typed in {old} mean something else in {new}.", old=old, new=currency)
        hint = msg("Set the prices and fees to 0 first, and type them anew afterwards.")
    if refusal is not None:
        raise InvalidInputError(refusal, hint=hint)


def _need_admin_for(act: Act, row: AnyRow, changed: Mapping[str, Any]) -> None:
    """Require an admin for the commission, and for making a published event public."""
    opened = row.state == "published" and changed.get("visibility") == Visibility.PUBLIC
    if not opened and "commission_bp" not in changed:
        return
    if act.known_at(None).may(Permission.INSTALLATION):
        return
    if opened:
        raise NotAllowedError(
            msg("An event becomes public only with an admin's approval."),
            hint=msg("Take it back, change who sees it, and submit it."),
        )
    raise NotAllowedError(
        msg("Only an admin may change the commission."), hint=msg("Ask an admin.")
    )


def _follow_ups(row: AnyRow, changed: Mapping[str, Any]) -> dict[str, Any]:
    """Changes that follow: the exponent of a currency, the code of an event made private."""
    more: dict[str, Any] = {}
    if "currency" in changed:
        more["currency_exponent"] = read_currency(changed["currency"])[1]
    private = changed.get("visibility", row.visibility) == Visibility.PRIVATE
    if changed.get("access_code") == "" or (
        private and not changed.get("access_code", row.access_code)
    ):
        more["access_code"] = new_code(8)
    return more


def _tell_of(act: Act, row: AnyRow, changed: Mapping[str, Any]) -> None:
    if row.state != "published" or row.ends_at <= act.now:
        return
    times = {"starts_at", "ends_at", "time_zone"} & changed.keys()
    if not times and not {"venue_id", "online_url"} & changed.keys():
        return
    after = event_row(act.connection, row.id)
    zone = ZoneInfo(after.time_zone)
    start, end = (one.astimezone(zone) for one in (after.starts_at, after.ends_at))
    if times:
        title = msg("{event} has other times", event=after.name)
        body = msg(
            "It is now from {start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} ({zone}).",
            start=start,
            end=end,
            zone=zone.key,
        )
    else:
        title = msg("{event} is at another place", event=after.name)
        body = msg("Look at the event for where it is.")
    tell_guests(act, row.id, ("change", title, body))


def _for_audit(changed: Mapping[str, Any]) -> dict[str, Any]:
    def kept(value: Any) -> Any:
        if isinstance(value, str):
            return value[:200]
        return value if isinstance(value, int | None) else str(value)

    return {field: kept(value) for field, value in changed.items()}


def checked_setting(field: str, value: Any) -> Any:
    """Check and trim the value of a field of an event; other fields pass as they are."""
    return _FIELDS[field].clean(value) if field in _FIELDS else value
