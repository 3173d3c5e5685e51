"""People and events before the door, in a few words."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from data.schema import AuditRow, NoticeRow
from data.store import Store
from eventdesk.accounts.signing_up import SecretKind, insert_account
from eventdesk.acts import SYSTEM, Actor, ActorKind, Role, Steps
from eventdesk.core.money import Money
from eventdesk.events import NewEvent, change_event, changes_of, create_event
from eventdesk.programme import NewSession, Session, add_session
from eventdesk.sales import NewTicketType, add_ticket_type
from tests.build import NOON

START = NOON + timedelta(days=30)


def person(
    store: Store, name: str, *, kind: SecretKind = "password", is_admin: bool = False
) -> Actor:
    """Make an account and act as its owner; nobody signs in with it."""
    email = f"{name.split(maxsplit=1)[0].casefold()}@example.org"
    with Steps(store, SYSTEM.at(NOON)).write() as act:
        account_id = insert_account(act, email, name, kind=kind, secret_hash="-", is_admin=is_admin)
    return Actor(ActorKind.ACCOUNT, account_id, name, Role.ADMIN if is_admin else Role.ATTENDEE)


@dataclass(frozen=True)
class House:
    """A store with an admin, an organizer with a draft, and a guest."""

    store: Store
    admin: Actor
    organizer: Actor
    guest: Actor
    event_id: UUID

    def change(self, **changes: Any) -> None:
        """Change fields of the event as its organizer."""
        typed = changes_of(changes)
        change_event(self.store, self.organizer.at(NOON), self.event_id, typed)

    def complete(self, **changes: Any) -> "House":
        """Give the draft what it needs to be submitted."""
        self.change(description="What happens here.", **changes)
        kind = NewTicketType("Regular", Money(12000, "EUR"))
        add_ticket_type(self.store, self.organizer.at(NOON), self.event_id, kind)
        return self

    def session(self, title: str = "Talk", after: int = 60, long: int = 60, **more: Any) -> Session:
        """Add a session some minutes after the event began."""
        start = START + timedelta(minutes=after)
        new = NewSession(title, start, start + timedelta(minutes=long), **more)
        saved = add_session(self.store, self.organizer.at(NOON), self.event_id, new)
        return saved.session

    def told(self, actor: Actor) -> list[str]:
        """Titles of what a person was told, the oldest first."""
        with self.store.read() as connection:
            rows = connection.execute(
                select(NoticeRow.title)
                .where(NoticeRow.account_id == actor.id)
                .order_by(NoticeRow.id)
            )
            return list(rows.scalars())

    def recorded(self, verb: str) -> int:
        """How many entries of the audit tell of this act."""
        with self.store.read() as connection:
            return connection.execute(
                select(func.count()).where(AuditRow.verb == verb)
            ).scalar_one()


def make_house(store: Store) -> House:
    """Make the people and the draft."""
    admin = person(store, "Ada Admin", is_admin=True)
    made = person(store, "Olga Organizer")
    guest = person(store, "Gus Guest", kind="pin")
    new = NewEvent("Harbour Summit", START, START + timedelta(days=2), "Europe/Berlin")
    event = create_event(store, made.at(NOON), new)
    organizer = Actor(ActorKind.ACCOUNT, made.id, made.name, Role.ORGANIZER)
    return House(store, admin, organizer, guest, event.id)
