"""An event as a template: everything that was set up comes along, and nobody's bookings."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, insert, select, update

from data.schema import (
    BookingRow,
    CheckInListRow,
    CheckInListTypeRow,
    DiscountRow,
    DiscountTypeRow,
    EventRow,
    GateRow,
    InvitationRow,
    QuestionRow,
    RoomRow,
    SeatRow,
    SeatSectionRow,
    SessionRow,
    SessionSpeakerRow,
    SponsorRow,
    TicketRow,
    TicketTypeRow,
    TicketTypeSessionRow,
    VenueRow,
)
from data.store import Store
from eventdesk.acts import SYSTEM, Role
from eventdesk.core.errors import NotAllowedError
from eventdesk.core.ids import new_id
from eventdesk.events import (
    EventChanges,
    EventState,
    NewRoom,
    NewVenue,
    Visibility,
    add_room,
    add_venue,
    change_event,
    event_detail,
    invite,
)
from eventdesk.exchange import duplicate_event
from eventdesk.programme import (
    NewSession,
    NewSpeaker,
    NewSponsor,
    add_session,
    add_speaker,
    add_sponsor,
    read_programme,
)
from tests.build import NOON, Fair, make_fair
from tests.events.organizing import person
from tests.people import make_staff

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def template(store: Store) -> Fair:
    """An event with everything an organizer can set up, and with guests."""
    fair = make_fair(store)
    event_id, start = fair.event.id, fair.event.starts_at + timedelta(hours=7)
    venue = add_venue(store, SYSTEM.at(NOON), event_id, NewVenue("Old Mill", "Mill Lane"))
    room = add_room(store, SYSTEM.at(NOON), event_id, NewRoom(venue.id, "Hall", 50))
    grace = add_speaker(store, SYSTEM.at(NOON), event_id, NewSpeaker("Grace"))
    add_sponsor(store, SYSTEM.at(NOON), event_id, NewSponsor("Bert", on_badges=True))
    new = NewSession(
        "Talk", start, start + timedelta(hours=1), room.id, speaker_ids=(grace.id,), tags=("A",)
    )
    talk = add_session(store, SYSTEM.at(NOON), event_id, new).session
    changes = EventChanges(cancel_until=start, hold_minutes=33, visibility=Visibility.PRIVATE)
    change_event(store, SYSTEM.at(NOON), event_id, changes)
    invite(store, SYSTEM.at(NOON), event_id, ["gus@example.org"])
    fair.list("VIP lounge", ticket_type_ids=frozenset({fair.vip}))
    _put_in_more(store, event_id, fair.vip, talk.id)
    booked = fair.sell_all(["Ada", "Bob"])
    with store.write() as connection:
        connection.execute(update(SeatRow).values(ticket_id=booked.ticket_ids[0]))
    return fair


def _put_in_more(store: Store, event_id: UUID, vip: UUID, talk: UUID) -> None:
    section, code, first, second = (new_id() for _ in range(4))
    with store.write() as connection:
        rows: list[tuple[Any, dict[str, Any]]] = [
            (SeatSectionRow, {"id": section, "name": "Stalls", "position": 1}),
            (
                SeatRow,
                {"id": new_id(), "section_id": section, "label": "A-1", "row_name": "A"}
                | {"row_no": 1, "column_no": 1, "blocked": False},
            ),
            (
                DiscountRow,
                {"id": code, "code": "EARLY", "kind": "percent", "value": 1000}
                | {"active": True, "note": "", "created_at": NOON, "valid_until": NOON},
            ),
            # The first question depends on one that comes after it.
            (QuestionRow, _question(second, "Which?", None)),
            (QuestionRow, _question(first, "Diet?", second)),
        ]
        for table, values in rows:
            connection.execute(insert(table).values(event_id=event_id, **values))
        links: list[tuple[Any, dict[str, Any]]] = [
            (DiscountTypeRow, {"discount_id": code, "ticket_type_id": vip}),
            (TicketTypeSessionRow, {"ticket_type_id": vip, "session_id": talk}),
        ]
        for table, values in links:
            connection.execute(insert(table).values(**values))
        kind = update(TicketTypeRow).where(TicketTypeRow.id == vip)
        connection.execute(kind.values(section_id=section))


def _question(question_id: UUID, text: str, depends_on: UUID | None) -> dict[str, Any]:
    same = {"kind": "text", "required": False, "choices": [], "position": 1, "active": True}
    return {"id": question_id, "text": text, "depends_on": depends_on, "depends_value": "x", **same}


def count(store: Store, table: Any, event_id: UUID) -> int:
    with store.read() as connection:
        return connection.execute(
            select(func.count()).select_from(table).where(table.event_id == event_id)
        ).scalar_one()


def test_all_that_was_set_up_comes_along_and_nobody_who_booked(template: Fair) -> None:
    store = template.store
    made = duplicate_event(
        store, SYSTEM.at(NOON), template.event.id, starts_at=template.event.starts_at
    )
    parts: tuple[Any, ...] = (
        *(VenueRow, RoomRow, SessionRow, SponsorRow, SeatSectionRow, SeatRow, TicketTypeRow),
        *(DiscountRow, QuestionRow, CheckInListRow, GateRow),
    )
    for table in parts:
        had = count(store, table, template.event.id)
        assert had > 0, table
        assert count(store, table, made.id) == had, table
    personal: tuple[Any, ...] = (BookingRow, TicketRow, InvitationRow)
    for table in personal:
        assert count(store, table, template.event.id) > 0
        assert count(store, table, made.id) == 0
    detail = event_detail(store, SYSTEM.at(NOON), made.id)
    assert (detail.state, detail.name) == (EventState.DRAFT, "Demo Days")
    assert detail.rules.hold_minutes == 33
    assert detail.published_at is None
    old = event_detail(store, SYSTEM.at(NOON), template.event.id)
    assert detail.code != old.code
    assert detail.access_code not in ("", old.access_code)


def test_the_parts_of_a_copy_belong_to_each_other_and_not_to_the_template(template: Fair) -> None:
    store = template.store
    made = duplicate_event(
        store, SYSTEM.at(NOON), template.event.id, starts_at=template.event.starts_at
    )
    programme = read_programme(store, SYSTEM.at(NOON), made.id)
    (session,), (room,), (venue,) = programme.sessions, programme.rooms, programme.venues
    assert session.room_id == room.id
    assert room.venue_id == venue.id
    assert programme.event.venue == venue
    assert session.speakers == ((programme.speakers[0].id, "Grace"),)
    old = read_programme(store, SYSTEM.at(NOON), template.event.id)
    assert {session.id, room.id, venue.id}.isdisjoint(
        {old.sessions[0].id, old.rooms[0].id, old.venues[0].id}
    )
    with store.read() as connection:
        for link, part, column in (
            (SessionSpeakerRow, SessionRow, SessionSpeakerRow.session_id),
            (TicketTypeSessionRow, TicketTypeRow, TicketTypeSessionRow.ticket_type_id),
            (DiscountTypeRow, DiscountRow, DiscountTypeRow.discount_id),
            (CheckInListTypeRow, CheckInListRow, CheckInListTypeRow.list_id),
        ):
            tied = select(func.count()).select_from(link).join(part, part.id == column)
            assert connection.execute(tied.where(part.event_id == made.id)).scalar_one() == 1
        seat = connection.execute(
            select(SeatRow.ticket_id, SeatRow.section_id).where(SeatRow.event_id == made.id)
        ).one()
        sections = connection.execute(
            select(SeatSectionRow.id).where(SeatSectionRow.event_id == made.id)
        ).scalars()
        questions = connection.execute(
            select(QuestionRow.id, QuestionRow.depends_on).where(QuestionRow.event_id == made.id)
        ).all()
    assert seat.ticket_id is None
    assert seat.section_id in set(sections)
    assert {row.depends_on for row in questions} - {None} < {row.id for row in questions}


def test_everything_moves_by_the_clock_on_the_wall(template: Fair) -> None:
    winter = datetime(2026, 12, 7, 0, 0, tzinfo=BERLIN).astimezone(UTC)
    before = read_programme(template.store, SYSTEM.at(NOON), template.event.id)
    offset = before.event.starts_at.astimezone(BERLIN).hour
    made = duplicate_event(
        template.store,
        SYSTEM.at(NOON),
        template.event.id,
        starts_at=winter + timedelta(hours=offset),
        name="Winter Days",
    )
    after = read_programme(template.store, SYSTEM.at(NOON), made.id)
    assert after.event.name == "Winter Days"
    for old, new in (
        (before.sessions[0].starts_at, after.sessions[0].starts_at),
        (before.event.ends_at, after.event.ends_at),
        (before.event.rules.cancel_until, after.event.rules.cancel_until),
    ):
        assert old is not None
        assert new is not None
        local = [one.astimezone(BERLIN).replace(tzinfo=None) for one in (old, new)]
        assert local[1] - local[0] == timedelta(days=189)
    assert all(not conflicts for conflicts in after.conflicts.values())


def test_the_copy_belongs_to_whoever_made_it(template: Fair) -> None:
    store = template.store
    stranger = person(store, "Sam Stranger")
    with pytest.raises(NotAllowedError):
        duplicate_event(store, stranger.at(NOON), template.event.id, starts_at=NOON)
    admin = person(store, "Ada Admin", is_admin=True)
    made = duplicate_event(store, admin.at(NOON), template.event.id, starts_at=NOON)
    assert event_detail(store, admin.at(NOON), made.id).owner_name == "Ada Admin"
    with store.read() as connection:
        numbers = connection.execute(select(EventRow.number)).scalars().all()
    assert len(set(numbers)) == len(numbers)


def test_terms_that_only_admins_set_go_along_with_admins_only(template: Fair) -> None:
    store = template.store
    organizer = make_staff(template, Role.ORGANIZER)
    admin = person(store, "Ada Admin", is_admin=True)
    with store.write() as connection:
        connection.execute(update(EventRow).values(commission_bp=50))
    for actor, expected in ((organizer, None), (admin, 50), (SYSTEM, 50)):
        made = duplicate_event(store, actor.at(NOON), template.event.id, starts_at=NOON)
        with store.read() as connection:
            kept = select(EventRow.commission_bp).where(EventRow.id == made.id)
            assert connection.execute(kept).scalar_one() == expected
