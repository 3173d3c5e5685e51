"""Google passes that change by themselves: what was saved says what its ticket is now."""

import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from data.schema import DeliveryRow, TicketRow, WalletPassRow
from eventdesk.acts import SYSTEM, Actor
from eventdesk.booking import (
    GOOGLE,
    MyTicket,
    cancel_booking,
    google_pass_link,
    my_ticket,
    my_tickets,
    queue_passes,
    reissue,
    rename,
    transfer_ticket,
    wallet_passes,
)
from eventdesk.booking.google_wallet_sending import SENDER
from eventdesk.core.errors import InvalidInputError
from eventdesk.door import check_in
from eventdesk.services import (
    ServiceHealth,
    ServiceView,
    add_service,
    change_service,
    read_service,
    services_on,
)
from eventdesk.spooler import Spooler
from eventdesk.spooler.senders import ServiceCourier
from tests.build import NOON, STAFF, SUPERVISOR, Fair
from tests.figures.crowd import EARLY, person, set_event, ticket_for
from tests.integrations.chaos import Counterpart, Fault, Reply
from tests.integrations.google_house import key_file
from tests.integrations.wallet.google import CLASS, OBJECT, GoogleWallet, wallet_here
from tests.integrations.wallet.issuing import google_values


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[GoogleWallet, Counterpart]]:
    with wallet_here(monkeypatch) as both:
        yield both


@pytest.fixture
def google(here: tuple[GoogleWallet, Counterpart]) -> GoogleWallet:
    return here[0]


@pytest.fixture
def line(here: tuple[GoogleWallet, Counterpart]) -> Counterpart:
    return here[1]


@pytest.fixture
def ada(fair: Fair, google: GoogleWallet) -> Actor:
    """Somebody who saved their pass, of which Google was told once."""
    fair.store.clock = lambda: EARLY
    add_service(fair.store, SYSTEM, GOOGLE, google_values())
    who = person(fair.store, "Ada")
    ticket_for(fair, who)
    save(fair, who, google)
    tell(fair)
    google.changes.clear()
    return who


def own(fair: Fair, who: Actor) -> MyTicket:
    [ticket] = my_tickets(fair.store, who)
    return ticket


def save(fair: Fair, who: Actor, google: GoogleWallet) -> str:
    return google.save(google_pass_link(fair.store, who, own(fair, who).id))


def deliver(fair: Fair) -> None:
    """What the spooler does, with all pauses over."""
    with fair.store.write() as connection:
        connection.exec_driver_sql("UPDATE delivery SET due_at = 0, leased_until = 0")
        connection.exec_driver_sql("UPDATE service SET rests_until = NULL")
    [service] = services_on(fair.store, SYSTEM, {GOOGLE})
    ServiceCourier(fair.store, SENDER, service, threading.Event()).turn()


def tell(fair: Fair) -> None:
    queue_passes(fair.store, SYSTEM)
    deliver(fair)


def later(fair: Fair, **hours: int) -> None:
    set_event(fair, starts_at=fair.event.starts_at + timedelta(**hours))


def rename_to(fair: Fair, ticket_id: UUID, name: str) -> None:
    rename(fair.store, SUPERVISOR.at(EARLY), ticket_id, name=name, line_two="")


def states(fair: Fair) -> list[str]:
    """What became of what was queued, without the two of the fixture."""
    with fair.store.read() as connection:
        wanted = select(DeliveryRow.state).where(DeliveryRow.kind == GOOGLE)
        return list(connection.execute(wanted.order_by(DeliveryRow.id)).scalars())[2:]


def service(fair: Fair) -> ServiceView:
    [found] = services_on(fair.store, SYSTEM, {GOOGLE})
    return read_service(fair.store, SYSTEM, found.id)


def told(google: GoogleWallet) -> list[str]:
    return [kind for kind, _name, _says in google.changes]


def test_another_time_and_place_are_one_change_for_all_passes(
    fair: Fair, ada: Actor, google: GoogleWallet
) -> None:
    bob = person(fair.store, "Bob")
    ticket_for(fair, bob)
    save(fair, bob, google)
    tell(fair)
    google.changes.clear()
    later(fair, hours=1)
    queue_passes(fair.store, SYSTEM)
    set_event(fair, online_url="https://example.org/room")
    tell(fair)
    assert told(google) == [CLASS]
    [event] = google.classes.values()
    begins = datetime.fromisoformat(event["dateTime"]["start"])
    assert begins == fair.event.starts_at + timedelta(hours=1)
    assert event["venue"]["name"]["defaultValue"]["value"] == "https://example.org/room"
    tell(fair)
    assert len(google.changes) == 1


def test_a_place_that_is_gone_is_gone_from_passes(
    fair: Fair, ada: Actor, google: GoogleWallet
) -> None:
    set_event(fair, online_url="https://example.org/room")
    tell(fair)
    set_event(fair, online_url="", venue_id=None)
    tell(fair)
    [event] = google.classes.values()
    assert "venue" not in event
    assert event["eventName"]["defaultValue"]["value"] == fair.event.name


def test_a_holder_and_a_seat_change_one_pass(fair: Fair, ada: Actor, google: GoogleWallet) -> None:
    ticket = own(fair, ada)
    rename_to(fair, ticket.id, "Ada King")
    _seat(fair, ticket, "B 12")
    tell(fair)
    assert told(google) == [OBJECT]
    [one] = google.objects.values()
    assert one["ticketHolderName"] == "Ada King"
    assert one["seatInfo"]["seat"]["defaultValue"]["value"] == "B 12"
    _seat(fair, ticket, "")
    tell(fair)
    [one] = google.objects.values()
    assert "seatInfo" not in one
    assert one["barcode"]["value"] == ticket.token


def _seat(fair: Fair, ticket: MyTicket, seat: str) -> None:
    with fair.store.write() as connection:
        connection.execute(
            TicketRow.__table__.update().where(TicketRow.id == ticket.id).values(seat=seat)
        )


def test_a_cancelled_ticket_is_a_void_pass(fair: Fair, ada: Actor, google: GoogleWallet) -> None:
    cancel_booking(fair.store, SUPERVISOR.at(EARLY), own(fair, ada).booking_id, reason="ill")
    tell(fair)
    [one] = google.objects.values()
    assert one["state"] == "INACTIVE"
    assert "barcode" not in one


def test_a_pass_of_a_cancelled_event_is_void(fair: Fair, ada: Actor, google: GoogleWallet) -> None:
    set_event(fair, state="cancelled")
    tell(fair)
    [one] = google.objects.values()
    assert one["state"] == "INACTIVE"
    set_event(fair, state="published")
    tell(fair)
    [one] = google.objects.values()
    assert (one["state"], one["barcode"]["value"]) == ("ACTIVE", own(fair, ada).token)


def test_a_pass_of_a_ticket_that_was_handed_on_is_void_and_gets_nothing_of_it(
    fair: Fair, ada: Actor, google: GoogleWallet
) -> None:
    ticket = own(fair, ada)
    [old] = google.objects
    grace = person(fair.store, "Grace")
    transfer_ticket(fair.store, ada, ticket.id, name="Grace Hopper", email=_email(fair, grace))
    tell(fair)
    assert google.changes == [(OBJECT, old, {"state": "INACTIVE", "barcode": None})]
    new = save(fair, grace, google)
    rename_to(fair, ticket.id, "Grace Murray Hopper")
    later(fair, hours=1)
    tell(fair)
    assert new != old
    assert google.objects[new]["barcode"]["value"] == own(fair, grace).token
    assert google.objects[new]["ticketHolderName"] == "Grace Murray Hopper"
    said = [str(says) for _kind, name, says in google.changes if name == old]
    assert not [each for each in said if "Grace" in each or own(fair, grace).token in each]
    assert google.objects[old]["state"] == "INACTIVE"


def _email(fair: Fair, who: Actor) -> str:
    return f"{who.name.casefold()}@example.org"


def test_a_code_made_anew_voids_the_pass_of_before(
    fair: Fair, ada: Actor, google: GoogleWallet
) -> None:
    [old] = google.objects
    reissue(fair.store, SUPERVISOR.at(EARLY), own(fair, ada).id, reason="lost")
    tell(fair)
    assert google.objects[old]["state"] == "INACTIVE"
    new = save(fair, ada, google)
    tell(fair)
    assert new != old
    assert google.objects[new]["barcode"]["value"] == own(fair, ada).token
    assert google.objects[old]["state"] == "INACTIVE"


def test_a_ticket_that_is_handed_on_while_its_link_is_made_gets_no_link(
    fair: Fair, ada: Actor, google: GoogleWallet, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = own(fair, ada)

    def handed_on_meanwhile(*_args: Any) -> MyTicket:
        transfer_ticket(fair.store, ada, ticket.id, name="Grace Hopper", email="g@example.org")
        return my_ticket(fair.store, SYSTEM.at(EARLY), ticket.id)

    monkeypatch.setattr(wallet_passes, "my_ticket", handed_on_meanwhile)
    with pytest.raises(InvalidInputError, match="changed it meanwhile"):
        google_pass_link(fair.store, ada, ticket.id)
    assert len(_known(fair)) == 1


def test_a_ticket_that_is_handed_on_while_its_pass_is_changed_is_not_shown(
    fair: Fair, ada: Actor, google: GoogleWallet, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = own(fair, ada)
    _seat(fair, ticket, "B 12")
    queue_passes(fair.store, SYSTEM)

    def handed_on_meanwhile(*_args: Any) -> MyTicket:
        transfer_ticket(fair.store, ada, ticket.id, name="Grace Hopper", email="g@example.org")
        return my_ticket(fair.store, SYSTEM.at(EARLY), ticket.id)

    monkeypatch.setattr(wallet_passes, "my_ticket", handed_on_meanwhile)
    deliver(fair)
    assert [says for _kind, _name, says in google.changes] == [
        {"state": "INACTIVE", "barcode": None}
    ]


def _known(fair: Fair) -> list[str]:
    with fair.store.read() as connection:
        return list(connection.execute(select(WalletPassRow.device)).scalars())


def test_what_a_pass_does_not_show_changes_nothing(
    fair: Fair, ada: Actor, google: GoogleWallet
) -> None:
    check_in(fair.store, STAFF.at(NOON), fair.scan(own(fair, ada).token))
    fair.sell("Somebody else")
    tell(fair)
    assert google.changes == []
    assert states(fair) == []


def test_what_nobody_saved_is_no_trouble_and_is_not_tried_again(
    fair: Fair, ada: Actor, google: GoogleWallet
) -> None:
    bob = person(fair.store, "Bob")
    ticket_for(fair, bob)
    tell(fair)
    assert states(fair) == []
    link = google_pass_link(fair.store, bob, own(fair, bob).id)
    google.classes.clear()
    tell(fair)
    assert states(fair) == ["cancelled", "cancelled"]
    assert service(fair).health is ServiceHealth.GOOD
    deliver(fair)
    name = google.save(link)
    rename_to(fair, own(fair, bob).id, "Robert")
    tell(fair)
    assert google.objects[name]["ticketHolderName"] == "Robert"


def test_a_link_that_is_made_again_brings_a_pass_up(
    fair: Fair, ada: Actor, google: GoogleWallet
) -> None:
    [one] = google.objects.values()
    one["ticketHolderName"] = "as in a link of before"
    google_pass_link(fair.store, ada, own(fair, ada).id)
    tell(fair)
    [one] = google.objects.values()
    assert one["ticketHolderName"] == own(fair, ada).name


def test_too_many_calls_are_tried_again(fair: Fair, ada: Actor, google: GoogleWallet) -> None:
    google.quota = 0
    later(fair, hours=1)
    tell(fair)
    assert states(fair) == ["queued"]
    assert "wants fewer calls" in service(fair).health_text
    google.quota = None
    deliver(fair)
    assert states(fair) == ["sent"]
    assert service(fair).health is ServiceHealth.GOOD


@pytest.mark.parametrize(
    "fault", [Fault.DROPPED, Fault.RESET, Fault.OUT_OF_ORDER, Fault.TOO_MANY, Fault.HTML]
)
def test_an_outage_loses_nothing(
    fair: Fair, ada: Actor, google: GoogleWallet, line: Counterpart, fault: Fault
) -> None:
    line.fails(fault, None)
    later(fair, hours=1)
    tell(fair)
    assert states(fair) == ["queued"]
    assert service(fair).health is ServiceHealth.TROUBLE
    line.heals()
    deliver(fair)
    assert states(fair) == ["sent"]
    [event] = google.classes.values()
    begins = datetime.fromisoformat(event["dateTime"]["start"])
    assert begins == fair.event.starts_at + timedelta(hours=1)


def test_what_does_not_speak_as_google_knows_nothing_of_passes(
    fair: Fair, ada: Actor, google: GoogleWallet, line: Counterpart
) -> None:
    line.handler = lambda _asked: Reply(404, b"<html>No such page.")
    later(fair, hours=1)
    tell(fair)
    assert states(fair) == ["queued"]
    line.handler = google
    deliver(fair)
    assert states(fair) == ["sent"]


def test_an_account_that_may_not_holds_all_up_and_is_named(
    fair: Fair, ada: Actor, google: GoogleWallet
) -> None:
    users, google.users = google.users, set()
    rename_to(fair, own(fair, ada).id, "Ada King")
    later(fair, hours=1)
    tell(fair)
    assert states(fair) == ["queued", "queued"]
    assert "may not change passes of issuer" in service(fair).health_text
    google.users = users
    deliver(fair)
    assert states(fair) == ["sent", "sent"]


def test_a_key_that_google_does_not_take_holds_all_up_and_is_named(
    fair: Fair, ada: Actor, google: GoogleWallet
) -> None:
    other = {"account": key_file(client_email="gone@demo-days.iam.gserviceaccount.com")}
    change_service(fair.store, SYSTEM, service(fair).id, other)
    later(fair, hours=1)
    tell(fair)
    assert states(fair) == ["queued"]
    assert "Google knows no service account gone@" in service(fair).health_text


def test_a_token_that_google_takes_no_more_is_got_anew(
    fair: Fair, ada: Actor, google: GoogleWallet
) -> None:
    google.tokens.clear()
    later(fair, hours=1)
    tell(fair)
    assert states(fair) == ["sent"]


def test_a_pass_that_google_does_not_take_stops_no_other(
    fair: Fair, ada: Actor, google: GoogleWallet
) -> None:
    bob = person(fair.store, "Bob")
    ticket_for(fair, bob)
    name = save(fair, bob, google)
    tell(fair)
    google.not_taken = "Ada King"
    rename_to(fair, own(fair, ada).id, "Ada King")
    rename_to(fair, own(fair, bob).id, "Robert")
    tell(fair)
    assert sorted(states(fair)[2:]) == ["failed", "sent"]
    assert google.objects[name]["ticketHolderName"] == "Robert"


@pytest.mark.long
def test_the_spooler_changes_passes_by_itself(fair: Fair, ada: Actor, google: GoogleWallet) -> None:
    spooler = Spooler(fair.store, None, backups=False)
    spooler.start()
    try:
        later(fair, hours=1)
        until_s = time.monotonic() + 60
        while not google.changes and time.monotonic() < until_s:
            time.sleep(0.05)
    finally:
        spooler.stop()
    assert told(google) == [CLASS]


def test_many_passes_are_noted_in_turns_and_their_event_is_told_once(
    fair: Fair, ada: Actor, google: GoogleWallet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wallet_passes, "AT_ONCE", 2)
    looked: list[int] = []
    compared = wallet_passes._compared

    def counted(act: Any, which: Any) -> Any:
        rows, other = compared(act, which)
        looked.append(len(rows))
        return rows, other

    for name in ("Bob", "Cleo", "Dora", "Emil"):
        who = person(fair.store, name)
        ticket_for(fair, who)
        save(fair, who, google)
    tell(fair)
    google.changes.clear()
    later(fair, hours=1)
    monkeypatch.setattr(wallet_passes, "_compared", counted)
    tell(fair)
    assert looked == [5, 2, 2, 1]  # all beside the door, and at the writer some at once
    assert told(google) == [CLASS]
    assert states(fair)[-1:] == ["sent"]
    tell(fair)
    assert told(google) == [CLASS]


def test_passes_of_an_issuer_before_hold_up_none(
    fair: Fair, ada: Actor, google: GoogleWallet
) -> None:
    bob = person(fair.store, "Bob")
    ticket_for(fair, bob)
    ticket = own(fair, bob)
    [known] = services_on(fair.store, SYSTEM, {GOOGLE})
    change_service(fair.store, SYSTEM, known.id, {"issuer": "3388000000099999999"})
    google_pass_link(fair.store, bob, ticket.id)
    change_service(fair.store, SYSTEM, known.id, {"issuer": google_values()["issuer"]})
    rename_to(fair, own(fair, ada).id, "Ada King")
    tell(fair)
    [one] = google.objects.values()
    assert one["ticketHolderName"] == "Ada King"
    assert sorted(states(fair)) == ["cancelled", "cancelled", "sent"]
    assert service(fair).health is ServiceHealth.GOOD


def test_a_pass_is_brought_up_when_the_button_is_pressed_again(
    fair: Fair, ada: Actor, google: GoogleWallet
) -> None:
    [stale] = google.objects.values()
    stale["ticketHolderName"] = "Augusta"  # saved late, from a link of before
    google_pass_link(fair.store, ada, own(fair, ada).id)
    deliver(fair)  # nothing else changed, so that no chore looks
    [one] = google.objects.values()
    assert one["ticketHolderName"] == "Ada"
