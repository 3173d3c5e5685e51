"""An event from nothing to its reports, typed as commands."""

import re

from tests.cli.conftest import Call


def done(call: Call, *arguments: str) -> str:
    """Run a command that must succeed, and give what it said."""
    result = call(*arguments)
    assert result.exit_code == 0, f"{arguments}: {result.output}{result.stderr}"
    return result.output


def code_of(output: str) -> str:
    """The code a line begins with."""
    return output.split(maxsplit=1)[0]


def pay_by_gateway(call: Call, booking: str, *answers: str) -> None:
    """Begin a payment at the test desk for each answer it then gives."""
    for answer in answers:
        found = re.search(
            r"gateway answer (\w+)", done(call, "pay", booking, "--gateway", "test-desk")
        )
        assert found is not None
        done(call, "gateway", "answer", found.group(1), answer)


def set_up(call: Call) -> None:
    """An event that is approved, with seats, two types, a door, and people who want to come."""
    done(call, "init")
    done(call, "account", "add", "root@example.org", "--name", "Root", "--admin")
    for name in ("Olga", "Ada", "Bob", "Vic", "Cleo"):
        done(call, "account", "add", f"{name.lower()}@example.org", "--name", name)
    dates = ("--from", "2036-06-01 09:00", "--until", "2036-06-02 18:00")
    owner = ("--owner", "olga@example.org", "--zone", "Europe/Berlin")
    done(call, "event", "create", "Harbour Summit", *dates, *owner)
    done(call, "seats", "make", "Stalls", "A-B", "4")
    regular = ("--quota", "2", "--tax", "19", "--section", "Stalls")
    done(call, "type", "add", "Regular", "120.00", *regular)
    done(call, "type", "add", "VIP", "290.00", "--quota", "1", "--priority", "1", "--tax", "19")
    done(call, "list", "add", "Main entrance")
    done(call, "gate", "add", "Gate A")
    done(call, "gateway", "enable")


def test_an_event_is_set_up_sold_out_checked_in_and_accounted_for(call: Call) -> None:
    set_up(call)
    early = call("event", "submit", "Harbour", "--as", "olga@example.org")
    assert "It needs: A description" in early.stderr
    done(call, "event", "change", "Harbour", "description", "Two days by the water.")
    assert "waiting" in done(call, "event", "submit", "Harbour", "--as", "olga@example.org")
    alone = call("event", "approve", "Harbour", "--as", "olga@example.org")
    assert alone.exit_code == 1
    assert "published" in done(call, "event", "approve", "Harbour", "--as", "root@example.org")

    regular = ("--type", "Regular")
    ada = code_of(done(call, "book", "Ada", *regular, "--as", "ada@example.org", "--seat", "A-1"))
    taken = call("book", "Bob", *regular, "--as", "bob@example.org", "--seat", "A-1")
    assert taken.exit_code == 1
    bob = code_of(done(call, "book", "Bob", *regular, "--as", "bob@example.org", "--seat", "A-2"))
    vic = code_of(done(call, "book", "Vic", "--as", "vic@example.org", "--type", "VIP"))

    pay_by_gateway(call, ada, "failed")
    assert "pending" in done(call, "booking", "show", ada)
    pay_by_gateway(call, ada, "twice")
    assert "paid 120.00 EUR" in done(call, "booking", "show", ada)
    done(call, "pay", bob)
    done(call, "pay", vic, "--method", "terminal", "--reference", "0017")

    sold_out = call("book", "Cleo", "--as", "cleo@example.org", "--type", "Regular")
    assert "Regular is sold out" in sold_out.stderr
    for name in ("Cleo", "Vic"):
        address = f"{name.lower()}@example.org"
        done(call, "waitlist", "join", address, "--name", name, "--type", "Regular")
    assert "back 120.00 EUR" in done(call, "booking", "cancel", bob, "--reason", "ill")
    offered, waiting = done(call, "waitlist", "list").splitlines()
    assert "offered" in offered
    assert "Vic" in offered
    assert "Cleo" in waiting
    promoted = code_of(done(call, "waitlist", "accept", "vic@example.org"))
    done(call, "pay", promoted, "--method", "terminal", "--reference", "0018")

    listed = done(call, "export", "attendees", "--format", "json")
    assert listed
    tickets = re.findall(
        r"^  (\w{8})  valid",
        "".join(done(call, "booking", "show", each) for each in (ada, vic, promoted)),
        re.MULTILINE,
    )
    assert len(tickets) == 3
    for ticket in tickets:
        assert "Admitted" in done(call, "check-in", ticket)
    assert call("check-in", tickets[0]).exit_code == 3
    assert "0 waiting, 0 failed" in done(call, "badges")

    attendance = done(call, "report", "attendance")
    assert re.search(r"Together +3 +3 +0 +100\.0 %", attendance)
    revenue = done(call, "report", "revenue")
    assert re.search(r"Sold \(gross\) +530\.00 EUR", revenue)
    assert re.search(r"of it tax +84\.62 EUR", revenue)
    assert re.search(r"Came in +650\.00 EUR", revenue)
    assert "books of 4 bookings are right" in done(call, "payments", "check")
