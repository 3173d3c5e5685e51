"""One running use case: who asks, when, in which transaction, and what goes with the commit."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from importlib import import_module
from typing import Final, Self
from uuid import UUID

from sqlalchemy import Connection, bindparam, insert, select

from data.prepared import Prepared
from data.rows import AnyRow
from data.schema import AuditRow, DeliveryRow, EventRow, NoticeRow, ProfileRow, ServiceRow
from data.store import Store
from data.touched import HOUSE, Touched, note_touched
from eventdesk.acts.actor import SYSTEM, Actor, Asked, Permission
from eventdesk.acts.audit_entries import salts_for
from eventdesk.acts.changes import Topic, topic_of
from eventdesk.acts.permission import refusal, standing_at
from eventdesk.acts.refusals import refusals_kept
from eventdesk.acts.request import this_request
from eventdesk.core.errors import NotFoundError
from eventdesk.core.ids import new_id
from eventdesk.core.messages import Message, kept_texts, msg
from eventdesk.core.remedies import Remedy, ShownList, advise

NOTICE_KINDS: Final = (
    *("booking", "offer", "change", "cancellation", "payment", "reminder", "announcement"),
    "account",
)
"""What a notice may be about; people may silence any but `account`, and none with tickets."""

MAILED: Final = "eventdesk.mailing.queueing:queue_told"
"""Who queues mails of what people are told; it takes the act and the tellings."""

PLACES_FREED: Final = "eventdesk.waiting.waitlist_offers:fill"
"""Who gives freed places to those who wait; it takes the act and the event's id."""


@dataclass(frozen=True, slots=True)
class Telling:
    """Something that people were told in an act, for who brings it to them outside, too.

    Attributes:
        title: What a notice says first, as it is kept.
        notices: The notices that were written: account and id.
        papers: Whether the tickets of the booking it is about are theirs from now on.
        to_guests: Whether it is for everybody with a ticket or a booking of the event.
    """

    kind: str
    title: str | Message
    body: str | Message
    event_id: UUID | None
    subject: tuple[str, UUID | None]
    notices: tuple[tuple[UUID, UUID], ...]
    papers: bool = False
    to_guests: bool = False


class _Ending:
    """What an act leaves for its end; shared by its copies."""

    __slots__ = ("freed", "told", "touched")

    def __init__(self) -> None:
        self.touched: dict[Touched, None] = {}
        self.freed: dict[UUID, None] = {}
        self.told: list[Telling] = []

    def put(self, other: "_Ending") -> None:
        """Leave the same as another, in place: who holds a part of it sees that, too."""
        self.touched.clear()
        self.touched.update(other.touched)
        self.freed.clear()
        self.freed.update(other.freed)
        self.told[:] = other.told


class Act:
    """A use case that runs, in its transaction.

    Attributes:
        store: Where everything lives.
        connection: The transaction.
        actor: Who asks, as they came; `need` says who the store knows them to be.
        now: When it happens, aware UTC; all of it at one instant.
        about: The one event it is about; None where it takes the whole house.
        approval: A supervisor's word that came with it.
    """

    __slots__ = ("_ending", "about", "actor", "approval", "connection", "now", "store")

    def __init__(
        self,
        store: Store,
        connection: Connection,
        asked: Actor | Asked,
        *,
        about: UUID | None = None,
    ) -> None:
        """Begin; whoever opened the transaction calls `end` before it commits."""
        if not isinstance(asked, Asked):
            asked = Asked(asked)
        self.store = store
        self.connection = connection
        self.actor = asked.actor
        self.now = asked.now or store.clock()
        self.about = about
        self.approval = asked.approval
        self._ending = _Ending()

    def need(
        self,
        event_id: UUID | None,
        *permissions: Permission,
        owner_id: UUID | None = None,
        only_read: bool = False,
    ) -> Actor:
        """Let only those pass who may do it at this event, as the store knows them now.

        Args:
            event_id: The event; None for what belongs to the installation or to the person.
            permissions: Any one of them is enough.
            owner_id: The account that what is to be changed belongs to; its owner passes.
            only_read: Whether nothing of this event is changed: then the act may be about another.

        Returns:
            The actor as the store knows them here now.

        Raises:
            NotAllowedError: The actor may not, or was banned.
        """
        here = self.known_at(event_id, only_read=only_read)
        if owner_id is not None and here.id == owner_id:
            return here
        elsewhere = event_id is not None and here.event_id not in (None, event_id)
        if elsewhere or not here.may(*permissions):
            raise refusal(self.actor, permissions, here=here)
        return here

    def known_at(self, event_id: UUID | None, *, only_read: bool = False) -> Actor:
        """Say who the actor is at an event: the role there, as the store knows it now.

        Raises:
            NotAllowedError: The account was closed or erased.
            RuntimeError: The act was declared about another event, whose lock it does not hold.
        """
        if not only_read and self.about is not None and event_id not in (None, self.about):
            raise RuntimeError(f"opened about event {self.about}, it asks about {event_id}")
        return standing_at(self.connection, self.actor, event_id)

    def record(
        self,
        verb: str,
        subject: tuple[str, UUID | None],
        *,
        event_id: UUID | None = None,
        **detail: object,
    ) -> None:
        """Write one change into the audit, and tell of it as touched.

        Args:
            verb: What was done, as the use case is called.
            subject: Kind and id of what it was done to.
            event_id: The event it belongs to.
            detail: Plain values that tell what changed; the id of the request is added.
        """
        actor = self.actor
        if request := this_request():
            detail["request"] = request
        self.connection.execute(
            _ENTRY,
            {
                "id": new_id(),
                "at": self.now,
                "actor_kind": actor.kind,
                "actor_id": actor.id,
                "actor_name": actor.name,
                "verb": verb,
                "subject_kind": subject[0],
                "subject_id": subject[1],
                "event_id": event_id,
                "detail": detail,
                "salts": salts_for(detail),
            },
        )
        self.touch(topic_of(subject[0]), event_id)

    def touch(self, topic: Topic, event_id: UUID | None = None) -> None:
        """Tell that something changed at an event, or in the house; the commit brings it along."""
        self._ending.touched[topic.value, event_id or HOUSE] = None

    def tell(
        self,
        account_id: UUID | None,
        kind: str,
        title: str | Message,
        body: str | Message = "",
        *,
        event_id: UUID | None = None,
        subject: tuple[str, UUID | None] = ("", None),
        papers: bool = False,
    ) -> None:
        """Send a person a notice, unless they silenced this kind; without an account, a mail.

        Nobody can silence what brings tickets. A message is read in the language of the person; a
        text stays as it is.

        Args:
            account_id: The person; None is who booked without an account what it is about.
            kind: One of `NOTICE_KINDS`.
            title: What it says first.
            body: What it says below.
            event_id: The event it is about.
            subject: What it leads to.
            papers: Whether the tickets of the booking it is about are theirs from now on.
        """
        told: list[UUID] = []
        if account_id is not None:
            row = self.connection.execute(_SILENCED, {"account": account_id}).scalar_one_or_none()
            if kind != "account" and not papers and kind in (row or ()):
                return
            told = [account_id]
        self.tell_all(told, kind, title, body, event_id=event_id, subject=subject, papers=papers)

    def tell_all(
        self,
        accounts: Sequence[UUID],
        kind: str,
        title: str | Message,
        body: str | Message = "",
        *,
        event_id: UUID | None = None,
        subject: tuple[str, UUID | None] = ("", None),
        papers: bool = False,
        to_guests: bool = False,
    ) -> None:
        """Send several people the same notice; who silenced its kind is none of them.

        Args:
            accounts: The people.
            kind: One of `NOTICE_KINDS`.
            title: What it says first.
            body: What it says below.
            event_id: The event it is about.
            subject: What it leads to.
            papers: Whether the tickets of the booking it is about are theirs from now on.
            to_guests: Whether guests of the event without an account are told, too: by mail.
        """
        if kind not in NOTICE_KINDS:
            raise ValueError(f"no kind of notice: {kind!r}")
        notices = tuple((account_id, new_id()) for account_id in accounts)
        if notices:
            same = {
                "event_id": event_id,
                "kind": kind,
                "said": None,
                **kept_texts(title=title, body=body),
                "subject_kind": subject[0],
                "subject_id": subject[1],
                "created_at": self.now,
            }
            self.connection.execute(
                _NOTICE, [{"id": new, "account_id": one, **same} for one, new in notices]
            )
            self.touch(Topic.ACCOUNTS, event_id)
        telling = Telling(kind, title, body, event_id, subject, notices, papers, to_guests)
        self._ending.told.append(telling)

    def deliver(
        self,
        kind: str,
        delivery_id: UUID,
        *,
        event_id: UUID | None,
        ticket_id: UUID | None = None,
        scan_id: UUID | None = None,
        service_id: UUID | None = None,
        account_id: UUID | None = None,
        booking_id: UUID | None = None,
        payload: Mapping[str, object] | None = None,
        reason: str = "",
        mark: str = "",
        gate_id: UUID | None = None,
        device_id: UUID | None = None,
        held_s: float = 0.0,
    ) -> None:
        """Queue what must leave the house; it leaves once this is committed.

        Args:
            kind: What leaves, such as `badge`.
            delivery_id: What it is called from now on.
            event_id: The event; None where it is of the house.
            ticket_id: Whose badge.
            scan_id: The scan that let its holder in, if one did; undoing it calls the badge off.
            service_id: The service outside that it goes to; None is whichever there is.
            account_id: The person it is for.
            booking_id: The booking it is about.
            payload: What its courier needs besides.
            reason: Why it is printed again.
            mark: What is printed small beside the name.
            gate_id: Where the person stands who waits for it; its printers come first.
            device_id: The machine that asked for it; printers of its own come first.
            held_s: Seconds until it leaves, for who wants to look at it first.
        """
        _QUEUE.run(
            self.connection,
            {
                "id": delivery_id,
                "kind": kind,
                "event_id": event_id,
                "ticket_id": ticket_id,
                "scan_id": scan_id,
                "state": "queued",
                "payload": payload or {},
                "reason": reason,
                "mark": mark,
                "attempts": 0,
                "due_at": self.now + timedelta(seconds=held_s),
                "created_at": self.now,
                "gate_id": gate_id,
                "device_id": device_id,
                "service_id": service_id,
                "account_id": account_id,
                "booking_id": booking_id,
            },
        )
        if scan_id is None:  # else the scan says it
            self.touch(Topic.PRINTING if kind == "badge" else Topic.SERVICES, event_id)

    def freed(self, event_id: UUID) -> None:
        """Say that places of an event may be free; before the commit they go to those who wait."""
        self._ending.freed[event_id] = None

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Undo the block when it raises, with what it told and freed; the transaction stays open.

        What cannot go on, such as a full disk or a signal, may have ended the whole transaction;
        then there is nothing to undo.
        """
        before = _Ending()
        before.put(self._ending)
        self.connection.exec_driver_sql("SAVEPOINT attempt")
        try:
            yield
        except BaseException:
            self._ending.put(before)
            if not self.connection.invalidated and self.connection.connection.in_transaction:
                self.connection.exec_driver_sql("ROLLBACK TO attempt")
                self.connection.exec_driver_sql("RELEASE attempt")
            raise
        self.connection.exec_driver_sql("RELEASE attempt")

    def by(self, actor: Actor) -> "Act":
        """The same act as somebody else does it, in the same transaction."""
        act = copy(self)
        act.actor = actor
        return act

    def as_system(self) -> "Act":
        """The same act as the program itself does it, in the same transaction."""
        return self.by(SYSTEM)

    def at(self, now: datetime) -> "Act":
        """The same act at another instant, in the same transaction."""
        act = copy(self)
        act.now = now
        return act

    def end(self) -> None:
        """Do what belongs before the commit: give freed places on, and note what was touched.

        What people were told is queued as mail, where mail is set up.
        """
        freed, touched, told = self._ending.freed, self._ending.touched, self._ending.told
        while freed:
            event_id = next(iter(freed))
            del freed[event_id]
            hearer(PLACES_FREED)(self, event_id)
        if told and goes_by_mail(self.connection):
            hearer(MAILED)(self, tuple(told))
        if touched:
            note_touched(self.connection, touched)


class ReadingSteps:
    """A use case that only reads, in several transactions or with slow work outside of one.

    Attributes:
        store: Where everything lives.
        asked: Who asks, at the one instant of all steps.
        actor: Who asks, as they came.
        now: When it happens, aware UTC.
        approval: A supervisor's word that came with it.
        about: The one event that its transactions are about, unless they say otherwise.
    """

    __slots__ = ("about", "actor", "approval", "asked", "now", "store")

    def __init__(self, store: Store, asked: Actor | Asked, *, about: UUID | None = None) -> None:
        """Begin; nothing is opened yet."""
        if not isinstance(asked, Asked):
            asked = Asked(asked)
        self.store = store
        self.actor = asked.actor
        self.now = asked.now or store.clock()
        self.approval = asked.approval
        self.asked = asked.at(self.now)
        self.about = about

    @contextmanager
    def read(self) -> Iterator[Act]:
        """Open one read transaction; see `Store.read`."""
        with self.store.read() as connection:
            yield Act(self.store, connection, self.asked)

    def by(self, actor: Actor) -> Self:
        """The same steps as somebody else takes them."""
        return type(self)(self.store, replace(self.asked, actor=actor), about=self.about)

    def at(self, now: datetime) -> Self:
        """The same steps at another instant."""
        return type(self)(self.store, self.asked.at(now), about=self.about)


class Steps(ReadingSteps):
    """A use case of several transactions, or with slow work outside of one, that may write."""

    __slots__ = ()

    @contextmanager
    def write(self, *, about: UUID | None = None) -> Iterator[Act]:
        """Open one write transaction; see `Store.write`.

        Args:
            about: The event it is about; None is the one of the declaration, if there is one.
        """
        about = about or self.about
        kept = refusals_kept(self.store, self.asked)
        with kept, self.store.write(about=about) as connection:
            act = Act(self.store, connection, self.asked, about=about)
            yield act
            act.end()


_ENTRY = insert(AuditRow)
_NOTICE = insert(NoticeRow)
_SILENCED = select(ProfileRow.silenced).where(
    ProfileRow.account_id == bindparam("account", type_=ProfileRow.account_id.type)
)
_QUEUE = Prepared(insert(DeliveryRow))
_MAILS = Prepared(
    select(ServiceRow.id).where(ServiceRow.kind == "mail", ServiceRow.enabled.is_(True)).limit(1)
)


def hearer(named: str) -> Callable[..., object]:
    """The function that `module:function` names: one of an area above, which completes an act."""
    module, _, name = named.partition(":")
    found: Callable[..., object] = getattr(import_module(module), name)
    return found


def goes_by_mail(connection: Connection) -> bool:
    """Whether people are told by mail, too: a mail service is set up and switched on."""
    return _MAILS.one_or_none(connection, {}) is not None


def event_row(connection: Connection, event_id: UUID) -> AnyRow:
    """Read one event with all its columns inside a transaction.

    Raises:
        NotFoundError: There is no such event.
    """
    row = _EVENT.one_or_none(connection, {"event_id": event_id})
    if row is None:
        raise no_such_event()
    return row


def no_such_event() -> NotFoundError:
    """Say that there is no such event, or none that this person may know of."""
    return NotFoundError(
        msg("There is no such event."), hint=advise(Remedy.OPEN_LIST, of=ShownList.EVENTS)
    )


_EVENT: Final = Prepared(
    select(EventRow.__table__).where(EventRow.id == bindparam("event_id", type_=EventRow.id.type))
)
