"""The lists of the programme and the door: events, sessions, waitlist, check-ins."""

from typing import Any
from uuid import UUID

from sqlalchemy import case, func, select

from data.schema import (
    AccountRow,
    CheckInListRow,
    EventRoleRow,
    EventRow,
    GateRow,
    RoomRow,
    ScanRow,
    SessionRow,
    SessionSpeakerRow,
    SignUpRow,
    SpeakerRow,
    TicketRow,
    TicketTypeRow,
    VenueRow,
    WaitlistEntryRow,
)
from eventdesk.acts.act import Act
from eventdesk.acts.deadlines import offer_lapsed, takes_place
from eventdesk.door.scan_log import answers_told
from eventdesk.exchange.exports.columns import Rows, as_it_is, at, on_its_clock, streamed
from eventdesk.waiting.waitlist_entry import EntryState


def events(act: Act, team: UUID | None) -> Rows:
    """All events of the house, or those whose team an account is in."""
    tickets = (
        select(func.count())
        .where(TicketRow.event_id == EventRow.id, takes_place(act.now))
        .scalar_subquery()
        .label("tickets")
    )
    query = (
        select(
            *EventRow.__table__.c,
            VenueRow.name.label("venue"),
            AccountRow.email.label("owner"),
            tickets,
        )
        .outerjoin(VenueRow, VenueRow.id == EventRow.venue_id)
        .outerjoin(AccountRow, AccountRow.id == EventRow.owner_id)
        .order_by(EventRow.starts_at, EventRow.id)
    )
    if team is not None:
        mine = select(EventRoleRow.event_id).where(
            EventRoleRow.account_id == team, EventRoleRow.role != "attendee"
        )
        query = query.where(EventRow.id.in_(mine))
    return streamed(
        act.connection,
        None,
        query,
        (
            ("code", as_it_is("code")),
            ("name", as_it_is("name")),
            ("state", as_it_is("state")),
            ("category", as_it_is("category")),
            ("starts", on_its_clock("starts_at")),
            ("ends", on_its_clock("ends_at")),
            ("time zone", as_it_is("time_zone")),
            ("venue", as_it_is("venue")),
            ("online", as_it_is("online_url")),
            ("visibility", as_it_is("visibility")),
            ("capacity", as_it_is("capacity")),
            ("tickets", as_it_is("tickets")),
            ("currency", as_it_is("currency")),
            ("owner", as_it_is("owner")),
        ),
    )


def sessions(act: Act, event: Any) -> Rows:
    """The programme by time."""
    signed_up = select(func.count()).where(SignUpRow.session_id == SessionRow.id).scalar_subquery()
    waiting = (
        select(func.count())
        .where(
            WaitlistEntryRow.session_id == SessionRow.id,
            WaitlistEntryRow.state.in_(("waiting", "offered")),
            ~offer_lapsed(act.now),
        )
        .scalar_subquery()
    )
    query = (
        select(
            *SessionRow.__table__.c,
            RoomRow.name.label("room"),
            signed_up.label("signed_up"),
            waiting.label("waiting"),
        )
        .outerjoin(RoomRow, RoomRow.id == SessionRow.room_id)
        .where(SessionRow.event_id == event.id)
        .order_by(SessionRow.starts_at, SessionRow.id)
    )
    speakers: dict[UUID, list[str]] = {}
    for session_id, name in act.connection.execute(
        select(SessionSpeakerRow.session_id, SpeakerRow.name)
        .join(SpeakerRow, SpeakerRow.id == SessionSpeakerRow.speaker_id)
        .where(SpeakerRow.event_id == event.id)
        .order_by(SessionSpeakerRow.position)
    ):
        speakers.setdefault(session_id, []).append(name)
    return streamed(
        act.connection,
        event,
        query,
        (
            ("title", as_it_is("title")),
            ("speakers", lambda row, _: ", ".join(speakers.get(row.id, ()))),
            ("room", as_it_is("room")),
            ("starts", at("starts_at")),
            ("ends", at("ends_at")),
            ("tags", lambda row, _: ", ".join(row.tags)),
            ("capacity", as_it_is("capacity")),
            ("needs sign-up", as_it_is("sign_up")),
            ("signed up", as_it_is("signed_up")),
            ("waiting", as_it_is("waiting")),
            ("cancelled at", at("cancelled_at")),
            ("description", as_it_is("description")),
        ),
    )


def waitlist(act: Act, event: Any) -> Rows:
    """All who ever waited, in the order in which they joined."""
    query = (
        select(
            *WaitlistEntryRow.__table__.c,
            case(
                (offer_lapsed(act.now), EntryState.EXPIRED.value), else_=WaitlistEntryRow.state
            ).label("state_now"),
            TicketTypeRow.name.label("ticket_type"),
            SessionRow.title.label("session"),
            TicketRow.code.label("ticket"),
        )
        .outerjoin(TicketTypeRow, TicketTypeRow.id == WaitlistEntryRow.ticket_type_id)
        .outerjoin(SessionRow, SessionRow.id == WaitlistEntryRow.session_id)
        .outerjoin(TicketRow, TicketRow.id == WaitlistEntryRow.ticket_id)
        .where(WaitlistEntryRow.event_id == event.id)
        .order_by(WaitlistEntryRow.no)
    )
    return streamed(
        act.connection,
        event,
        query,
        (
            ("number", as_it_is("no")),
            ("name", as_it_is("name")),
            ("email", as_it_is("email")),
            ("ticket type", as_it_is("ticket_type")),
            ("session", as_it_is("session")),
            ("priority", as_it_is("priority")),
            ("state", as_it_is("state_now")),
            ("joined at", at("created_at")),
            ("offered at", at("offered_at")),
            ("offer until", at("offer_until")),
            ("ticket", as_it_is("ticket")),
        ),
    )


def scans(act: Act, event: Any) -> Rows:
    """Every attempt at every door, in the order in which the store wrote it down."""
    query = (
        select(
            *ScanRow.__table__.c,
            CheckInListRow.name.label("list_name"),
            CheckInListRow.questions,
            GateRow.name.label("gate"),
            TicketRow.code.label("ticket"),
            TicketRow.holder_name,
            TicketTypeRow.name.label("ticket_type"),
        )
        .join(CheckInListRow, CheckInListRow.id == ScanRow.list_id)
        .outerjoin(GateRow, GateRow.id == ScanRow.gate_id)
        .outerjoin(TicketRow, TicketRow.id == ScanRow.ticket_id)
        .outerjoin(TicketTypeRow, TicketTypeRow.id == TicketRow.ticket_type_id)
        .where(ScanRow.list_id.in_(
            select(CheckInListRow.id).where(CheckInListRow.event_id == event.id)
        ))
        .order_by(ScanRow.no)
    )  # fmt: skip
    return streamed(
        act.connection,
        event,
        query,
        (
            ("number", as_it_is("no")),
            ("recorded at", at("recorded_at")),
            ("seen at", at("seen_at")),
            ("list", as_it_is("list_name")),
            ("gate", as_it_is("gate")),
            ("direction", as_it_is("direction")),
            ("outcome", as_it_is("outcome")),
            ("reason", as_it_is("reason")),
            ("ticket", as_it_is("ticket")),
            ("name", as_it_is("holder_name")),
            ("ticket type", as_it_is("ticket_type")),
            ("by", as_it_is("actor_name")),
            ("source", as_it_is("source")),
            ("forced", as_it_is("forced")),
            ("forced because", as_it_is("force_reason")),
            ("undone at", at("annulled_at")),
            ("undone by", as_it_is("annulled_by")),
            ("approved by", as_it_is("approved_by")),
            ("answers", lambda row, event: "; ".join(answers_told(row.answers, row.questions))),
        ),
    )
