"""A mail is composed when it is sent: to whom, in which words, with which papers.

The queue names what it is about; names, addresses and codes are read here, so that what was
corrected meanwhile goes out right, and what was erased goes nowhere.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, select

from data.rows import AnyRow
from data.schema import (
    AccountRow,
    AnnouncementRow,
    BookingRow,
    EventRow,
    MailTextRow,
    NoticeRow,
    ProfileRow,
    TicketRow,
    VenueRow,
)
from data.store import Store
from eventdesk.accounts import CODE_LIFE, mailed_code
from eventdesk.acts import SYSTEM, Act, Steps
from eventdesk.booking import MyTicket, link_of, papers_of, tickets_of, was_handed_on
from eventdesk.core.booking_links import link_address
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.formats import money
from eventdesk.core.messages import _, kept_text, reader, reading
from eventdesk.core.money import Money
from eventdesk.core.plain_text import file_name, plain
from eventdesk.core.wall_clock import spoken, spoken_period
from eventdesk.documents.calendar import CalendarEntry, Party, invitation_of
from eventdesk.events import CalendarChange, calendar_changes
from eventdesk.integrations.mail.addresses import mailbox_of
from eventdesk.integrations.mail.letter import Invite, Letter, Part
from eventdesk.mailing.addressee import Addressee
from eventdesk.mailing.chosen import chosen_by
from eventdesk.mailing.invited import (
    bookings_at,
    invited,
    is_theirs,
    place_of,
    sessions_of,
    signed_up,
)
from eventdesk.mailing.looks import MAX_SHOWN, as_html, cid_of
from eventdesk.mailing.queueing import BULK, LINK
from eventdesk.mailing.stops import is_stopped, stop_address, stop_of_account, stop_of_address
from eventdesk.mailing.wording import (
    DISPENSABLE,
    MailKind,
    Wording,
    Words,
    filled_in,
    ready_wording,
)
from eventdesk.money import balance
from eventdesk.services import Outgoing

MAX_NAMED: Final = 50
"""Most tickets that are named in the text of a mail."""

MOVES: Final = frozenset({MailKind.CHANGE, MailKind.CANCELLATION})
"""Mails that change what the tickets before put into a calendar."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a mail is made of, as it was read.

    Attributes:
        said: What happened; empty where the mail itself says it.
        own: How the organizers of the event changed the words.
        stop: What ends mails that are not needed; "" where this one is.
        link: What opens the booking; "" where its owner signs in.
        types: The types of the valid tickets of who gets it.
        sessions: The sessions that those are for, and those somebody signed up for.
        due: What is to be paid of the booking yet; None is nothing.
        pay_until: Until when; None is whenever.
        moves: The bookings whose entries in a calendar the mail brings or changes.
        about: The ticket that it is about; None is none alone.
        entries: The entries that it brings or changes, as they are now.
    """

    kind: MailKind
    to: Addressee
    said: Mapping[str, str]
    event: AnyRow | None
    language: str
    own: Wording | None = None
    booking_code: str = ""
    tickets: tuple[MyTicket, ...] = ()
    stop: str = ""
    link: str = ""
    types: tuple[str, ...] = ()
    sessions: tuple[str, ...] = ()
    due: Money | None = None
    pay_until: datetime | None = None
    moves: tuple[UUID, ...] = ()
    about: UUID | None = None
    entries: tuple[CalendarEntry, ...] = ()
    now: datetime = field(kw_only=True)


def letter_for(
    store: Store, job: Outgoing, *, pages: str = "", sender: Party | None = None
) -> Letter | None:
    """Compose a mail; None where it needs not go any more.

    Args:
        store: Where it is read from.
        job: The delivery.
        pages: Where the house serves its pages; "" leaves out what leads there.
        sender: Whom it comes from, who invites; None invites nobody.

    Raises:
        InvalidInputError: Its wording cannot be used.
    """
    code = _code_for(store, job) if job.payload.get("mail") == MailKind.CODE else ""
    steps = Steps(store, SYSTEM)
    changes: Mapping[UUID, CalendarChange] = {}
    if job.event_id is not None and sender is not None:
        with steps.read() as act:
            sessions = sessions_of(act, job)
        # Counted before it is read: so an entry is never older than its number.
        changes = calendar_changes(steps, events=[job.event_id], sessions=sessions)
    with steps.read() as act:
        facts = _of_account(act, job, code) if code else _read(act, job)
        if facts is not None and facts.event is not None and facts.event.id in changes:
            with reading(facts.language):
                change, about = changes[facts.event.id], facts.about
                entries = invited(act, facts.to, facts.event, facts.moves, change, about=about)
                entries += signed_up(act, facts.to, sessions, changes)
            facts = replace(facts, entries=entries)
    return None if facts is None else composed(facts, job.id, pages=pages, sender=sender)


def composed(
    facts: Facts, letter_id: UUID, *, pages: str = "", sender: Party | None = None
) -> Letter:
    """Write the letter of what was read.

    Raises:
        InvalidInputError: Its wording cannot be used.
    """
    with reading(facts.language):
        link = link_address(pages, facts.link) if pages and facts.link else ""
        stop = stop_address(pages, facts.stop) if pages and facts.stop else ""
        words = _words(facts, link)
        footer = _("No more of these mails: {address}", address=stop) if stop else ""
        coded = [each for each in facts.tickets if each.token]
        return Letter(
            id=letter_id,
            to=facts.to.address,
            name=facts.to.name,
            subject=words.subject,
            text=f"{words.text}\n\n{footer}".strip() + "\n",
            html=as_html(words.text, coded, facts.language, footer=footer),
            parts=tuple(_papers(facts, coded)),
            invites=tuple(_invites(facts, sender)) if sender else (),
            language=facts.language,
            unsubscribe=stop,
        )


def _words(facts: Facts, link: str) -> Words:
    event = facts.event
    coded = [each for each in facts.tickets if each.token]
    values = {
        "name": plain(facts.to.name),
        "title": facts.said.get("title", ""),
        "text": facts.said.get("body", ""),
        "booking": facts.booking_code,
        "tickets": "\n".join(map(_ticket_line, coded[:MAX_NAMED])),
        "types": _listed(facts.types or [each.ticket_type for each in facts.tickets]),
        "sessions": _listed(facts.sessions),
        "link": link,
        "due": "" if facts.due is None else money(facts.due),
    }
    if event is not None:
        values |= {
            "event": plain(event.name),
            "when": spoken_period(event.starts_at, event.ends_at, event.time_zone),
            "where": place_of(event),
            "online": plain(event.online_url, limit=2000),
            "until": "" if facts.pay_until is None else spoken(facts.pay_until, event.time_zone),
        }
    return filled_in(facts.own or ready_wording(facts.kind), values)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(map(plain, names)))


def _ticket_line(ticket: MyTicket) -> str:
    parts = (ticket.name, ticket.ticket_type, ticket.seat, ticket.code)
    return "• " + " · ".join(plain(each) for each in parts if each)


# What goes with it


def _papers(facts: Facts, tickets: list[MyTicket]) -> list[Part]:
    """The pictures of the codes, and the tickets as one PDF.

    What needs a library that is not installed is left out: the codes are in the mail all the same.
    """
    if not tickets or facts.event is None:
        return []
    from badges.qr import png

    parts = [
        Part(f"{each.code}.png", "image/png", png(each.token, 6), shown_as=cid_of(each))
        for each in tickets[:MAX_SHOWN]
    ]
    called = f"{facts.event.name} {facts.booking_code}"
    with suppress(InvalidInputError):
        made = papers_of(tickets, called)
        parts.append(Part(made.name, made.media_type, made.content))
    return parts


def _invites(facts: Facts, sender: Party) -> Iterator[Invite]:
    """The entries for a calendar; none where the library for them is not installed."""
    if facts.event is None:
        return
    organizer = replace(sender, name=sender.name or facts.event.name)
    guest = Party(str(mailbox_of(facts.to.address)), facts.to.name)
    name = file_name(f"{facts.event.name} {facts.booking_code}", fallback="calendar")
    with suppress(InvalidInputError):
        for each in facts.entries:
            made = invitation_of(each, organizer, guest, facts.now)
            yield Invite(f"{name}.ics", made.method, made.content)


# What is read


def _read(act: Act, job: Outgoing) -> Facts | None:
    payload = job.payload
    if not payload:  # it was erased meanwhile
        return None
    if "notice" in payload:
        return _of_notice(act, job, UUID(hex=str(payload["notice"])))
    if job.kind == LINK:
        booking_id = UUID(hex=str(payload["booking"]))
        return _of_booking(act, booking_id, MailKind.LINK, None, papers=True)
    said: Any
    if "announcement" in payload:
        kind, said = MailKind.ANNOUNCEMENT, _announced(act, UUID(hex=payload["announcement"]))
    else:
        kind, said = MailKind(str(payload["mail"])), payload.get("said")
    papers = bool(payload.get("papers"))
    if kind is MailKind.CODE:
        return None
    if job.ticket_id is not None:
        return _of_ticket(act, job.ticket_id, kind, said, papers=papers)
    if job.booking_id is not None:
        return _of_booking(act, job.booking_id, kind, said, papers=papers)
    return None


def _code_for(store: Store, job: Outgoing) -> str:
    """Make the one-time code of a mail; "" where who asked does not wait for it any more."""
    if job.account_id is None or store.clock() - job.created_at > CODE_LIFE:
        return ""
    return mailed_code(Steps(store, SYSTEM), job.account_id)


def _of_account(act: Act, job: Outgoing, code: str) -> Facts | None:
    """A mail about somebody's account, with a code."""
    row = act.connection.execute(
        select(AccountRow.email, AccountRow.name, AccountRow.erased_at, ProfileRow.language)
        .outerjoin(ProfileRow, ProfileRow.account_id == AccountRow.id)
        .where(AccountRow.id == job.account_id)
    ).one_or_none()
    if row is None or row.erased_at is not None:
        return None
    to = Addressee(row.email, row.name, job.account_id, row.language or "")
    said = {"title": "", "body": code}
    return _facts(act, MailKind.CODE, to, said, None, None, papers=False)


def _announced(act: Act, announcement_id: UUID) -> Mapping[str, Any]:
    row = act.connection.execute(
        select(AnnouncementRow.title, AnnouncementRow.body).where(
            AnnouncementRow.id == announcement_id
        )
    ).one()
    return {"title": row.title, "body": row.body}


def _of_notice(act: Act, job: Outgoing, notice_id: UUID) -> Facts | None:
    row = act.connection.execute(
        select(
            NoticeRow.__table__,
            AccountRow.email,
            AccountRow.name,
            AccountRow.erased_at,
            ProfileRow.language,
            ProfileRow.silenced,
        )
        .join(AccountRow, AccountRow.id == NoticeRow.account_id)
        .outerjoin(ProfileRow, ProfileRow.account_id == AccountRow.id)
        .where(NoticeRow.id == notice_id)
    ).one_or_none()
    if row is None or row.erased_at is not None:
        return None
    to = Addressee(row.email, row.name, row.account_id, row.language or "")
    said = {"title": row.title, "body": row.body, "said": row.said}
    booking_id = _booking_of(act, row.subject_kind, row.subject_id)
    papers = bool(job.payload.get("papers"))
    kind = MailKind(row.kind)
    if kind in DISPENSABLE and kind.value in (row.silenced or ()):  # since it was queued
        return None
    facts = _facts(act, kind, to, said, row.event_id, booking_id, papers=papers)
    if facts is not None and row.subject_kind == "ticket":
        facts = replace(facts, about=row.subject_id)
    if facts is None or kind not in MOVES or job.kind != BULK:
        return facts
    return replace(facts, moves=bookings_at(act, row.account_id, row.event_id))


def _booking_of(act: Act, kind: str, subject_id: UUID | None) -> UUID | None:
    """The booking that a notice is about: the one of its ticket, where it is about that."""
    if kind != "ticket":
        return subject_id if kind == "booking" else None
    of = select(TicketRow.booking_id).where(TicketRow.id == subject_id)
    return act.connection.execute(of).scalar_one_or_none()


def _of_booking(
    act: Act, booking_id: UUID, kind: MailKind, said: Any, *, papers: bool
) -> Facts | None:
    booking = act.connection.execute(
        select(BookingRow.__table__).where(BookingRow.id == booking_id)
    ).one_or_none()
    if booking is None or booking.account_id is not None or not booking.email:
        return None
    to = Addressee(booking.email, booking.name, booker=True)
    return _facts(act, kind, to, said, booking.event_id, booking_id, papers=papers)


def _of_ticket(
    act: Act, ticket_id: UUID, kind: MailKind, said: Any, *, papers: bool
) -> Facts | None:
    row = act.connection.execute(
        select(TicketRow.__table__).where(TicketRow.id == ticket_id)
    ).one_or_none()
    if row is None or row.account_id is not None or not row.holder_email:
        return None
    to = Addressee(row.holder_email, row.holder_name)
    return _facts(act, kind, to, said, row.event_id, row.booking_id, papers=papers)


def _facts(
    act: Act,
    kind: MailKind,
    to: Addressee,
    said: Any,
    event_id: UUID | None,
    booking_id: UUID | None,
    *,
    papers: bool,
) -> Facts | None:
    if kind in DISPENSABLE and to.account_id is None and is_stopped(act.connection, to.address):
        return None
    event = None if event_id is None else _event(act.connection, event_id)
    spoken = to.language or (event.language if event is not None else "")
    with reading(spoken) if spoken else reading(reader().locale):
        language = reader().language
        words = _said(said)
    booking = None if booking_id is None else _booking(act, booking_id)
    owner = booking is not None and to.booker
    tickets = _tickets(act, to, booking) if papers and booking is not None else ()
    types, sessions = ((), ()) if event_id is None else chosen_by(act, to, event_id, booking)
    asks = booking is not None and booking.state == "pending" and booking.approved
    due = balance(act.connection, booking.id).due if asks and booking is not None else None
    return Facts(
        kind,
        to,
        words,
        event,
        language,
        own=None if event_id is None else own_wording(act.connection, event_id, kind, language),
        booking_code=booking.code if booking is not None else "",
        tickets=tickets,
        stop=_stop(act, kind, to),
        link=link_of(act, booking.id) if owner and booking is not None else "",
        types=types,
        sessions=sessions,
        due=due if due is not None and due.minor > 0 else None,
        pay_until=booking.expires_at if due is not None and booking is not None else None,
        moves=(booking.id,) if booking is not None and (papers or kind in MOVES) else (),
        now=act.now,
    )


def _tickets(act: Act, to: Addressee, booking: AnyRow) -> tuple[MyTicket, ...]:
    """The tickets that are somebody's: all that have no other owner for who booked, else their own.

    A ticket that was handed on is in no mail to who booked: its code is another's.
    """
    booked = to.booker or (to.account_id is not None and booking.account_id == to.account_id)
    rows = act.connection.execute(
        select(
            TicketRow.id,
            TicketRow.account_id,
            TicketRow.holder_email,
            was_handed_on().label("handed_on"),
        ).where(TicketRow.booking_id == booking.id)
    )
    theirs = {row.id for row in rows if is_theirs(row, to, booked=booked)}
    return tuple(each for each in tickets_of(act, booking.id) if each.id in theirs)


def own_wording(
    connection: Connection, event_id: UUID, kind: MailKind, language: str
) -> Wording | None:
    """How the organizers of an event changed a mail; None where they did not."""
    row = connection.execute(
        select(MailTextRow.subject, MailTextRow.text).where(
            MailTextRow.event_id == event_id,
            MailTextRow.kind == kind.value,
            MailTextRow.language == language,
        )
    ).one_or_none()
    return None if row is None else Wording(row.subject, row.text)


def _stop(act: Act, kind: MailKind, to: Addressee) -> str:
    if kind not in DISPENSABLE:
        return ""
    key = act.store.keys.active
    if to.account_id is not None:
        return stop_of_account(key, to.account_id)
    return stop_of_address(key, to.address)


def _said(said: Any) -> Mapping[str, str]:
    if not said:
        return {}
    return {name: kept_text(said.get("said"), name, said[name]) for name in ("title", "body")}


def _event(connection: Connection, event_id: UUID) -> AnyRow | None:
    return connection.execute(
        select(EventRow.__table__, VenueRow.name.label("venue"), VenueRow.address)
        .outerjoin(VenueRow, VenueRow.id == EventRow.venue_id)
        .where(EventRow.id == event_id)
    ).one_or_none()


def _booking(act: Act, booking_id: UUID) -> AnyRow | None:
    return act.connection.execute(
        select(BookingRow.__table__).where(BookingRow.id == booking_id)
    ).one_or_none()
