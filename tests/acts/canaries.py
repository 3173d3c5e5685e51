"""Canaries: a word of its own in each text of a store that is not for everybody.

`WHO_READS` says who may read each column, in the words of docs/permissions.md. Besides them there
are `own`, the person it is about; `team`, whoever has a role at its event; `open`, whoever may know
of its event; `house`, whoever works at any event; and `nobody`, which stands for itself. An admin
reads all but that.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Column, Connection, Table, select, update

from data.schema import Base, BookingRow, EventRow, PairedDeviceRow, TicketRow
from data.store import Store
from data.types import PlainText
from eventdesk.acts import SYSTEM
from eventdesk.booking import token_of

BOOKED: Final = "tickets door money own"
CASH: Final = "money door"
PAID: Final = "money door own"

EVENT: Final = {
    "access_code": "team",
    "bank_details": "team own",
    "category": "open",
    "description": "open",
    "invoice_sender": "open",
    "name": "open",
    "online_url": "open",
    "refusal": "team",
    "staff_pin_hash": "nobody",
}

WHO_READS: Final[Mapping[str, Mapping[str, str]]] = {
    "account": {
        "name": "own event messages door money",
        "email": "own event messages",
        "ban_reason": "own",
        "secret_hash": "nobody",
        "desk_pin_hash": "nobody",
    },
    "owner": {
        "name": "open",
        "email": "team",
        "ban_reason": "own",
        "secret_hash": "nobody",
        "desk_pin_hash": "nobody",
    },
    "announcement": {"title": "messages", "body": "messages"},
    "answer": {"value": "tickets door own"},
    "api_token": {"name": "own", "secret_hash": "nobody"},
    "app_session": {"name": "own"},
    "audit": {"actor_name": "own event", "detail": "own"},
    "badge_batch": {"made_by": "event", "target": "event"},
    "booking": {
        "code": BOOKED,
        "discount_code": BOOKED,
        "email": BOOKED,
        "external_ref": BOOKED,
        "name": BOOKED,
        "note": BOOKED,
    },
    "cash_movement": {"actor_name": CASH, "reason": CASH},
    "cash_shift": {"drawer": CASH, "note": CASH, "operator_name": CASH},
    "check_in_list": {"attention": "door event", "name": "door event tickets"},
    "delivery": {
        "delivered_to": "door tickets event",
        "job_ref": "nobody",
        "last_error": "door tickets messages event",
        "leased_by": "nobody",
        "mark": "door event",
        "reason": "door event",
    },
    "device": {"name": "event door"},
    "discount": {"code": "tickets money", "note": "tickets money"},
    "event": EVENT,
    "cancelled event": {**EVENT, "refusal": "open"},
    "export_set": {
        "lease": "nobody",
        "name": "event tickets money programme",
        "problem": "event tickets money programme",
        "sort": "event tickets money programme",
    },
    "gate": {"name": "door event"},
    "invitation": {"email": "event"},
    "invoice": {"content": PAID},
    "linked_identity": {"email": "own", "subject": "own"},
    "mail_text": {"subject": "messages", "text": "messages"},
    "notice": {"title": "own", "body": "own"},
    "offline_scan": {"settled_by": "door", "word": "door"},
    "one_time_code": {"code_hash": "nobody", "made_by": "own"},
    "paired_device": {"secret_hash": "nobody"},
    "passkey": {"name": "own"},
    "payment": {"actor_name": "money own event", "error": PAID, "reference": f"{PAID} event"},
    "printer": {"health_text": "house", "leased_by": "nobody", "name": "house"},
    "profile": {
        "access_needs": "own",
        "badge_line": "own",
        "dietary": "own",
        "interests": "own",
        "organization": "own",
        "payment_reference": "own",
        "pronouns": "own",
    },
    "question": {"text": "open"},
    "queue_request": {"reason": "tickets event own", "wish": "tickets event own"},
    "refund": {"actor_name": "money own", "error": PAID, "reason": PAID, "reference": PAID},
    "room": {"name": "open"},
    "scan": {
        "actor_name": "door tickets",
        "annulled_by": "door tickets",
        "annulled_reason": "door tickets",
        "approved_by": "door tickets",
        "force_reason": "door tickets",
        "nonce": "nobody",
        "reason": "door tickets",
        "scanned": "door tickets",
    },
    "seat_section": {"name": "open"},
    "service": {"health_text": "event", "name": "event", "settings": "event"},
    "session": {"description": "open", "title": "open"},
    "speaker": {
        "biography": "open",
        "email": "team",
        "link": "open",
        "name": "open",
        "organization": "open",
    },
    "sponsor": {"level": "open", "line": "open", "link": "open", "logo": "nobody", "name": "open"},
    "statement_line": {
        "digest": "nobody",
        "payer": "money",
        "problem": "money",
        "purpose": "money",
    },
    "ticket": {
        "token": "tickets door own event",
        "attention": "door tickets own",
        "blocked_note": "door tickets own",
        "code": f"{BOOKED} event",
        "external_ref": BOOKED,
        "foreign_code": BOOKED,
        "holder_email": BOOKED,
        "holder_name": f"{BOOKED} event",
        "line_two": f"{BOOKED} event",
    },
    "ticket_type": {"description": "open", "name": "open"},
    "token_revocation": {"actor_name": "door tickets", "reason": "door tickets"},
    "venue": {"address": "open", "name": "open"},
    "voucher": {"code": "money", "note": "money"},
    "waitlist_entry": {"email": "tickets door own", "name": "tickets door own"},
    "wallet_pass": {"push_token": "own"},
    "web_session": {"browser": "own", "secret_hash": "nobody"},
}

NO_CANARY: Final[Mapping[str, str]] = {
    "account": "secret_kind folded_name",
    "admission": "slot",
    "announcement": "audience chosen hold",
    "api_token": "permissions",
    "audit": "actor_kind verb subject_kind salts withheld",
    "badge_batch": "tickets state layout sheet held_by",
    "booking": "state currency source folded_name",
    "calendar_entry": "facts",
    "call": "caller key verb asked_hash answer",
    "cash_movement": "kind",
    "cash_shift": "currency counts",
    "check_in_list": "entry_policy direction unpaid_policy print_policy questions kind rules item"
    " auto_exit tells",
    "delivery": "kind state payload said",
    "discount": "kind",
    "event": "code state time_zone currency folded_name language visibility reminders badge_layout",
    "event_role": "role permissions",
    "export_set": "folder listing form columns conditions every files said",
    "invoice": "series",
    "ledger": "account currency memo",
    "link_request": "address",
    "linked_identity": "issuer given",
    "mail_stop": "digest",
    "mail_text": "kind language",
    "name_word": "word",
    "notice": "kind subject_kind said",
    "offline_scan": "shown conflict",
    "paired_device": "role",
    "pairing_offer": "code_hash role",
    "passkey": "host",
    "payment": "method provider currency state",
    "payment_notice": "provider notice state",
    "printer": "spec layout health",
    "profile": "language payment_method silenced",
    "question": "kind choices depends_value",
    "queue_request": "state said",
    "recovery_code": "code_hash",
    "refund": "state",
    "refusal": "source",
    "scan": "source direction outcome result answers",
    "seat": "label row_name",
    "service": "kind health said",
    "session": "tags",
    "setting": "key value",
    "statement_line": "booked_on currency said",
    "ticket": "state seat",
    "token_key": "fingerprint",
    "touched": "topic",
    "waitlist_entry": "state",
    "wallet_pass": "device facts wallet",
    "wrong_try": "subject",
}
"""Texts that bear none: words of the program, keys, and what would be unreadable with one in it."""

UNSUNG: Final = frozenset(
    {
        "delivery.reason",
        "scan.annulled_by",
        "scan.annulled_reason",
        "scan.force_reason",
        "scan.scanned",
        "statement_line.problem",
        "token_revocation.actor_name",
        "token_revocation.reason",
    }
)
"""What no use case shows of the rows that are there, so that nobody reads it."""

CODES: Final = ("booking.code", "ticket.code", "voucher.code")
"""What is a word of its own already, and would be none that can be typed with a canary in it."""

SHORT: Final = ("discount.code", "event.access_code")
"""Codes that people choose: letters and digits alone."""

LINKS: Final = ("event.online_url", "speaker.link", "sponsor.link")
MADE: Final = ("ticket.token",)
"""What stands in no column, but is made of the house's keys."""

TEXTS: Final = ("name", "email", "note", "recipient", "reason", "url", "secret", "sender", "title")
"""Members of a column of JSON that hold a text."""

LEADS_TO: Final = ("booking", "cash_shift", "delivery", "scan", "ticket")
"""Tables whose rows say where what points to them belongs."""


@dataclass(frozen=True)
class Canary:
    """A word, and where it stands.

    Attributes:
        column: As `WHO_READS` has it.
        readers: Who may read it.
        events: The events that it belongs to.
        people: The accounts that it is about.
    """

    word: str
    column: str
    readers: frozenset[str]
    events: frozenset[UUID]
    people: frozenset[UUID]


class Canaries:
    """The canaries of a store."""

    def __init__(self, store: Store, places: Mapping[UUID, Collection[UUID]]) -> None:
        """Plant them.

        Args:
            store: Its triggers must be gone: what is sealed gets canaries, too.
            places: The events at which each account has something.
        """
        self.by_word: dict[str, Canary] = {}
        self.instead: dict[str, str] = {}
        self._places = places
        with store.write() as connection:
            owners = set(connection.execute(select(EventRow.owner_id)).scalars())
            for table in Base.metadata.sorted_tables:
                self._plant_in(connection, table, owners)
            tickets = connection.execute(select(TicketRow.__table__)).all()
        with store.read() as connection:
            for row in tickets:
                belongs = self._belongs(connection, TicketRow.__table__, row._mapping)
                self._add(token_of(store, SYSTEM, row.id), "ticket.token", belongs)
        self._words = re.compile(
            "|".join([r"kanari\d+x", *(each for each in self.by_word if "kanari" not in each)]),
            re.IGNORECASE,
        )

    def within(self, text: str) -> set[Canary]:
        """Those that a text names."""
        return {self.by_word[each.lower()] for each in self._words.findall(text)}

    def _plant_in(
        self, connection: Connection, table: Table, owners: Collection[UUID | None]
    ) -> None:
        if table.name not in WHO_READS:
            return
        keys = list(table.primary_key.columns)
        for row in connection.execute(select(table)).all():
            old = row._mapping
            belongs = self._belongs(connection, table, old)
            named = table.name
            if named == "account" and old["id"] in owners:
                named = "owner"
            elif named == "event" and old["state"] == "cancelled":
                named = "cancelled event"
            new = {
                column.name: self._value(
                    column, f"{named}.{column.name}", old[column.name], belongs
                )
                for column in table.columns
                if column.name in WHO_READS[named] and column not in keys
            }
            if new:
                same = [key == old[key.name] for key in keys]
                connection.execute(update(table).where(*same).values(new))

    def _value(
        self, column: Column[Any], named: str, old: Any, belongs: tuple[set[UUID], set[UUID]]
    ) -> Any:
        if not isinstance(column.type, PlainText):
            return self._within_json(named, old, belongs)
        if named in CODES:
            self._add(old, named, belongs)
            return old
        word = self._add(
            f"KQ{self._next:04}X" if named.endswith(SHORT) else self._word(), named, belongs
        )
        if "email" in column.name:
            word += "@example.org"
        if named.endswith(LINKS):
            word = f"https://{word}.example.org"
        if old:
            self.instead.setdefault(old, word)
        return word

    def _within_json(self, named: str, old: Any, belongs: tuple[set[UUID], set[UUID]]) -> Any:
        if isinstance(old, dict):
            return {
                key: self._text(key, named, belongs)
                if key in TEXTS and isinstance(value, str)
                else self._within_json(named, value, belongs)
                for key, value in old.items()
            }
        if named == "profile.interests":
            return [self._add(self._word(), named, belongs)]
        if isinstance(old, list):
            return [self._within_json(named, each, belongs) for each in old]
        return old

    def _text(self, key: str, named: str, belongs: tuple[set[UUID], set[UUID]]) -> str:
        word = self._add(self._word(), named, belongs)
        return f"https://{word}.example.org/" if key == "url" else word

    @property
    def _next(self) -> int:
        return len(self.by_word) + 1

    def _word(self) -> str:
        return f"kanari{self._next}x"

    def _add(self, word: str, named: str, belongs: tuple[set[UUID], set[UUID]]) -> str:
        table, _, column = named.partition(".")
        readers = frozenset(WHO_READS[table][column].split())
        events, people = map(frozenset, belongs)
        self.by_word[word.lower()] = Canary(word, named, readers, events, people)
        return word

    def _belongs(
        self, connection: Connection, table: Table, row: Mapping[Any, Any]
    ) -> tuple[set[UUID], set[UUID]]:
        """The events and the people that a row belongs to."""
        events = {row["event_id"]} if row.get("event_id") else set()
        people = {row["account_id"]} if row.get("account_id") else set()
        if table.name == "event":
            events = {row["id"]}
            people = set(_guests(connection, row["id"]))
        elif table.name == "account":
            people = {row["id"]}
        elif table.name == "device":
            here = select(PairedDeviceRow.event_id).where(PairedDeviceRow.id == row["id"])
            events = set(connection.execute(here).scalars())
            events = events or set(connection.execute(select(EventRow.id)).scalars())
        elif table.name == "audit":
            people = {row["actor_id"], row["subject_id"]} - {None}
            for kind in ("booking", "ticket", "payment", "refund", "waitlist_entry"):
                target = Base.metadata.tables[kind]
                found = connection.execute(select(target).where(target.c.id == row["subject_id"]))
                for each in found:
                    people |= self._belongs(connection, target, each._mapping)[1]
        for key in table.foreign_keys:
            target = key.column.table
            if target.name in LEADS_TO and row[key.parent.name] is not None:
                found = connection.execute(select(target).where(key.column == row[key.parent.name]))
                more = self._belongs(connection, target, found.one()._mapping)
                events, people = events | more[0], people | more[1]
        if table.name in ("account", "profile"):
            events = {each for one in people for each in self._places.get(one, ())}
        return events, people


def _guests(connection: Connection, event_id: UUID) -> Iterable[UUID | None]:
    booked = select(BookingRow.account_id).where(
        BookingRow.event_id == event_id, BookingRow.account_id.is_not(None)
    )
    return connection.execute(booked.distinct()).scalars()
