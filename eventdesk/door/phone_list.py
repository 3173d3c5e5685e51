"""The list with which a phone goes on admitting while the network is gone.

It says what `decide` would say to each ticket, as far as that follows from plain facts: a digest of
each code, how often a ticket may enter, and when. Whatever needs more, such as a rule or a limit,
waits for the house. The list is signed by the house and good for some hours; docs/door.md says what
a phone makes of it.
"""

import hashlib
import json
import re
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, select

from data.rows import AnyRow
from data.schema import (
    BookingRow,
    CheckInListRow,
    ScanRow,
    TicketRow,
    TicketTypeRow,
    TicketTypeSessionRow,
    TokenKeyRow,
)
from eventdesk.accounts import its_door, need_its_door
from eventdesk.acts import Act, Permission, event_of, reads
from eventdesk.booking import FIRST_REVISION
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.house_signature import public_key, signature
from eventdesk.core.messages import msg
from eventdesk.core.token import TokenKey, looks_like_token, seal
from eventdesk.door.check_in_list import CheckInList, Direction, EntryPolicy, ListKind, UnpaidPolicy
from eventdesk.door.decide import blocking_entry
from eventdesk.door.list_reading import list_at_door
from eventdesk.door.scan import History, Outcome, Passage, TicketFacts

FORMAT: Final = 1
LABEL: Final = "eventdesk offline list 1"
"""What the signature is for: it stands before the payload, and a zero byte between them."""

DIGEST_BYTES: Final = 16
MAX_TICKETS: Final = 200_000
"""Most tickets of a list: some 12 MB, which a phone takes in half a minute."""

MAX_REPLACED: Final = 20
"""So many earlier codes of one ticket are named; an older one is not known then, and not let in."""

_CAPITALS: Final = re.compile("[A-Z]")
_PLAIN: Final = frozenset((EntryPolicy.ONCE, EntryPolicy.ONCE_PER_DAY, EntryPolicy.ANY))


@dataclass(frozen=True, slots=True)
class OfflineTerms:
    """Whether phones may go on alone at a list, and the key that their lists are signed with.

    Attributes:
        hours: How old a list may be.
        needs_hub: Why nothing is decided without the house all the same; "" where it may be.
        public_key: The house's Ed25519 key, 32 bytes in base64url; it does not change.
    """

    list_id: UUID
    allowed: bool
    hours: int
    needs_hub: str
    key_id: str
    public_key: str


@dataclass(frozen=True, slots=True)
class OfflineList:
    """A signed list.

    Attributes:
        signature: Ed25519 of `LABEL`, a zero byte and the payload, in base64url.
        payload: JSON, as docs/door.md describes it.
    """

    key_id: str
    signature: str
    payload: str


@dataclass(frozen=True, slots=True)
class OfflineTicket:
    """A ticket on its way into the list.

    Attributes:
        digests: Of its code, and of the code of another system, if it has one.
        history: Its passages through the list.
        falls_due: Whether it is not paid and ends by time, which only the house follows.
    """

    digests: tuple[str, ...]
    code: str
    facts: TicketFacts
    history: History = field(default_factory=History)
    falls_due: bool = False


@dataclass(frozen=True, slots=True)
class OfflineType:
    """A ticket type: what it is called, and whether it lets in to the session of the list."""

    id: UUID
    name: str
    lets_in: bool = True


@reads(Permission.DOOR, about=event_of(CheckInListRow, "list_id"))
def offline_terms(act: Act, list_id: UUID) -> OfflineTerms:
    """Say whether phones may go on alone at a list, and with which key their lists are signed."""
    door = list_at_door(act.connection, list_id)
    act.need(door.event_id, Permission.DOOR)
    key = public_key(act.store.keys)
    hours, needs = door.offline_hours, needs_hub(door)
    return OfflineTerms(list_id, door.offline, hours, needs, key.key_id, key.text)


@reads(Permission.DOOR, about=event_of(CheckInListRow, "list_id"))
def offline_list(act: Act, list_id: UUID) -> OfflineList:
    """Make the signed list with which a phone goes on admitting while the network is gone.

    Raises:
        InvalidInputError: The organizer does not allow it, or there are too many tickets.
    """
    door = list_at_door(act.connection, list_id)
    act.need(door.event_id, Permission.DOOR)
    its = its_door(act)
    if its is not None:
        need_its_door(act, list_id, its[1])
    if not door.offline:
        raise InvalidInputError(
            msg("This list is not let in by without the network."),
            hint=msg("An organizer allows it in the settings of the list."),
        )
    made = _Making(act, door).payload()
    payload = json.dumps(made, ensure_ascii=False, separators=(",", ":"))
    keys = act.store.keys
    return OfflineList(public_key(keys).key_id, signature(keys, LABEL, payload), payload)


def canonical(text: str) -> str:
    """The one spelling of a scanned text: our tokens as they are, others in small letters.

    >>> canonical(" Z3FSN8 ")
    'z3fsn8'
    """
    text = text.strip()
    if looks_like_token(text):
        return text
    return _CAPITALS.sub(lambda found: found[0].lower(), text)


def digest_of(text: str) -> str:
    """The digest by which a phone finds a ticket: 16 bytes of SHA-256, in base64url."""
    digest = hashlib.sha256(canonical(text).encode("utf-8", "replace")).digest()
    return urlsafe_b64encode(digest[:DIGEST_BYTES]).decode("ascii").rstrip("=")


NEEDS_HUB: Final = {
    "event": msg("an event that was cancelled or archived"),
    "kind": msg("badges to pick up, or the way out"),
    "direction": msg("the way out"),
    "policy": msg("entries again after leaving"),
    "capacity": msg("a limit of people inside"),
    "questions": msg("questions that must be answered"),
    "session": msg("a session with sign-up, or a cancelled one"),
    "stays": msg("an entry that ends other stays"),
    "choice": msg("an answer that says which one they get"),
}
"""What a list has that only the house can decide, by what `needs_hub` says."""


def needs_hub(door: CheckInList) -> str:
    """Why a phone alone decides nothing at a list, a key of `NEEDS_HUB`; "" where it may."""
    if door.event_closed_at is not None:
        return "event"
    if door.kind in (ListKind.LEAVE, ListKind.BADGE):
        return "kind"
    if door.way(None) is Direction.EXIT:
        return "direction"
    if door.entry_policy not in _PLAIN:
        return "policy"
    if door.limit is not None:
        return "capacity"
    if any(each.required for each in door.questions):
        return "questions"
    if door.sign_up or door.session_cancelled:
        return "session"
    if door.ends_stays:
        return "stays"
    return "choice" if door.item_question_id is not None else ""


def offline_payload(
    door: CheckInList,
    types: Sequence[OfflineType],
    tickets: Sequence[OfflineTicket],
    now: datetime,
    *,
    replaced: Sequence[str] = (),
    hours: int | None = None,
) -> dict[str, Any]:
    """Put a list together: what is not plain for a list, a type or a ticket says so.

    Nobody's name is in it, for phones are lost; where one decides nothing it gets no code either.

    Args:
        tickets: In any order; those that were cancelled are named by their digests only.
        replaced: Digests of codes that newer ones took the place of.
        hours: How old it may get; None is as the list has it.
    """
    until = now + timedelta(hours=door.offline_hours if hours is None else hours)
    hub = needs_hub(door)
    if hub:
        tickets, replaced = (), ()
    place = {each.id: at for at, each in enumerate(types)}
    valid = [each for each in tickets if not each.facts.cancelled]
    cancelled = [digest for each in tickets if each.facts.cancelled for digest in each.digests]
    return {
        "format": FORMAT,
        "event_id": str(door.event_id),
        "event": door.event_name,
        "time_zone": door.time_zone,
        "list_id": str(door.id),
        "list": door.name,
        "kind": door.kind.value,
        "item": door.item if door.kind.hands_out else "",
        "attention": door.attention,
        "entry_policy": door.entry_policy.value,
        "made_at": _ms(now),
        "good_until": _ms(until),
        "opens_at": _ms(door.opens_at),
        "closes_at": _ms(door.closes_at),
        "days": list(_days(door, now, until)),
        "needs_hub": hub,
        "types": [_type_row(door, each) for each in types],
        "tickets": [
            _trimmed(_row(door, each, place[each.facts.ticket_type_id], now)) for each in valid
        ],
        "foreign": [[digest, at] for at, each in enumerate(valid) for digest in each.digests[1:]],
        "replaced": list(replaced),
        "cancelled": cancelled,
    }


def _ms(at: datetime | None) -> int | None:
    return None if at is None else round(at.timestamp() * 1000)


def _days(door: CheckInList, now: datetime, until: datetime) -> Iterator[int | None]:
    """The beginnings of the event's calendar days, from today until the list is too old."""
    midnight = door.local(now).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    begins = midnight.astimezone(UTC)
    while begins <= until:
        yield _ms(begins)
        begins = door.next_day(begins)


def _type_row(door: CheckInList, kind: OfflineType) -> dict[str, Any]:
    taken = not door.ticket_type_ids or kind.id in door.ticket_type_ids
    plain = not any(rule.is_for(kind.id) for rule in door.all_rules)
    return {"name": kind.name, "taken": taken and kind.lets_in, "plain": plain}


def _row(door: CheckInList, ticket: OfflineTicket, kind: int, now: datetime) -> list[Any]:
    facts = ticket.facts
    entered = None
    if ticket.history.passages:
        entered = blocking_entry(door, ticket.history, now, facts.ticket_type_id)
    return [
        ticket.digests[0],
        ticket.code,
        kind,
        _state(door, ticket),
        None if entered is None else _ms(entered.at),
        _ms(facts.valid_from),
        _ms(facts.valid_until),
    ]


def _state(door: CheckInList, ticket: OfflineTicket) -> str | int:
    """What stands against a ticket whatever the time is; 0 where nothing does."""
    facts = ticket.facts
    if facts.blocked_note is not None:
        return Outcome.BLOCKED.value
    if not facts.approved:
        return Outcome.UNAPPROVED.value
    if not facts.paid and door.unpaid_policy is not UnpaidPolicy.ADMIT:
        return Outcome.UNPAID.value
    asks_company = door.kind in (ListKind.ARRIVE, ListKind.ROOM)
    comes_along = asks_company and (facts.accompanied or facts.companion)
    return "hub" if comes_along or ticket.falls_due else 0


def _trimmed(row: list[Any]) -> list[Any]:
    """A row without the empty values at its end."""
    while not row[-1] and len(row) > _NEEDED:
        row.pop()
    return row


_NEEDED: Final = 3


class _Making:
    """The reading of all that one list holds, in one transaction."""

    def __init__(self, act: Act, door: CheckInList) -> None:
        self.act, self.connection, self.door = act, act.connection, door
        sold = set(self.connection.execute(select(TokenKeyRow.key_id)).scalars())
        if sold - act.store.keys.token_keys.keys():
            act.store.reread_keys()
        keys = act.store.keys.token_keys
        self.keys: dict[int, TokenKey] = {key_id: keys[key_id] for key_id in sold & keys.keys()}

    def payload(self) -> dict[str, Any]:
        """Read types, tickets and entries, and put the list together."""
        door, event_id = self.door, self.door.event_id
        rows = self.connection.execute(_TICKETS, {"event_id": event_id, "most": MAX_TICKETS}).all()
        if len(rows) > MAX_TICKETS:
            raise InvalidInputError(
                msg("A list for phones holds at most {most:,} tickets.", most=MAX_TICKETS),
                hint=msg("At this event doors need the network."),
            )
        histories = self._histories()
        tickets = [self._ticket(row, histories) for row in rows if row.key_id in self.keys]
        replaced = [digest for row in rows if row.revision > 1 for digest in self._replaced(row)]
        return offline_payload(door, self._types(), tickets, self.act.now, replaced=replaced)

    def _types(self) -> list[OfflineType]:
        given, session_id = {"event_id": self.door.event_id}, self.door.session_id
        only: dict[UUID, set[UUID]] = {}
        for row in self.connection.execute(_SESSIONS, given) if session_id is not None else ():
            only.setdefault(row.ticket_type_id, set()).add(row.session_id)
        return [
            OfflineType(row.id, row.name, row.id not in only or session_id in only[row.id])
            for row in self.connection.execute(_TYPES, given)
        ]

    def _histories(self) -> dict[UUID | None, History]:
        lists = self.door.entry_lists or (self.door.id,)
        found: dict[UUID | None, list[Passage]] = {}
        for ticket_id, at in self.connection.execute(_ENTRIES, {"lists": lists}):
            found.setdefault(ticket_id, []).append(Passage(Direction.ENTRY, at))
        return {ticket_id: History(tuple(each)) for ticket_id, each in found.items()}

    def _ticket(self, row: AnyRow, histories: dict[UUID | None, History]) -> OfflineTicket:
        digests = [digest_of(self._sealed(self.keys[row.key_id], row.id, row.revision))]
        if row.foreign_code and row.revision == FIRST_REVISION:
            digests.append(digest_of(row.foreign_code))
        facts = TicketFacts(
            id=row.id,
            event_id=self.door.event_id,
            ticket_type_id=row.ticket_type_id,
            revision=row.revision,
            cancelled=row.state != "valid" or row.booking_state == "cancelled",
            blocked_note=row.blocked_note,
            approved=row.approved,
            paid=row.booking_state == "paid",
            valid_from=row.valid_from or row.type_valid_from,
            valid_until=row.valid_until or row.type_valid_until,
            accompanied=row.accompanied,
            companion=row.companion_of is not None,
        )
        return OfflineTicket(
            tuple(digests),
            row.code,
            facts,
            histories.get(row.id, _NONE),
            falls_due=not facts.paid and row.expires_at is not None,
        )

    def _sealed(self, key: TokenKey, ticket_id: UUID, revision: int) -> str:
        return seal(key, ticket_id=ticket_id, revision=revision, event_id=self.door.event_id)

    def _replaced(self, row: AnyRow) -> Iterator[str]:
        """Digests of the codes that newer ones took the place of, whatever key made them."""
        for revision in range(max(1, row.revision - MAX_REPLACED), row.revision):
            for key in self.keys.values():
                if key.is_for(self.door.event_id):
                    yield digest_of(self._sealed(key, row.id, revision))
        if row.foreign_code:
            yield digest_of(row.foreign_code)


_NONE: Final = History()

_TICKETS = (
    select(
        TicketRow.id,
        TicketRow.ticket_type_id,
        TicketRow.revision,
        TicketRow.key_id,
        TicketRow.state,
        TicketRow.blocked_note,
        TicketRow.valid_from,
        TicketRow.valid_until,
        TicketRow.code,
        TicketRow.companion_of,
        TicketRow.foreign_code,
        BookingRow.state.label("booking_state"),
        BookingRow.approved,
        BookingRow.expires_at,
        TicketTypeRow.valid_from.label("type_valid_from"),
        TicketTypeRow.valid_until.label("type_valid_until"),
        TicketTypeRow.accompanied,
    )
    .join(BookingRow, BookingRow.id == TicketRow.booking_id)
    .join(TicketTypeRow, TicketTypeRow.id == TicketRow.ticket_type_id)
    .where(TicketRow.event_id == bindparam("event_id", type_=TicketRow.event_id.type))
    .order_by(TicketRow.search_no)
    .limit(bindparam("most") + 1)
)
_TYPES = (
    select(TicketTypeRow.id, TicketTypeRow.name)
    .where(TicketTypeRow.event_id == bindparam("event_id", type_=TicketTypeRow.event_id.type))
    .order_by(TicketTypeRow.position, TicketTypeRow.id)
)
_SESSIONS = (
    select(TicketTypeSessionRow.ticket_type_id, TicketTypeSessionRow.session_id)
    .join(TicketTypeRow, TicketTypeRow.id == TicketTypeSessionRow.ticket_type_id)
    .where(TicketTypeRow.event_id == bindparam("event_id", type_=TicketTypeRow.event_id.type))
)
_ENTRIES = (
    select(ScanRow.ticket_id, ScanRow.recorded_at)
    .where(
        ScanRow.list_id.in_(bindparam("lists", expanding=True)),
        ScanRow.outcome == "admitted",
        ScanRow.annulled_at.is_(None),
        ScanRow.ticket_id.is_not(None),
    )
    .order_by(ScanRow.no)
)
