"""Mails that nobody needs end by one click, and what a booking needs still comes."""

import pytest

from eventdesk.accounts import profile
from eventdesk.acts import SYSTEM, VISITOR, Steps
from eventdesk.core.errors import NotFoundError
from eventdesk.events import change_event
from eventdesk.mailing import stop_mail
from eventdesk.mailing.stops import stop_of_account, stop_of_address
from eventdesk.waiting import remind
from tests.booking.test_guest_orders import buy
from tests.build import SUPERVISOR, Fair
from tests.integrations.mail.post_office import PostOffice
from tests.mailing.office import PAGES, deliver, queued, sent_to
from tests.orders import EARLY, order_for, person


def stop_in(office: PostOffice) -> str:
    """The click of the letter that came last."""
    header = str(office.letters[-1]["List-Unsubscribe"])
    return header.strip("<>").removeprefix(f"{PAGES}/no-more-mail/")


def test_a_reminder_can_be_ended_by_who_has_no_account(fair: Fair, office: PostOffice) -> None:
    buy(fair)
    deliver(fair.store)
    assert office.letters[-1]["List-Unsubscribe"] is None
    from datetime import timedelta

    remind(fair.store, SYSTEM.at(fair.event.starts_at - timedelta(hours=2)))
    deliver(fair.store)
    assert office.letters[-1]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    before = len(office.letters)
    stop_mail(fair.store, VISITOR, stop_in(office))
    stop_mail(fair.store, VISITOR, stop_in(office))
    assert before == len(office.letters)


def test_who_ended_mails_gets_no_reminder_and_still_what_is_needed(
    fair: Fair, office: PostOffice
) -> None:
    from datetime import timedelta

    buy(fair)
    stop_mail(fair.store, VISITOR, stop_of_address(fair.store.keys.active, "ZOE@example.org"))
    remind(fair.store, SYSTEM.at(fair.event.starts_at - timedelta(hours=2)))
    deliver(fair.store)
    assert sent_to(office) == ["zoe@example.org"]
    assert sorted(row.state for row in queued(fair.store)) == ["cancelled", "sent"]


def test_one_click_silences_the_notices_of_an_account_too(fair: Fair, office: PostOffice) -> None:
    ada = person(fair.store, "Ada")
    assert ada.id is not None
    stop_mail(fair.store, VISITOR, stop_of_account(fair.store.keys.active, ada.id))
    assert profile(fair.store, ada).profile.silenced == {"announcement", "reminder"}
    order_for(fair, ada)
    deliver(fair.store)
    assert sent_to(office) == ["ada@example.org"]


@pytest.mark.parametrize("stop", ["", "x", "é", "A" * 200, "a" * 45, "bW0" * 30])
def test_what_is_no_click_of_ours_ends_nothing(fair: Fair, stop: str) -> None:
    with pytest.raises(NotFoundError):
        stop_mail(fair.store, VISITOR, stop)


def test_a_click_is_for_one_and_no_other(fair: Fair) -> None:
    good = stop_of_address(fair.store.keys.active, "zoe@example.org")
    for place in range(len(good)):
        forged = good[:place] + ("B" if good[place] == "A" else "A") + good[place + 1 :]
        with pytest.raises(NotFoundError):
            stop_mail(fair.store, VISITOR, forged)


def test_other_times_are_told_to_all_guests(fair: Fair, office: PostOffice) -> None:
    from datetime import timedelta

    buy(fair)
    ada = person(fair.store, "Ada")
    order_for(fair, ada)
    deliver(fair.store)
    office.letters.clear()
    when = fair.event.starts_at + timedelta(hours=1)
    change_event(fair.store, SUPERVISOR.at(EARLY), fair.event.id, {"starts_at": when})
    deliver(fair.store)
    assert sorted(sent_to(office)) == ["ada@example.org", "zoe@example.org"]
    assert all("other times" in each["Subject"] for each in office.letters)


def test_what_was_queued_before_the_click_does_not_come(fair: Fair, office: PostOffice) -> None:
    ada = person(fair.store, "Ada")
    assert ada.id is not None
    with Steps(fair.store, SYSTEM).write() as act:
        act.tell(ada.id, "announcement", "News", "All of it", event_id=fair.event.id)
    stop_mail(fair.store, VISITOR, stop_of_account(fair.store.keys.active, ada.id))
    deliver(fair.store)
    assert sent_to(office) == []
    assert [row.state for row in queued(fair.store)] == ["cancelled"]
