"""A store full of canaries, and whoever reads in it: events of two organizers in all states."""

import inspect
import io
import zipfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Self
from uuid import UUID, uuid4

from sqlalchemy import insert, select, update

from data.schema import (
    AnswerRow,
    Base,
    BookingRow,
    EventRoleRow,
    EventRow,
    MailTextRow,
    OneTimeCodeRow,
    ProfileRow,
    QuestionRow,
    TicketRow,
    TokenRevocationRow,
    WalletPassRow,
)
from data.store import Store
from eventdesk.accounts import who_am_i
from eventdesk.acts import (
    GRANTABLE,
    PERMISSIONS,
    SYSTEM,
    VISITOR,
    Actor,
    ActorKind,
    Permission,
    Reach,
    Role,
    Verb,
    all_verbs,
    in_request,
)
from eventdesk.acts.catalogue import entry_of
from eventdesk.acts.verbs import Kind
from eventdesk.core.errors import EventDeskError
from eventdesk.core.made_file import MadeFile
from eventdesk.seating import new_cart
from eventdesk.wire.addresses import addresses_of
from eventdesk.wire.codec import adapter
from tests.acts.canaries import Canaries, Canary
from tests.acts.dummies import arguments
from tests.acts.subjects import Subjects, make_subjects
from tests.acts.trials import add_admin, add_person, grant
from tests.build import NOON, empty_store, make_fair
from tests.door.undoing import taken_back
from tests.orders import EARLY

PUBLIC, INVITED, DRAFT, PRIVATE, CANCELLED, ARCHIVED = range(6)
"""The events by number; the first three are one organizer's, the others the other's."""

HAS_ROLE: Final = (Role.ORGANIZER, Role.COHOST, Role.STAFF)

ALSO_READ: Final = (
    "badge_picture",
    "booking_tickets",
    "guest_tickets",
    "preview_badges",
    "wallets",
)
"""What only reads, though it does not say so: it takes steps, and no GET asks for it."""

KINDS: Final = {
    "account_id": "account",
    "announcement_id": "announcement",
    "batch_id": "badge_batch",
    "booking_id": "booking",
    "delivery_id": "delivery",
    "device_id": "paired_device",
    "document_id": "invoice",
    "event_id": "event",
    "gate_id": "gate",
    "holder_id": "account",
    "line_id": "statement_line",
    "list_id": "check_in_list",
    "listed": "check_in_list",
    "payment_id": "payment",
    "printer_id": "printer",
    "refund_id": "refund",
    "request_id": "queue_request",
    "scan_id": "scan",
    "section_id": "seat_section",
    "service_id": "service",
    "session_id": "session",
    "set_id": "export_set",
    "shift_id": "cash_shift",
    "ticket_id": "ticket",
    "ticket_type_id": "ticket_type",
    "voucher_id": "voucher",
}
"""The tables whose ids parameters take."""


@dataclass(frozen=True)
class Reader:
    """Somebody who reads.

    Attributes:
        name: In words.
        granted: What a co-host is granted; None for everybody else.
        roles: Their role at each event where they have one.
        knows: Events that are not for everybody, of which they may know.
    """

    name: str
    actor: Actor
    roles: Mapping[UUID, Role]
    knows: frozenset[UUID]
    granted: tuple[Permission, ...] | None = None

    def __str__(self) -> str:
        return self.name

    def may_read(self, canary: Canary) -> bool:
        """Whether this one may read a canary."""
        readers = canary.readers
        if "own" in readers and self.actor.id in canary.people:
            return True
        if "open" in readers and (
            canary.events & self.knows
            or self.actor.id in canary.people
            or self.roles.keys() & canary.events
        ):
            return True
        if "house" in readers and any(role is not Role.ATTENDEE for role in self.roles.values()):
            return True
        here = [self.roles[each] for each in canary.events if each in self.roles]
        if "team" in readers and here:
            return True
        return any(str(each) in readers for role in here for each in self._held(role))

    def remembering_admin(self) -> "Reader":
        """The same one with an actor in memory that says they are an admin."""
        actor = replace(self.actor, role=Role.ADMIN, event_id=None, granted=None)
        return replace(self, actor=actor)

    def _held(self, role: Role) -> Collection[Permission]:
        return self.granted or () if role is Role.COHOST else PERMISSIONS[role]


@dataclass(frozen=True)
class Reading:
    """A read that was answered.

    Attributes:
        given: What it was asked with.
        text: The answer as JSON, or the texts of the file that it is.
    """

    verb: Verb[..., Any]
    given: Mapping[str, Any]
    text: str


@dataclass(frozen=True)
class CanaryHouse:
    """A store with six events, something of each kind at each, and a canary in each text."""

    store: Store
    event_ids: tuple[UUID, ...]
    subjects: tuple[Subjects, ...]
    canaries: Canaries
    ids: Mapping[str, tuple[UUID, ...]]
    event_by_id: Mapping[UUID, UUID]
    owner_by_id: Mapping[UUID, UUID]
    readers: tuple[Reader, ...]
    cohost_id: UUID

    @classmethod
    def build(cls, home: Path) -> Self:
        """Make it in a fresh folder."""
        store = empty_store(home)
        admin_id = add_admin(store)
        bystander_id = add_person(store, "By Stander")
        teams = [
            {role: add_person(store, f"{role} {letter}") for role in (*HAS_ROLE, Role.ATTENDEE)}
            for letter in "AB"
        ]
        event_ids, subjects = [], []
        for number in range(6):
            people = teams[number // 3]
            fair = make_fair(store, f"Fair {number}")
            event_ids.append(fair.event.id)
            with store.write() as connection:
                connection.execute(
                    insert(EventRoleRow),
                    [
                        {"event_id": fair.event.id, "account_id": people[role], "role": role}
                        for role in HAS_ROLE
                    ],
                )
            subjects.append(make_subjects(fair, {**people, Role.ADMIN: admin_id}))
        _put_states(store, event_ids, teams)
        everybody = [admin_id, bystander_id, *(each for team in teams for each in team.values())]
        _fill(store, event_ids, everybody)
        places: dict[UUID, tuple[UUID, ...]] = {admin_id: tuple(event_ids)}
        for team, there in zip(teams, (event_ids[:3], event_ids[3:]), strict=True):
            places |= dict.fromkeys(team.values(), tuple(there))
        canaries = Canaries(store, places)
        with store.read() as connection:
            ids = {
                name: tuple(connection.execute(select(Base.metadata.tables[table].c.id)).scalars())
                for name, table in KINDS.items()
            }
        readers = tuple(_readers(store, event_ids, bystander_id, teams))
        return cls(
            store,
            tuple(event_ids),
            tuple(subjects),
            canaries,
            ids,
            _of_each_row(store, "event_id"),
            _owners(store),
            readers,
            teams[0][Role.COHOST],
        )

    @contextmanager
    def standing(self, reader: Reader) -> Iterator[None]:
        """Give a co-host the grants; what is done meanwhile is taken back."""
        with taken_back(self.store):
            if reader.granted is not None:
                grant(self.store, self.cohost_id, reader.granted)
            yield

    def answers(
        self, reader: Reader, verbs: Collection[Verb[..., Any]], *, briefly: bool = False
    ) -> Iterator[Reading]:
        """What one is told by these reads, with every id there is; briefly, with one an event."""
        for verb in verbs:
            for given in self.questions(verb, briefly=briefly):
                found = self.asked(reader, verb, given)
                if not isinstance(found, EventDeskError):
                    yield Reading(verb, given, _text(verb, found))

    def asked(self, reader: Reader, verb: Verb[..., Any], given: Mapping[str, Any]) -> Any:
        """What a use case gives one; the error where it gives none."""
        try:
            with in_request("a trial"):
                return verb(self.store, reader.actor.at(EARLY), **given)
        except EventDeskError as error:
            return error

    def questions(self, verb: Verb[..., Any], *, briefly: bool = False) -> Iterator[dict[str, Any]]:
        """What a use case is asked with: the things of each event, and any other instead of one."""
        named = list(inspect.signature(inspect.unwrap(verb)).parameters)[1:]
        for number in range(len(self.event_ids)):
            yield self.question(verb, number)
            if "holder_id" in named:
                yield self.question(verb, number, holder_id=new_cart(self.store, VISITOR))
            if not set(named) & self.subjects[number].of(verb.module, verb.name).keys():
                return
        for name in named if not briefly else ():
            for one in self.ids.get(name, ()):
                yield self.question(verb, PUBLIC, **{name: one})
                if len(set(named) & KINDS.keys()) > 1:
                    yield self.question(verb, PRIVATE, **{name: one})

    def not_there(self, reader: Reader, given: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """The same question about things that are not there, in place of what is not one's own."""
        foreign = {
            name: uuid4()
            for name, value in given.items()
            if isinstance(value, UUID)
            and self.event_by_id.get(value) not in reader.roles
            and self.owner_by_id.get(value) != reader.actor.id
        }
        yield {**given, **foreign}
        if len(foreign) > 1:
            yield from ({**given, name: one} for name, one in foreign.items())

    def knows_of(self, reader: Reader, given: Mapping[str, Any]) -> bool:
        """Whether somebody may know of each event that a question is about."""
        ids = [value for value in given.values() if isinstance(value, UUID)]
        return {self.event_by_id[each] for each in ids} <= reader.knows | reader.roles.keys()

    def question(self, verb: Verb[..., Any], number: int, **instead: Any) -> dict[str, Any]:
        """What it is asked with about the things of one event."""
        given = self.subjects[number].of(verb.module, verb.name)
        planted = self.canaries.instead
        typed = {
            name: planted[value]
            for name, value in given.items()
            if isinstance(value, str) and value in planted and name != "typed"
        }
        return arguments(verb, **{**given, **typed, **instead})


def all_reads() -> list[Verb[..., Any]]:
    """The use cases that only read, and are reached over the wire."""
    return [
        verb
        for verb in all_verbs()
        if verb.reach in (Reach.GUARDED, Reach.PUBLIC)
        and (
            verb.kind is Kind.READS
            or verb.name in ALSO_READ
            or addresses_of(verb.area).get(verb.name, "").startswith("GET ")
        )
    ]


def _of_each_row(store: Store, column: str) -> dict[UUID, UUID]:
    """The event of each row that belongs to one, or its account; of an event, itself."""
    with store.read() as connection:
        found = {each: each for each in connection.execute(select(EventRow.id)).scalars()}
        for table in Base.metadata.sorted_tables:
            if {"id", column} <= {*table.c.keys()}:
                rows = connection.execute(select(table.c.id, table.c[column])).all()
                found |= {row_id: value for row_id, value in rows if value is not None}
    return found


def _owners(store: Store) -> dict[UUID, UUID]:
    """The account of each row that belongs to one; of a ticket, that of its booking."""
    of_booking = select(TicketRow.id, BookingRow.account_id).join(
        BookingRow, BookingRow.id == TicketRow.booking_id
    )
    with store.read() as connection:
        tickets = {each: owner for each, owner in connection.execute(of_booking).all() if owner}
    return _of_each_row(store, "account_id") | tickets


def _text(verb: Verb[..., Any], found: Any) -> str:
    if not isinstance(found, MadeFile):
        return adapter(entry_of(verb).result).dump_json(found).decode()
    if found.content[:2] != b"PK":
        return found.content.decode(errors="replace")
    with zipfile.ZipFile(io.BytesIO(found.content)) as archive:
        return b"\n".join(map(archive.read, archive.namelist())).decode(errors="replace")


def _put_states(
    store: Store, event_ids: Collection[UUID], teams: Collection[Mapping[Role, UUID]]
) -> None:
    states: list[dict[str, Any]] = [
        {},
        {"visibility": "invited"},
        {"state": "draft", "published_at": None},
        {"visibility": "private"},
        {"state": "cancelled", "cancelled_at": NOON},
        {"state": "archived"},
    ]
    owners = [team[Role.ORGANIZER] for team in teams for _ in range(3)]
    with store.write() as connection:
        for event_id, values, owner_id in zip(event_ids, states, owners, strict=True):
            connection.execute(
                update(EventRow)
                .where(EventRow.id == event_id)
                .values(owner_id=owner_id, public_sales=True, **values)
            )
        names = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        for name in connection.exec_driver_sql(names).scalars().all():
            connection.exec_driver_sql(f"DROP TRIGGER {name}")


def _fill(store: Store, event_ids: Collection[UUID], everybody: Collection[UUID]) -> None:
    """Add what no use case of `make_subjects` makes."""
    with store.write() as connection:
        for account_id in everybody:
            here: dict[str, Any] = {"account_id": account_id}
            connection.execute(insert(ProfileRow).values(**here, changed_at=NOON))
            connection.execute(
                insert(OneTimeCodeRow).values(
                    **here, id=uuid4(), code_hash="", made_by="", created_at=NOON, expires_at=NOON
                )
            )
        for event_id in event_ids:
            connection.execute(
                insert(MailTextRow).values(
                    event_id=event_id,
                    kind="booking",
                    language="en",
                    subject="",
                    text="",
                    changed_at=NOON,
                )
            )
        joined = select(TicketRow.id, QuestionRow.id).where(
            QuestionRow.event_id == TicketRow.event_id
        )
        for ticket_id, event_id in connection.execute(
            select(TicketRow.id, TicketRow.event_id)
        ).all():
            connection.execute(
                insert(TokenRevocationRow).values(
                    ticket_id=ticket_id, revision=1, reason="", revoked_at=NOON, actor_name=""
                )
            )
            connection.execute(
                insert(WalletPassRow).values(
                    device=str(ticket_id),
                    ticket_id=ticket_id,
                    event_id=event_id,
                    revision=1,
                    facts="",
                    changed_at=NOON,
                    wallet="apple",
                    push_token="",
                )
            )
        for ticket_id, question_id in connection.execute(joined).all():
            connection.execute(
                insert(AnswerRow).values(ticket_id=ticket_id, question_id=question_id, value="")
            )


def _readers(
    store: Store,
    event_ids: Collection[UUID],
    bystander_id: UUID,
    teams: Collection[Mapping[Role, UUID]],
) -> Iterator[Reader]:
    ids = list(event_ids)
    open_to_all = frozenset((ids[PUBLIC], ids[CANCELLED], ids[ARCHIVED]))
    yield Reader("nobody", VISITOR, {}, open_to_all)
    yield Reader("an attendee of nothing", _account(store, bystander_id), {}, open_to_all)
    for letter, team, here in zip("AB", teams, (ids[:3], ids[3:]), strict=True):
        guest = _account(store, team[Role.ATTENDEE])
        yield Reader(f"an attendee of {letter}", guest, {}, open_to_all | {*here})
        for role in (Role.ORGANIZER, Role.STAFF):
            roles = dict.fromkeys(here, role)
            actor = _account(store, team[role])
            yield Reader(f"{role} of {letter}", actor, roles, open_to_all)
        if letter == "A":
            cohost = _account(store, team[Role.COHOST])
            roles = dict.fromkeys(here, Role.COHOST)
            for granted in ((), *((each,) for each in GRANTABLE)):
                name = f"co-host of A with {', '.join(granted) or 'no grant'}"
                yield Reader(name, cohost, roles, open_to_all, granted)


def _account(store: Store, account_id: UUID) -> Actor:
    here = Actor(ActorKind.ACCOUNT, account_id, "Somebody", Role.ATTENDEE, store.device_id)
    actor: Actor = who_am_i(store, here)
    return actor


ADMIN = Reader("the program", SYSTEM, {}, frozenset())
