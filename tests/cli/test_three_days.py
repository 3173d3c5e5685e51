"""Three days of three people, by command alone."""

import csv
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from eventdesk.core.clock import utc_now
from tests.cli.conftest import Call

DAY = timedelta(days=1)
ZONE = "UTC"


def moment(ahead: timedelta) -> str:
    return f"{utc_now() + ahead:%Y-%m-%d %H:%M}"


Do = Callable[..., str]


@pytest.fixture
def do(call: Call) -> Do:
    """Run a command that must go well; its output without the last line's end."""

    def run(*arguments: str) -> str:
        done = call(*arguments)
        assert done.exit_code == 0, f"{arguments}: {done.stdout}{done.stderr}"
        return done.stdout.rstrip("\n")

    return run


def make_event(do: Do, name: str, begins: timedelta) -> None:
    """An event that is published, with its badge list and gate."""
    times = ("--from", moment(begins), "--until", moment(begins + DAY), "--zone", ZONE)
    do("event", "create", name, *times, "--currency", "EUR")
    do("event", "change", name, "category", "Conference")


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_an_organizers_day_from_the_event_to_the_reports(
    call: Call, do: Do, home: Path, tmp_path: Path
) -> None:
    do("init")
    make_event(do, "Harbour Summit", timedelta(minutes=2))
    do("seats", "make", "Hall", "A", "3")
    do("type", "add", "Regular", "100.00", "--quota", "3", "--section", "Hall")
    do("list", "add", "Main entrance")
    do("event", "publish", "Harbour")
    names = ("Ada", "Bob", "Cid", "Dan")
    for name in names:
        address = f"{name.lower()}@example.org"
        do("account", "add", address, "--name", name, "--role", "attendee", "--pin", "735214")
    again = call(
        "account", "add", "ada@example.org", "--name", "A", "--role", "attendee", "--pin", "1"
    )
    assert (again.exit_code, "has an account" in again.stderr) == (2, True)
    people = tmp_path / "people.txt"
    people.write_text("".join(f"{name}, {name.lower()}@example.org\n" for name in names))
    got = do("register", str(people), "--type", "Regular", "--paid", "--waitlist").splitlines()
    assert [line.split()[-1] for line in got[:3]] == ["A-1", "A-2", "A-3"]
    assert got[3] == "waitlist  Dan waits at place 1"
    first, second = (line.split("  ")[3] for line in got[:2])
    assert do("check-in", first, "--list", "Main", "--printer", "folder").startswith("✓")
    do("check-in", second, "--list", "Main", "--printer", "folder")
    assert call("check-in", first, "--list", "Main").exit_code == 3
    assert len([each for each in (home / "badges").rglob("*") if each.is_file()]) == 2
    told = {"attendance": "", "revenue": ""}
    for kind in told:
        for path in do(
            "report", kind, "--format", "csv", "--to", str(tmp_path / f"{kind}.csv")
        ).splitlines():
            told[kind] += Path(path).read_text("utf-8-sig")
    assert '"Regular",3,2' in told["attendance"]
    assert "300.00" in told["revenue"]


def test_the_hour_of_opening_from_the_requests_to_the_transactions(
    call: Call, do: Do, tmp_path: Path
) -> None:
    do("init")
    make_event(do, "Harbour Summit", 30 * DAY)
    do("type", "add", "VIP", "0", "--quota", "1", "--priority", "10")
    do("type", "add", "Regular", "0", "--quota", "2")
    do("event", "publish", "Harbour")
    do("queue", "open", "--from", moment(-timedelta(hours=2)), "--until", moment(DAY))
    asked = (
        ("Ada", "Regular"),
        ("Bob", "Regular"),
        ("Cid", "Regular"),
        ("Dan", "Regular"),
        ("Vic", "VIP"),
    )
    for name, kind in asked:
        address = f"{name.lower()}@example.org"
        do("account", "add", address, "--name", name, "--role", "attendee", "--pin", "735214")
        do("queue", "ask", address, "--type", kind)
    do("queue", "withdraw", "dan@example.org")
    assert call("queue", "run").exit_code == 2, "it is still open"
    do("queue", "close")
    do("queue", "run")
    requests = tmp_path / "requests.csv"
    do("export", "queue", "--to", str(requests))
    wanted = {row["name"]: row["ticket types"] for row in read(requests)}
    assert (wanted["Vic"], wanted["Ada"]) == ("VIP", "Regular")
    states = {row["name"]: row["state"] for row in read(requests)}
    assert states == {
        "Vic": "confirmed", "Ada": "confirmed", "Bob": "confirmed",
        "Cid": "sold out", "Dan": "cancelled",
    }  # fmt: skip
    decided = [row["name"] for row in read(requests) if row["name"] != "Dan"]
    assert decided == ["Vic", "Ada", "Bob", "Cid"], "VIP first, then first come first served"
    assert "Regular: 2 sold, 0 held, 0 left" in do("queue", "summary")
    codes = {row["name"]: row["booking"] for row in read(requests)}
    do("booking", "cancel", codes["Bob"])
    assert "Regular: 1 sold, 0 held, 1 left" in do("queue", "summary")
    rows = tmp_path / "transactions.csv"
    do("export", "transactions", "--to", str(rows))
    assert {row["buyer"]: row["state"] for row in read(rows) if row["kind"] == "request"} == {
        "Vic": "confirmed", "Ada": "confirmed", "Bob": "cancelled",
        "Cid": "sold out", "Dan": "cancelled",
    }  # fmt: skip
    do("export", "--mirror", str(tmp_path / "mirror"))
    (mirrored,) = (tmp_path / "mirror").rglob("transactions.csv")
    assert len(read(mirrored)) == len(read(rows))
    kinds = Counter(row["kind"] for row in read(rows))
    assert kinds == {"request": 5, "booking": 3, "cancellation": 1}
    for name in ("waitlist", "queue"):
        assert (mirrored.parent / f"{name}.csv").is_file()


def test_an_attendees_day_from_looking_around_to_cancelling(call: Call, do: Do) -> None:
    do("init")
    make_event(do, "Harbour Summit", 30 * DAY)
    do("type", "add", "Regular", "100.00", "--quota", "2")
    do("type", "add", "VIP", "300.00")
    do("event", "publish", "Harbour")
    make_event(do, "Draft Days", 10 * DAY)
    do("gateway", "enable")
    do("account", "add", "ada@x.org", "--name", "Ada", "--role", "attendee", "--pin", "735214")
    (found,) = do("event", "browse", "--category", "conference").splitlines()
    assert "Harbour Summit" in found
    assert "from 100.00 EUR" in found
    assert do("event", "browse", "theatre").startswith("No events")
    later = ("--from", moment(60 * DAY), "--zone", ZONE)
    assert do("event", "browse", *later).startswith("No events")
    assert "Conference" in do("event", "show", "Harbour")
    booked = do("book", "Ada", "--as", "ada@x.org", "--type", "Regular", "--event", "Harbour")
    code, state = booked.split("  ")[:2]
    assert state == "pending"
    assert "1 held" in do("type", "list", "--event", "Harbour").splitlines()[0]
    do("pay", code, "--gateway", "test-desk")
    do("gateway", "answer", do("gateway", "list").split()[0], "failed")
    assert do("booking", "show", code).split()[1] == "pending"
    do("pay", code, "--gateway", "test-desk")
    do("gateway", "answer", do("gateway", "list").split()[0], "paid")
    shown = do("booking", "show", code).splitlines()
    assert shown[0].split()[1] == "paid"
    ticket = shown[2].split()[0]
    assert do("booking", "upgrade", ticket, "VIP").startswith("difference 200.00 EUR")
    do("booking", "transfer", ticket, "Grace Hopper")
    assert "Grace Hopper, VIP" in do("booking", "show", code)
    do("booking", "cancel", code, "--reason", "ill")
    assert do("booking", "show", code).split()[1] == "cancelled"
    assert "0 sold" in do("type", "list", "--event", "Harbour").splitlines()[1]
