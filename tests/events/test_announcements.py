"""Announcements: who gets them, how many, once, and who may send them."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update

from data.schema import CheckInListRow, NoticeRow
from data.store import Store
from eventdesk.accounts import change_profile, profile
from eventdesk.accounts.signing_up import insert_account
from eventdesk.acts import (
    SYSTEM,
    Actor,
    ActorKind,
    Permission,
    Role,
    Steps,
    my_notices,
    read_notices,
)
from eventdesk.booking import cancel_booking
from eventdesk.core.errors import InvalidInputError, NotAllowedError, NotFoundError
from eventdesk.door import ScanSource, check_in, find_tickets, undo
from eventdesk.events import (
    Audience,
    NewAnnouncement,
    announcement_reach,
    announcements,
    hand_out,
    list_announcements,
    list_told,
    send_announcement,
)
from eventdesk.waiting import join
from tests.build import NOON, STAFF, Fair
from tests.figures.crowd import EARLY, person, sell_out
from tests.people import make_cohost

LATE = NewAnnouncement("Doors open at ten", "The train is late.\nWe wait for you.")


def guest(fair: Fair, name: str, *, vip: bool = False) -> Actor:
    """Somebody with an account and a ticket."""
    with Steps(fair.store, SYSTEM.at(NOON)).write() as act:
        account_id = insert_account(act, f"{uuid4().hex}@example.org", name, kind="pin")
    fair.sell(name, ticket_type_id=fair.vip if vip else fair.regular, account_id=account_id)
    return Actor(ActorKind.ACCOUNT, account_id, name, Role.ATTENDEE)


def told(fair: Fair, actor: Actor) -> list[str]:
    return [one.title for one in my_notices(fair.store, actor)[0] if one.kind == "announcement"]


def test_everybody_who_has_a_ticket_is_told(fair: Fair) -> None:
    ada, grace = guest(fair, "Ada"), guest(fair, "Grace", vip=True)
    sent = send_announcement(fair.store, SYSTEM.at(NOON), fair.event.id, LATE)
    assert (sent.told, sent.finished_at) == (2, NOON)
    assert told(fair, ada) == told(fair, grace) == ["Doors open at ten"]


def test_only_holders_of_the_chosen_type_are_told(fair: Fair) -> None:
    ada, grace = guest(fair, "Ada"), guest(fair, "Grace", vip=True)
    new = replace(LATE, audience=Audience.TYPES, chosen=(fair.vip,))
    sent = send_announcement(fair.store, SYSTEM.at(NOON), fair.event.id, new)
    assert (sent.told, sent.names) == (1, ("VIP",))
    assert told(fair, ada) == []
    assert told(fair, grace) == ["Doors open at ten"]


def reach(fair: Fair, audience: Audience) -> int:
    new = replace(LATE, audience=audience)
    return announcement_reach(fair.store, SYSTEM.at(NOON), fair.event.id, new)[1].told


def test_those_who_are_there_and_those_who_are_not_get_their_own_words(fair: Fair) -> None:
    ada, grace = guest(fair, "Ada"), guest(fair, "Grace")
    ticket = find_tickets(fair.store, SYSTEM, fair.event.id, "Ada")[0]
    result = check_in(fair.store, STAFF.at(NOON), fair.scan(ticket.code, source=ScanSource.TYPED))
    assert (reach(fair, Audience.CAME), reach(fair, Audience.AWAITED)) == (1, 1)
    new = replace(LATE, audience=Audience.AWAITED)
    sent = send_announcement(fair.store, SYSTEM.at(NOON), fair.event.id, new)
    assert (sent.told, sent.whom) == (1, "Those who have not come yet")
    assert (told(fair, ada), told(fair, grace)) == ([], ["Doors open at ten"])
    assert result.scan_id is not None
    undo(fair.store, SYSTEM.at(NOON), result.scan_id)
    assert (reach(fair, Audience.CAME), reach(fair, Audience.AWAITED)) == (0, 2)


def test_a_badge_that_was_picked_up_does_not_say_that_somebody_came(fair: Fair) -> None:
    guest(fair, "Ada")
    with fair.store.write() as connection:
        connection.execute(
            update(CheckInListRow).where(CheckInListRow.id == fair.door.id).values(kind="badge")
        )
    ticket = find_tickets(fair.store, SYSTEM, fair.event.id, "Ada")[0]
    check_in(fair.store, STAFF.at(NOON), fair.scan(ticket.code, source=ScanSource.TYPED))
    assert (reach(fair, Audience.CAME), reach(fair, Audience.AWAITED)) == (0, 1)


def test_whoever_has_not_paid_is_reached_alone(fair: Fair) -> None:
    guest(fair, "Ada")
    late = guest(fair, "Grace")
    fair.sell_all(["Grace Two"], paid=False, account_id=late.id)
    assert reach(fair, Audience.UNPAID) == 1


def test_those_on_a_waitlist_are_reached_alone(store: Store, fair: Fair) -> None:
    sell_out(fair, fair.regular)
    join(store, person(store, "Bob").at(EARLY), fair.event.id, ticket_type_id=fair.regular)
    assert reach(fair, Audience.WAITING) == 1


def test_nothing_is_chosen_of_a_group(fair: Fair) -> None:
    new = replace(LATE, audience=Audience.CAME, chosen=(fair.vip,))
    with pytest.raises(InvalidInputError, match="not said whom"):
        announcement_reach(fair.store, SYSTEM.at(NOON), fair.event.id, new)


def test_who_read_it_stands_before_who_has_not(fair: Fair) -> None:
    guest(fair, "Ada")
    grace = guest(fair, "Grace")
    sent = send_announcement(fair.store, SYSTEM.at(NOON), fair.event.id, LATE)
    read_notices(fair.store, grace.at(NOON))
    people, total = list_told(fair.store, SYSTEM, sent.id)
    assert total == 2
    assert [(each.name, each.read_at) for each in people] == [("Grace", NOON), ("Ada", None)]
    assert [each.name for each in list_told(fair.store, SYSTEM, sent.id, search="ad")[0]] == ["Ada"]
    nobody = replace(STAFF, id=uuid4())
    with pytest.raises(NotAllowedError):
        list_told(fair.store, nobody, sent.id)


def test_who_cancelled_is_not_told(fair: Fair) -> None:
    ada = guest(fair, "Ada")
    booking = fair.sell("Grace", account_id=ada.id)
    cancel_booking(fair.store, SYSTEM.at(NOON), booking.booking_id, reason="")
    new = replace(LATE, audience=Audience.TYPES, chosen=(fair.vip,))
    assert announcement_reach(fair.store, SYSTEM, fair.event.id, new)[1].told == 0


def test_the_preview_counts_who_silenced_it_and_who_has_no_account(fair: Fair) -> None:
    ada = guest(fair, "Ada")
    guest(fair, "Grace")
    fair.sell_all(["Walk-in", "Another"])
    mine = profile(fair.store, ada).profile
    change_profile(fair.store, ada.at(NOON), replace(mine, silenced=frozenset({"announcement"})))
    _kept, reach = announcement_reach(fair.store, SYSTEM, fair.event.id, LATE)
    assert (reach.told, reach.silenced, reach.without_account) == (1, 1, 2)
    assert send_announcement(fair.store, SYSTEM.at(NOON), fair.event.id, LATE).told == 1
    assert told(fair, ada) == []


def test_a_preview_sends_nothing(fair: Fair) -> None:
    ada = guest(fair, "Ada")
    announcement_reach(fair.store, SYSTEM, fair.event.id, LATE)
    assert told(fair, ada) == []
    assert list_announcements(fair.store, SYSTEM, fair.event.id) == ([], 0)


def test_a_second_press_sends_nothing(fair: Fair) -> None:
    ada = guest(fair, "Ada")
    send_announcement(fair.store, SYSTEM.at(NOON), fair.event.id, LATE)
    with pytest.raises(InvalidInputError, match="a moment ago"):
        send_announcement(fair.store, SYSTEM.at(NOON), fair.event.id, LATE)
    assert told(fair, ada) == ["Doors open at ten"]
    later = NOON + timedelta(hours=1)
    send_announcement(fair.store, SYSTEM.at(later), fair.event.id, LATE)
    assert len(told(fair, ada)) == 2


def test_many_guests_are_told_in_steps_and_nobody_twice(
    fair: Fair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(announcements, "AT_ONCE", 2)
    guests = [guest(fair, f"Guest {n}") for n in range(5)]
    sent = send_announcement(fair.store, SYSTEM.at(NOON), fair.event.id, LATE)
    assert (sent.told, sent.finished_at) == (2, None)
    assert hand_out(fair.store, SYSTEM.at(NOON)) == 3
    assert hand_out(fair.store, SYSTEM.at(NOON)) == 0
    assert [told(fair, one) for one in guests] == [["Doors open at ten"]] * 5
    (view,), _ = list_announcements(fair.store, SYSTEM, fair.event.id)
    assert (view.told, view.finished_at) == (5, NOON)


def test_what_another_program_handed_out_meanwhile_is_not_repeated(
    fair: Fair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(announcements, "AT_ONCE", 2)
    for number in range(5):
        guest(fair, f"Guest {number}")
    send_announcement(fair.store, SYSTEM.at(NOON), fair.event.id, LATE)
    as_read = announcements._left

    def meanwhile(connection: object, row: object) -> object:
        people = as_read(connection, row)  # type: ignore[arg-type]
        monkeypatch.setattr(announcements, "_left", as_read)
        with Store(fair.store.home) as other:
            assert hand_out(other, SYSTEM.at(NOON)) == 3
        return people

    monkeypatch.setattr(announcements, "_left", meanwhile)
    assert hand_out(fair.store, SYSTEM.at(NOON)) == 0
    with fair.store.read() as connection:
        notices = (
            connection.execute(select(NoticeRow.account_id).where(NoticeRow.kind == "announcement"))
            .scalars()
            .all()
        )
    assert len(notices) == len(set(notices)) == 5


def test_the_sent_list_says_how_many_have_read_it(fair: Fair) -> None:
    ada = guest(fair, "Ada")
    guest(fair, "Grace")
    send_announcement(fair.store, SYSTEM.at(NOON), fair.event.id, LATE)
    read_notices(fair.store, ada.at(NOON))
    (view,), total = list_announcements(fair.store, SYSTEM, fair.event.id)
    assert (total, view.told, view.read, view.text) == (1, 2, 1, LATE.text)


def test_a_type_of_another_event_cannot_be_chosen(fair: Fair) -> None:
    new = replace(LATE, audience=Audience.TYPES, chosen=(uuid4(),))
    with pytest.raises(NotFoundError, match="ticket type"):
        send_announcement(fair.store, SYSTEM.at(NOON), fair.event.id, new)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (NewAnnouncement("", "Text"), "A title"),
        (NewAnnouncement("Title", " \n "), "A text"),
        (NewAnnouncement("T" * 121, "Text"), "A title"),
        (NewAnnouncement("Title", "x" * 4001), "A text"),
        (NewAnnouncement("Title", "Text", Audience.TYPES), "whom"),
        (NewAnnouncement("Title", "Text", Audience.ALL, (UUID(int=1),)), "whom"),
    ],
)
def test_what_is_incomplete_or_too_long_is_not_sent(
    fair: Fair, wrong: NewAnnouncement, says: str
) -> None:
    with pytest.raises(InvalidInputError, match=says):
        send_announcement(fair.store, SYSTEM.at(NOON), fair.event.id, wrong)


def test_a_cohost_needs_the_permission_for_messages(fair: Fair) -> None:
    without = make_cohost(fair, Permission.TICKETS)
    with pytest.raises(NotAllowedError):
        send_announcement(fair.store, without.at(NOON), fair.event.id, LATE)
    writer = make_cohost(fair, Permission.MESSAGES, name="Mia")
    sent = send_announcement(fair.store, writer.at(NOON), fair.event.id, LATE)
    assert sent.sent_by == writer.name
