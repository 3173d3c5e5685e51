"""Who sees which event, and what one finds by typing."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert, update

from data.schema import AccountRow, EventRoleRow, EventRow, TicketTypeRow
from data.store import Store
from eventdesk.acts import SYSTEM, VISITOR, Actor, Role
from eventdesk.booking import NewBooking, NewTicket, book
from eventdesk.core.errors import InvalidInputError, NotAllowedError, NotFoundError
from eventdesk.core.folding import fold
from eventdesk.core.ids import new_id
from eventdesk.core.money import Money
from eventdesk.events import (
    EventChanges,
    NewEvent,
    NewVenue,
    add_venue,
    change_event,
    create_event,
    event_detail,
    events_of_team,
    invite,
    list_invitations,
    publish_event,
    submit_event,
    uninvite,
)
from eventdesk.events.invitations import read_addresses
from eventdesk.sales import NewTicketType, add_ticket_type, browse, offers
from eventdesk.sales.event_browse import categories, event_by_code
from tests.build import NOON
from tests.events.organizing import START, House, make_house, person


@pytest.fixture
def house(store: Store) -> House:
    return make_house(store).complete()


def sees(house: House, actor: Actor, code: str = "") -> bool:
    try:
        event_detail(house.store, actor.at(NOON), house.event_id, code=code)
    except NotFoundError:
        return False
    return True


def found(house: House, actor: Actor, text: str = "", **filters: object) -> list[str]:
    events, total = browse(house.store, actor.at(NOON), text=text, **filters)  # type: ignore[arg-type]
    assert total == len(events)
    return [event.name for event in events]


def publish(house: House, event_id: UUID | None = None) -> None:
    publish_event(house.store, house.admin.at(NOON), event_id or house.event_id)


def test_a_draft_is_for_its_team_and_the_admins(house: House) -> None:
    helper = person(house.store, "Hal Helper")
    assert not sees(house, helper)
    with house.store.write() as connection:
        role = {"event_id": house.event_id, "account_id": helper.id, "role": Role.STAFF}
        connection.execute(insert(EventRoleRow).values(role))
    for actor in (house.organizer, house.admin, helper, SYSTEM):
        assert sees(house, actor)
    assert not sees(house, house.guest)
    assert not sees(house, VISITOR)
    assert found(house, house.organizer) == []


def test_whoever_waits_for_approval_is_not_seen_yet(house: House) -> None:
    submit_event(house.store, house.organizer.at(NOON), house.event_id)
    assert not sees(house, house.guest)


def test_a_public_event_is_seen_by_everybody_without_what_is_for_the_team(house: House) -> None:
    publish(house)
    assert sees(house, VISITOR)
    assert found(house, VISITOR) == found(house, house.guest) == ["Harbour Summit"]
    change_event(house.store, SYSTEM.at(NOON), house.event_id, {"commission_bp": 500})
    seen = event_detail(house.store, house.guest.at(NOON), house.event_id)
    assert (seen.commission_bp, seen.team) == (None, False)
    assert event_detail(house.store, house.organizer.at(NOON), house.event_id).commission_bp == 500


def test_a_private_event_opens_with_its_code_only(house: House) -> None:
    house.change(visibility="private", access_code="swim-2026")
    publish(house)
    assert not sees(house, house.guest)
    assert not sees(house, house.guest, "SWIM2025")
    assert sees(house, house.guest, " swim 2026 ")
    assert sees(house, VISITOR, "swim-2026")
    assert (
        event_detail(house.store, VISITOR.at(NOON), house.event_id, code="swim2026").access_code
        == ""
    )
    assert found(house, house.guest) == []
    assert found(house, house.guest, "harbour") == []
    assert found(house, house.guest, "swim 2026") == ["Harbour Summit"]
    assert event_by_code(house.store, VISITOR.at(NOON), "swim-2026") == house.event_id
    assert event_by_code(house.store, VISITOR.at(NOON), "swim-2027") is None


def test_an_event_by_invitation_is_for_those_on_its_list(house: House) -> None:
    house.change(visibility="invited")
    publish(house)
    uninvited = person(house.store, "Una Uninvited")
    pasted = ["Gus <GUS@example.org>", "new@example.org"]
    done = invite(house.store, house.organizer.at(NOON), house.event_id, pasted)
    assert (done.added, done.known) == (2, 0)
    assert house.told(house.guest) == ["You are invited to Harbour Summit"]
    assert sees(house, house.guest)
    assert found(house, house.guest) == ["Harbour Summit"]
    assert not sees(house, uninvited)
    assert not sees(house, VISITOR)
    assert found(house, uninvited) == found(house, VISITOR) == []
    again = invite(house.store, house.organizer.at(NOON), house.event_id, pasted, vip=True)
    assert (again.added, again.known) == (0, 2)
    assert len(house.told(house.guest)) == 1
    listed, total = list_invitations(house.store, house.organizer, house.event_id, search="gus")
    assert total == 1
    assert [(one.email, one.vip, one.name) for one in listed] == [
        ("gus@example.org", True, "Gus Guest")
    ]
    assert uninvite(house.store, house.organizer.at(NOON), house.event_id, pasted) == 2
    assert not sees(house, house.guest)


def test_whoever_has_a_ticket_sees_the_event_whatever_becomes_of_it(house: House) -> None:
    publish(house)
    (kind,) = (
        offer.ticket_type_id for offer in offers(house.store, SYSTEM.at(NOON), house.event_id)
    )
    one = NewBooking("Gus", "", (NewTicket(kind, "Gus"),), account_id=house.guest.id)
    book(house.store, SYSTEM.at(NOON), house.event_id, [one])
    house.change(visibility="invited")
    assert sees(house, house.guest)
    assert not sees(house, person(house.store, "Nora Nobody"))


def test_a_banned_owner_is_out_and_the_event_stays(house: House) -> None:
    publish(house)
    with house.store.write() as connection:
        connection.execute(
            update(AccountRow).where(AccountRow.id == house.organizer.id).values(banned_at=NOON)
        )
    assert sees(house, house.guest)
    with pytest.raises(NotAllowedError):
        event_detail(house.store, house.organizer.at(NOON), house.event_id)
    with pytest.raises(NotAllowedError):
        browse(house.store, house.organizer.at(NOON))


def test_guests_may_not_invite_nor_read_the_list(house: House) -> None:
    as_organizer = replace(house.guest, role=Role.ORGANIZER)
    for actor in (house.guest, as_organizer):
        with pytest.raises(NotAllowedError):
            invite(house.store, actor.at(NOON), house.event_id, ["a@example.org"])
        with pytest.raises(NotAllowedError):
            list_invitations(house.store, actor, house.event_id)


@pytest.mark.parametrize("wrong", ["not an address", "a@b, oops", "a b@example.org"])
def test_what_is_no_address_is_named(wrong: str) -> None:
    with pytest.raises(InvalidInputError, match="is not an e-mail address"):
        read_addresses(wrong)


def many(house: House) -> dict[str, UUID]:
    """Some published events in several places."""
    places = (
        ("Käsefest", "Alte Mühle", "Mühlweg 1\nMünchen", "Party", 500),
        ("Data Days", "Kongresshalle", "Berlin", "Conference", 24900),
        ("Berlin in Books", "", "", "Meetup", 0),
    )
    made = {}
    for weeks, (name, venue, address, category, price) in enumerate(places, 1):
        start = START + timedelta(weeks=weeks)
        new = NewEvent(name, start, start + timedelta(days=1), "Europe/Berlin", published=True)
        event_id = create_event(house.store, SYSTEM.at(NOON), new).id
        if venue:
            new_venue = NewVenue(venue, address)
            add_venue(house.store, SYSTEM.at(NOON), event_id, new_venue)
        online: EventChanges = {} if venue else {"online_url": "https://example.org/room"}
        change_event(
            house.store,
            SYSTEM.at(NOON),
            event_id,
            {"category": category, "description": f"All about {name} & Überraschungen", **online},
        )
        kind = NewTicketType("Regular", Money(price, "EUR"))
        add_ticket_type(house.store, SYSTEM.at(NOON), event_id, kind)
        made[name] = event_id
    return made


def test_events_are_found_by_words_place_category_date_and_price(house: House) -> None:
    many(house)
    assert found(house, VISITOR) == ["Käsefest", "Data Days", "Berlin in Books"]
    assert found(house, VISITOR, "uberrasch kase") == ["Käsefest"]
    assert found(house, VISITOR, "FEST muhle") == ["Käsefest"]
    assert found(house, VISITOR, "berlin") == ["Data Days", "Berlin in Books"]
    assert found(house, VISITOR, place="berlin") == ["Data Days"]
    assert found(house, VISITOR, place="munchen muhlweg") == ["Käsefest"]
    assert found(house, VISITOR, place="online") == ["Berlin in Books"]
    assert found(house, VISITOR, category="Conference") == ["Data Days"]
    assert found(house, VISITOR, category="CONFERENCE") == ["Data Days"]
    assert found(house, VISITOR, category="conf") == []
    assert found(house, VISITOR, most_minor=500) == ["Käsefest", "Berlin in Books"]
    assert found(house, VISITOR, most_minor=499) == ["Berlin in Books"]
    with house.store.write() as connection:  # 500 JPY, which has no smaller unit
        here = EventRow.name == "Käsefest"
        connection.execute(update(EventRow).where(here).values(currency="JPY", currency_exponent=0))
    assert found(house, VISITOR, most_minor=49_999) == ["Data Days", "Berlin in Books"]
    assert "Käsefest" in found(house, VISITOR, most_minor=50_000)
    week = START + timedelta(weeks=2)
    assert found(house, VISITOR, date_from=week, date_until=week + timedelta(days=1)) == [
        "Data Days"
    ]
    assert found(house, VISITOR, "100%_") == []
    assert [(one.name, one.events) for one in categories(house.store, VISITOR.at(NOON))] == [
        ("Conference", 1),
        ("Meetup", 1),
        ("Party", 1),
    ]


def test_a_card_says_what_the_cheapest_ticket_costs_in_full(house: House) -> None:
    made = many(house)
    event_id = made["Data Days"]
    change_event(house.store, SYSTEM.at(NOON), event_id, {"prices_include_tax": False})
    with house.store.write() as connection:
        connection.execute(
            update(TicketTypeRow)
            .where(TicketTypeRow.event_id == event_id)
            .values(tax_bp=1900, fee_bp=333, fee_minor=49)
        )
    (card,), _total = browse(house.store, VISITOR.at(NOON), text="data days")
    (offer,) = offers(house.store, SYSTEM.at(NOON), event_id)
    assert card.cheapest == Money(offer.price.total_minor, "EUR")
    assert card.place == "Kongresshalle, Berlin"
    with house.store.write() as connection:
        of_event = update(TicketTypeRow).where(TicketTypeRow.event_id == event_id)
        connection.execute(of_event.values(admits=4))
    (card,), _total = browse(house.store, VISITOR.at(NOON), text="data days")
    assert card.cheapest == Money(-(-offer.price.total_minor // 4), "EUR")


def test_pages_are_cut_out_of_thousands(house: House) -> None:
    day = timedelta(days=1)
    with house.store.write() as connection:
        connection.execute(
            insert(EventRow),
            [
                {
                    "id": new_id(),
                    "number": 1000 + index,
                    "code": f"C{index:05d}",
                    "name": f"Talk {index}",
                    "folded_name": fold(f"Talk {index}"),
                    "state": "published",
                    "time_zone": "UTC",
                    "starts_at": START + index * day,
                    "ends_at": START + index * day + day,
                    "currency": "EUR",
                    "currency_exponent": 2,
                    "created_at": NOON,
                }
                for index in range(3000)
            ],
        )
    page, total = browse(house.store, VISITOR.at(NOON), text="talk 29", offset=50, limit=50)
    assert total == sum("29" in str(index) for index in range(3000))
    assert len(page) == 50
    assert [one.name for one in page] == sorted(
        (one.name for one in page), key=lambda name: int(name.split()[1])
    )
    mine, everything = events_of_team(house.store, house.admin.at(NOON), search="talk", limit=20)
    assert (len(mine), everything) == (20, 3000)
    assert mine[0].name == "Talk 2999"


def test_nobody_sees_what_is_not_there(house: House) -> None:
    with pytest.raises(NotFoundError, match="There is no such event"):
        event_detail(house.store, house.admin.at(NOON), uuid4())


def test_what_a_private_event_sells_is_told_to_who_has_its_access_code(house: House) -> None:
    publish(house)
    private = update(EventRow).where(EventRow.id == house.event_id)
    with house.store.write() as connection:
        connection.execute(private.values(visibility="private", access_code="K7QM2X9P"))
    with pytest.raises(NotFoundError):
        offers(house.store, VISITOR.at(NOON), house.event_id)
    assert offers(house.store, VISITOR.at(NOON), house.event_id, access_code="k7qm-2x9p")
