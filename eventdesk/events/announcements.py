"""Announcements: sent by the team of an event, handed to its guests as notices.

Sending hands an announcement to the first guests. The rest follow in small transactions, by the
command that sent it or by the spooler, so that a door never waits behind a hundred thousand
notices. How far it has come is kept in the store, so that nobody is told twice.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, exists, false, func, select, union

from data.rows import AnyRow, begins, count_rows, insert_row, update_row, view_from
from data.schema import (
    AccountRow,
    AdmissionRow,
    AnnouncementRow,
    BookingRow,
    DeliveryRow,
    NoticeRow,
    ProfileRow,
    SessionRow,
    TicketRow,
    TicketTypeRow,
    TicketTypeSessionRow,
    WaitlistEntryRow,
)
from eventdesk.acts import (
    Act,
    Permission,
    Steps,
    Topic,
    event_of,
    event_row,
    goes_by_mail,
    reads,
    steps,
    writes,
)
from eventdesk.core.errors import InvalidInputError, NotFoundError, need_found
from eventdesk.core.folding import fold
from eventdesk.core.ids import new_id
from eventdesk.core.messages import _, msg
from eventdesk.core.remedies import Remedy, advise
from eventdesk.events.announcement import (
    CHOSEN,
    AnnouncementHold,
    AnnouncementView,
    Audience,
    NewAnnouncement,
    Reach,
    ToldView,
)
from eventdesk.events.each_event import each_by_itself
from eventdesk.events.event_notices import guests_of, listeners_of
from eventdesk.events.presence import by_a_door

KIND: Final = "announcement"

WAITING: Final = ("queued", "leased", "paused")
"""The states of mails that are not out."""

AT_ONCE: Final = 500
"""Accounts gone through in one transaction."""

TWICE: Final = timedelta(minutes=10)
"""Time within which the same words to the same people are refused as a second key press."""


@reads(Permission.MESSAGES, about="event_id")
def announcement_reach(
    act: Act, event_id: UUID, new: NewAnnouncement
) -> tuple[NewAnnouncement, Reach]:
    """Read whom an announcement would reach, and how it would read; nothing is sent.

    Raises:
        InvalidInputError: No title, no text, too long, or nobody was chosen.
    """
    kept = new.cleaned()
    act.need(event_id, Permission.MESSAGES)
    _need_chosen(act.connection, event_id, kept)
    people = act.connection.execute(_people(event_id, kept.audience, kept.chosen)).all()
    silenced = sum(KIND in (each.silenced or ()) for each in people)
    without = act.connection.execute(
        select(func.count())
        .select_from(TicketRow)
        .join(BookingRow, BookingRow.id == TicketRow.booking_id)
        .where(
            *tickets_of_audience(event_id, kept.audience, kept.chosen),
            TicketRow.account_id.is_(None),
            BookingRow.account_id.is_(None),
        )
    ).scalar_one()
    return kept, Reach(
        len(people) - silenced, silenced, without, by_mail=goes_by_mail(act.connection)
    )


@writes(Permission.MESSAGES, about="event_id")
def send_announcement(act: Act, event_id: UUID, new: NewAnnouncement) -> AnnouncementView:
    """Send an announcement; guests beyond the first `AT_ONCE` get it within seconds.

    Raises:
        InvalidInputError: No title, no text, too long, nobody was chosen, or the same was sent
            a moment ago.
    """
    kept = new.cleaned()
    here = act.need(event_id, Permission.MESSAGES)
    _need_chosen(act.connection, event_id, kept)
    chosen = [str(each) for each in kept.chosen]
    _need_new(act, event_id, kept, chosen)
    announcement_id = new_id()
    known = select(AccountRow.id).where(AccountRow.id == here.id)
    insert_row(
        act.connection,
        AnnouncementRow,
        id=announcement_id,
        event_id=event_id,
        title=kept.title,
        body=kept.text,
        audience=kept.audience.value,
        chosen=chosen,
        sent_at=act.now,
        sent_by=act.connection.execute(known).scalar_one_or_none(),
        told=0,
    )
    sent = select(AnnouncementRow.__table__).where(AnnouncementRow.id == announcement_id)
    row = act.connection.execute(sent).one()
    people = _left(act.connection, row, most=AT_ONCE + 1)
    some = people[:AT_ONCE]
    _tell(act, row, some, last=len(some) == len(people))
    said = {"title": kept.title, "audience": kept.audience.value}
    act.record("send_announcement", (KIND, announcement_id), event_id=event_id, **said)
    return _views(act.connection, AnnouncementRow.id == announcement_id)[0]


@reads(Permission.MESSAGES, about="event_id")
def list_announcements(
    act: Act, event_id: UUID, *, offset: int = 0, limit: int = 50
) -> tuple[list[AnnouncementView], int]:
    """Read a page of what was sent, the latest first, and how many there are."""
    here = AnnouncementRow.event_id == event_id
    act.need(event_id, Permission.MESSAGES)
    event_row(act.connection, event_id)
    return _views(act.connection, here, offset=offset, limit=limit), count_rows(
        act.connection, here
    )


@reads(Permission.MESSAGES, about=event_of(AnnouncementRow, "announcement_id"))
def list_told(
    act: Act, announcement_id: UUID, *, search: str = "", offset: int = 0, limit: int = 50
) -> tuple[list[ToldView], int]:
    """Read a page of who got an announcement, and how many: first who read it, the latest first.

    Args:
        search: The beginning of a name, without accents.
    """
    sent = need_found(
        act.connection.execute(
            select(AnnouncementRow.event_id).where(AnnouncementRow.id == announcement_id)
        ).scalar_one_or_none(),
        msg("There is no such announcement."),
    )
    act.need(sent, Permission.MESSAGES)
    told = [
        NoticeRow.subject_kind == KIND,
        NoticeRow.subject_id == announcement_id,
        AccountRow.id == NoticeRow.account_id,
        begins(AccountRow.folded_name, fold(search)),
    ]
    total = act.connection.execute(select(func.count()).where(*told)).scalar_one()
    rows = act.connection.execute(
        select(AccountRow.id, AccountRow.name, AccountRow.email, NoticeRow.read_at)
        .where(*told)
        .order_by(NoticeRow.read_at.is_(None), NoticeRow.read_at.desc(), AccountRow.folded_name)
        .limit(limit)
        .offset(offset)
    ).all()
    return [view_from(ToldView, row) for row in rows], total


@steps(internal=True)
def hand_out(steps: Steps) -> int:
    """Go on with every announcement that some guests lack; returns how many were told."""
    with steps.read() as act:
        unfinished = act.connection.execute(
            select(AnnouncementRow.__table__)
            .where(AnnouncementRow.finished_at.is_(None), AnnouncementRow.hold == "")
            .order_by(AnnouncementRow.sent_at)
        ).all()

    def go_on(event_id: UUID) -> int:
        here = [row for row in unfinished if row.event_id == event_id]
        return sum(_go_on(steps, row) for row in here)

    events = dict.fromkeys(row.event_id for row in unfinished)
    return each_by_itself(steps, events, go_on, chore=msg("announcement"))


def _go_on(steps: Steps, row: AnyRow) -> int:
    with steps.read() as act:
        people = _left(act.connection, row)
    told, through = 0, row.told_through
    for start in range(0, len(people), AT_ONCE):
        some = people[start : start + AT_ONCE]
        with steps.write() as act:
            if not _is_at(act.connection, row.id, through):
                break  # another program goes on with it
            told += _tell(act, row, some, last=start + AT_ONCE >= len(people))
        through = some[-1].id
    if not people:
        with steps.write() as act:
            _tell(act, row, (), last=True)
    return told


def _left(connection: Connection, row: AnyRow, *, most: int | None = None) -> Sequence[Any]:
    """Accounts still to be told, with the kinds they silenced, in the order of their ids."""
    chosen = tuple(UUID(each) for each in row.chosen)
    people = _people(row.event_id, Audience(row.audience), chosen)
    people = people.order_by(AccountRow.id).limit(most)
    if row.told_through is not None:
        people = people.where(AccountRow.id > row.told_through)
    return connection.execute(people).all()


def _is_at(connection: Connection, announcement_id: UUID, through: UUID | None) -> bool:
    """Whether an announcement is unfinished and has come just as far as this account."""
    unfinished = (AnnouncementRow.id == announcement_id) & AnnouncementRow.finished_at.is_(None)
    here = AnnouncementRow.told_through == through, AnnouncementRow.hold == ""
    return count_rows(connection, unfinished, *here) > 0


def _tell(act: Act, row: AnyRow, people: Sequence[Any], *, last: bool) -> int:
    """Hand it to some accounts and note how far it has come; returns how many were told."""
    act.touch(Topic.ACCOUNTS, row.event_id)
    told = [each.id for each in people if KIND not in (each.silenced or ())]
    subject = (KIND, row.id)
    act.tell_all(told, KIND, row.title, row.body, event_id=row.event_id, subject=subject)
    values: dict[str, Any] = {"told": AnnouncementRow.told + len(told)}
    if people:
        values["told_through"] = people[-1].id
    if last:
        values["finished_at"] = act.now
    update_row(act.connection, AnnouncementRow, row.id, **values)
    return len(told)


def _people(event_id: UUID, audience: Audience, chosen: Sequence[UUID]) -> Select[UUID, list[str]]:
    """The open accounts an announcement is for, with the kinds of notices they silenced."""
    people = select(AccountRow.id, ProfileRow.silenced)
    return people.outerjoin(ProfileRow, ProfileRow.account_id == AccountRow.id).where(
        AccountRow.id.in_(_accounts(event_id, audience, chosen)),
        AccountRow.banned_at.is_(None),
        AccountRow.erased_at.is_(None),
    )


def _accounts(event_id: UUID, audience: Audience, chosen: Sequence[UUID]) -> Select[Any]:
    """The accounts an audience is made of."""
    if audience is Audience.ALL:
        return guests_of(event_id)
    if audience is Audience.WAITING:
        return select(WaitlistEntryRow.account_id).where(
            WaitlistEntryRow.event_id == event_id,
            WaitlistEntryRow.state.in_(("waiting", "offered")),
        )
    holders = (
        select(func.coalesce(TicketRow.account_id, BookingRow.account_id).label("account_id"))
        .join(BookingRow, BookingRow.id == TicketRow.booking_id)
        .where(*tickets_of_audience(event_id, audience, chosen))
    )
    if audience is not Audience.SESSIONS:
        return holders
    people = union(holders, listeners_of(chosen)).subquery()
    return select(people.c.account_id)


def tickets_of_audience(
    event_id: UUID, audience: Audience, chosen: Sequence[UUID]
) -> tuple[ColumnElement[bool], ...]:
    """Conditions on the valid tickets of an audience, joined with their bookings."""
    valid = (TicketRow.event_id == event_id, TicketRow.state == "valid")
    came = exists().where(AdmissionRow.ticket_id == TicketRow.id, by_a_door())
    for_them = select(TicketTypeSessionRow.ticket_type_id).where(
        TicketTypeSessionRow.session_id.in_(chosen)
    )
    narrower: dict[Audience, ColumnElement[bool]] = {
        Audience.TYPES: TicketRow.ticket_type_id.in_(chosen),
        Audience.SESSIONS: TicketRow.ticket_type_id.in_(for_them),
        Audience.CAME: came,
        Audience.AWAITED: ~came,
        Audience.UNPAID: BookingRow.state == "pending",
        Audience.WAITING: false(),
    }
    return (*valid, narrower[audience]) if audience in narrower else valid


def _need_chosen(connection: Connection, event_id: UUID, new: NewAnnouncement) -> None:
    """Require that the chosen types or sessions are of this event."""
    event_row(connection, event_id)
    if new.audience not in CHOSEN:
        return
    row = TicketTypeRow if new.audience is Audience.TYPES else SessionRow
    known = set(connection.execute(select(row.id).where(row.event_id == event_id)).scalars())
    if not known.issuperset(new.chosen):
        refusal = msg("There is no such session here.")
        if new.audience is Audience.TYPES:
            refusal = msg("There is no such ticket type here.")
        raise NotFoundError(refusal, hint=advise(Remedy.READ_AGAIN))


def _need_new(act: Act, event_id: UUID, new: NewAnnouncement, chosen: list[str]) -> None:
    same = act.connection.execute(
        select(AnnouncementRow.chosen).where(
            AnnouncementRow.event_id == event_id,
            AnnouncementRow.title == new.title,
            AnnouncementRow.body == new.text,
            AnnouncementRow.audience == new.audience.value,
            AnnouncementRow.sent_at > act.now - TWICE,
        )
    ).scalars()
    if chosen in list(same):
        raise InvalidInputError(
            msg("The same announcement was sent a moment ago."),
            hint=msg("Look at what was sent; change the words to send another one."),
        )


def _mails(*where: ColumnElement[bool]) -> Any:
    """How many mails of an announcement were queued, or of those that are like that."""
    mails = select(func.count()).where(DeliveryRow.announcement_id == AnnouncementRow.id, *where)
    return mails.scalar_subquery()


def _views(
    connection: Connection, where: ColumnElement[bool], *, offset: int = 0, limit: int = 1
) -> list[AnnouncementView]:
    read = (
        select(func.count())
        .where(
            NoticeRow.subject_kind == KIND,
            NoticeRow.subject_id == AnnouncementRow.id,
            NoticeRow.read_at.is_not(None),
        )
        .scalar_subquery()
    )
    rows = connection.execute(
        select(
            AnnouncementRow.__table__,
            func.coalesce(AccountRow.name, "").label("sender"),
            read.label("seen"),
            _mails().label("mails"),
            _mails(~DeliveryRow.state.in_(WAITING)).label("mailed"),
        )
        .outerjoin(AccountRow, AccountRow.id == AnnouncementRow.sent_by)
        .where(where)
        .order_by(AnnouncementRow.sent_at.desc(), AnnouncementRow.id.desc())
        .limit(limit)
        .offset(offset)
    ).all()
    ids = {UUID(each) for row in rows for each in row.chosen}
    names: dict[UUID, str] = {}
    if ids:
        for named in (
            select(TicketTypeRow.id, TicketTypeRow.name).where(TicketTypeRow.id.in_(ids)),
            select(SessionRow.id, SessionRow.title).where(SessionRow.id.in_(ids)),
        ):
            names.update((row[0], row[1]) for row in connection.execute(named))
    return [
        view_from(
            AnnouncementView,
            row,
            text=row.body,
            audience=Audience(row.audience),
            names=tuple(names.get(UUID(each), _("(removed)")) for each in row.chosen),
            sent_by=row.sender,
            read=row.seen,
            hold=AnnouncementHold(row.hold),
        )
        for row in rows
    ]
