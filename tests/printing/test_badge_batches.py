"""Badges in advance: whose, in order, once each, taken up again, and known at the door."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select, update

from data.schema import BadgeBatchRow, CheckInListRow, DeliveryRow, TicketRow
from eventdesk.acts import SYSTEM
from eventdesk.core.errors import InvalidInputError, NotAllowedError, PrinterRefusedError
from eventdesk.door import check_in, reprint
from eventdesk.printing import (
    Batch,
    NewPrinter,
    Order,
    Wanted,
    add_printer,
    drop_badges,
    duplicate_layout,
    list_batches,
    open_layout,
    plan_badges,
    preview_badges,
    print_badges,
    reprint_sheets,
    save_layout,
    settle_sheets,
)
from eventdesk.printing.badge_batches import HOLD
from tests.badges.reading import codes_in, sheet_pages
from tests.badges.simulated_cups import Cups, cups_on_the_path
from tests.build import NOON, STAFF, SUPERVISOR, Fair
from tests.people import make_known

NAMES = ["Zoe Adams", "Åsa Young", "ada Young"]


@pytest.fixture
def cups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cups]:
    with cups_on_the_path(tmp_path, monkeypatch) as running:
        yield running


@pytest.fixture
def few_a_part(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two sheets a part, so that ten badges are of several."""
    monkeypatch.setattr("eventdesk.printing.badge_batches.SHEETS_A_PART", 2)


def names_in(fair: Fair, wanted: Wanted) -> list[str]:
    preview = preview_badges(fair.store, SYSTEM.at(NOON), fair.event.id, wanted)
    assert preview.badges == len(preview.first)
    return [badge.name for badge in preview.first]


def plan(fair: Fair, wanted: Wanted = Wanted(), **target: object) -> UUID:  # noqa: B008
    at = SYSTEM.at(NOON)
    return plan_badges(fair.store, at, fair.event.id, wanted, **target)  # type: ignore[arg-type]


def the_batch(fair: Fair) -> Batch:
    return list_batches(fair.store, SYSTEM.at(NOON), fair.event.id)[0]


def printed(fair: Fair) -> list[str]:
    """Whose badges are noted as printed in advance."""
    with fair.store.read() as connection:
        query = (
            select(TicketRow.holder_name)
            .join(DeliveryRow, DeliveryRow.ticket_id == TicketRow.id)
            .where(DeliveryRow.state == "printed")
            .order_by(TicketRow.holder_name)
        )
        return list(connection.execute(query).scalars())


def queued(fair: Fair) -> int:
    with fair.store.read() as connection:
        query = select(DeliveryRow.id).where(DeliveryRow.state == "queued")
        return len(connection.execute(query).all())


def codes(path: Path) -> list[str]:
    return [code for page, _size in sheet_pages(path.read_bytes()) for code in codes_in(page)]


def test_badges_are_sorted_by_what_one_chose(fair: Fair) -> None:
    for name in NAMES:
        fair.sell(name)
    assert names_in(fair, Wanted()) == ["ada Young", "Åsa Young", "Zoe Adams"]
    assert names_in(fair, Wanted(order=Order.LAST_NAME)) == ["Zoe Adams", "ada Young", "Åsa Young"]


def test_only_those_come_out_whom_one_chose(fair: Fair) -> None:
    fair.sell("Paid")
    fair.sell("Owes", paid=False)
    fair.sell("Very important", ticket_type_id=fair.vip)
    got = fair.sell("Has one")
    reprint(fair.store, SYSTEM.at(NOON), got.ticket_ids[0], reason="lost")
    assert names_in(fair, Wanted()) == ["Paid", "Very important"]
    assert names_in(fair, Wanted(type_ids=(fair.vip,))) == ["Very important"]
    assert names_in(fair, Wanted(search="paid")) == ["Paid"]
    assert names_in(fair, Wanted(paid=False)) == ["Owes", "Paid", "Very important"]
    assert names_in(fair, Wanted(without_badge=False)) == ["Has one", "Paid", "Very important"]


def test_every_badge_is_in_the_file_once_and_noted_once(fair: Fair) -> None:
    booked = [fair.sell(name) for name in NAMES]
    done = print_badges(fair.store, SYSTEM.at(NOON), plan(fair))
    assert done.is_whole
    (path,) = done.files
    assert path.stat().st_mode & 0o777 == 0o600
    assert sorted(codes(path)) == sorted(fair.token(each) for each in booked)
    assert printed(fair) == sorted(NAMES)
    with pytest.raises(InvalidInputError, match="nobody to print"):
        plan(fair)


def test_the_door_prints_no_badge_again_that_was_printed_in_advance(fair: Fair) -> None:
    booked = fair.sell("Ada")
    print_badges(fair.store, SYSTEM.at(NOON), plan(fair))
    result = check_in(fair.store, STAFF.at(NOON), fair.scan(fair.token(booked)))
    assert (result.outcome.name, result.delivery_id, queued(fair)) == ("ADMITTED", None, 0)
    reprint(fair.store, STAFF.at(NOON), booked.ticket_ids[0], reason="torn")
    assert queued(fair) == 1


def test_a_list_may_print_at_the_first_entry_all_the_same(fair: Fair) -> None:
    booked = fair.sell("Ada")
    print_badges(fair.store, SYSTEM.at(NOON), plan(fair))
    with fair.store.write() as connection:
        connection.execute(update(CheckInListRow).values(print_policy="first_again"))
    result = check_in(fair.store, STAFF.at(NOON), fair.scan(fair.token(booked)))
    assert result.delivery_id is not None


@pytest.mark.usefixtures("few_a_part")
def test_who_stops_keeps_what_is_out_and_goes_on_from_there(fair: Fair) -> None:
    tokens = [fair.token(fair.sell(f"Guest {no:02}")) for no in range(15)]
    batch_id = plan(fair)

    def stop(done: int) -> None:
        if done > 12:
            raise InvalidInputError("It was stopped.")

    with pytest.raises(InvalidInputError, match="stopped"):
        print_badges(fair.store, SYSTEM.at(NOON), batch_id, on_progress=stop)
    assert (the_batch(fair).done, the_batch(fair).state) == (12, "open")
    done = print_badges(fair.store, SYSTEM.at(NOON), batch_id)
    assert (done.badges, len(done.files), the_batch(fair).state) == (3, 1, "done")
    files = sorted((fair.store.home / "exports").iterdir())
    assert [path.stem[-3:] for path in files] == ["001", "002"]
    assert sorted(code for path in files for code in codes(path)) == sorted(tokens)
    assert len(printed(fair)) == 15


@pytest.mark.usefixtures("few_a_part")
def test_a_part_that_somebody_else_noted_is_not_noted_again(fair: Fair) -> None:
    for no in range(15):
        fair.sell(f"Guest {no:02}")
    batch_id = plan(fair)

    def stop(done: int) -> None:
        if done > 12:
            raise InvalidInputError("It was stopped.")

    def overtaken(done: int) -> None:
        if not the_batch(fair).done:
            with pytest.raises(InvalidInputError, match="stopped"):
                print_badges(fair.store, SYSTEM.at(NOON + HOLD), batch_id, on_progress=stop)

    with pytest.raises(InvalidInputError, match="went on with these badges meanwhile"):
        print_badges(fair.store, SYSTEM.at(NOON), batch_id, on_progress=overtaken)
    assert (the_batch(fair).done, len(printed(fair))) == (12, 12)


@pytest.mark.usefixtures("few_a_part")
def test_no_batch_is_of_two_layouts(fair: Fair) -> None:
    for no in range(15):
        fair.sell(f"Guest {no:02}")
    at, event_id = SYSTEM.at(NOON), fair.event.id
    duplicate_layout(fair.store, at, event_id, "label-62", "mine")
    batch_id = plan(fair, Wanted(layout="mine"))

    def stop(done: int) -> None:
        if done > 12:
            raise InvalidInputError("It was stopped.")

    with pytest.raises(InvalidInputError, match="stopped"):
        print_badges(fair.store, SYSTEM.at(NOON), batch_id, on_progress=stop)
    layout = open_layout(fair.store, at, event_id, "mine").layout
    save_layout(fair.store, at, event_id, replace(layout, width_mm=layout.width_mm + 40))
    with pytest.raises(InvalidInputError, match="layout mine was changed"):
        print_badges(fair.store, SYSTEM.at(NOON), batch_id)
    assert not the_batch(fair).is_running
    drop_badges(fair.store, SYSTEM.at(NOON), batch_id)
    plan(fair, Wanted(layout="mine"))


KILLED = """
import sys, time
from datetime import datetime
from pathlib import Path
from uuid import UUID
from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.printing import badge_batches

def stop(*_given, **_named):
    print("here", flush=True)
    time.sleep(600)

badge_batches.SHEETS_A_PART = 2
badge_batches._note = stop
with Store(Path(sys.argv[1])) as store:
    at = datetime.fromisoformat(sys.argv[3])
    badge_batches.print_badges(store, SYSTEM.at(at), UUID(sys.argv[2]))
"""


@pytest.mark.usefixtures("few_a_part")
def test_a_program_that_is_killed_leaves_no_badge_twice(fair: Fair) -> None:
    tokens = [fair.token(fair.sell(f"Guest {no:02}")) for no in range(13)]
    batch_id = plan(fair)
    arguments = [str(fair.store.home), str(batch_id), NOON.isoformat()]
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, *arguments], stdout=subprocess.PIPE, text=True
    ) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == "here\n"
        os.kill(program.pid, signal.SIGKILL)
    with pytest.raises(InvalidInputError, match="Somebody else"):
        print_badges(fair.store, SYSTEM.at(NOON), batch_id)
    print_badges(fair.store, SYSTEM.at(NOON + HOLD), batch_id)
    files = sorted((fair.store.home / "exports").glob("*.pdf"))
    assert sorted(code for path in files for code in codes(path)) == sorted(tokens)
    assert len(printed(fair)) == 13


def test_who_got_a_badge_meanwhile_or_cancelled_is_left_out(fair: Fair) -> None:
    booked = {name: fair.sell(name) for name in ("Ada", "Ben", "Cleo")}
    batch_id = plan(fair)
    check_in(fair.store, STAFF.at(NOON), fair.scan(fair.token(booked["Ben"])))
    with fair.store.write() as connection:
        connection.execute(
            update(TicketRow)
            .where(TicketRow.id == booked["Cleo"].ticket_ids[0])
            .values(state="cancelled")
        )
    (path,) = print_badges(fair.store, SYSTEM.at(NOON), batch_id).files
    assert codes(path) == [fair.token(booked["Ada"])]
    assert printed(fair) == ["Ada"]


def test_sheets_go_to_a_printer_of_paper(fair: Fair, cups: Cups) -> None:
    booked = fair.sell("Ada")
    print_badges(fair.store, SYSTEM.at(NOON), plan(fair, printer="cups:paper"))
    assert "media=A4" in cups.arguments
    [(page, _size)] = sheet_pages(cups.job(1))
    assert codes_in(page) == [fair.token(booked)]
    assert printed(fair) == ["Ada"]


def test_an_organizer_prints_only_where_an_admin_set_a_printer_up(fair: Fair, cups: Cups) -> None:
    fair.sell("Ada")
    make_known(fair, SUPERVISOR)
    who = SUPERVISOR.at(NOON)
    with pytest.raises(NotAllowedError, match="only use printers that were set up here"):
        plan_badges(fair.store, who, fair.event.id, Wanted(), printer="cups:paper")
    add_printer(fair.store, SYSTEM.at(NOON), NewPrinter("Office", "cups:paper"))
    batch_id = plan_badges(fair.store, who, fair.event.id, Wanted(), printer="cups:paper")
    assert print_badges(fair.store, who, batch_id).is_whole


def test_a_printer_that_refuses_leaves_all_to_be_printed(fair: Fair, cups: Cups) -> None:
    fair.sell("Ada")
    cups.states = [7]
    batch_id = plan(fair, printer="cups:paper")
    with pytest.raises(PrinterRefusedError):
        print_badges(fair.store, SYSTEM.at(NOON), batch_id)
    assert (the_batch(fair).done, the_batch(fair).at_printer, printed(fair)) == (0, 0, [])


@pytest.mark.parametrize("came_out", [True, False])
def test_a_person_says_whether_sheets_came_out_that_nobody_noted(
    fair: Fair, cups: Cups, came_out: bool
) -> None:
    fair.sell("Ada")
    batch_id = plan(fair, printer="cups:paper")
    with fair.store.write() as connection:
        connection.execute(update(BadgeBatchRow).values(at_printer=1))
    with pytest.raises(InvalidInputError, match="nobody noted whether"):
        print_badges(fair.store, SYSTEM.at(NOON), batch_id)
    settle_sheets(fair.store, SYSTEM.at(NOON), batch_id, came_out=came_out)
    assert printed(fair) == (["Ada"] if came_out else [])
    assert the_batch(fair).state == ("done" if came_out else "open")


def test_a_label_printer_takes_no_sheets(fair: Fair) -> None:
    fair.sell("Ada")
    with pytest.raises(InvalidInputError, match="no sheets"):
        plan(fair, printer="zpl+tcp://localhost")


def test_some_sheets_are_printed_again(fair: Fair) -> None:
    tokens = [fair.token(fair.sell(f"Guest {no:02}")) for no in range(13)]
    batch_id = plan(fair)
    print_badges(fair.store, SYSTEM.at(NOON), batch_id)
    done = reprint_sheets(fair.store, SYSTEM.at(NOON), batch_id, 2, 3)
    assert sorted(codes(done.files[0])) == sorted(tokens[6:])
    assert len(printed(fair)) == 13
    with pytest.raises(InvalidInputError, match="3 to 4 cannot"):
        reprint_sheets(fair.store, SYSTEM.at(NOON), batch_id, 3, 4)


def test_one_batch_at_a_time_until_it_is_dropped(fair: Fair) -> None:
    fair.sell("Ada")
    batch_id = plan(fair)
    with pytest.raises(InvalidInputError, match="already"):
        plan(fair)
    drop_badges(fair.store, SYSTEM.at(NOON), batch_id)
    plan(fair, Wanted(order=Order.CODE))
    with pytest.raises(InvalidInputError, match="finished"):
        print_badges(fair.store, SYSTEM.at(NOON + timedelta(hours=1)), batch_id)


@pytest.mark.usefixtures("few_a_part")
def test_a_second_batch_of_the_day_leaves_the_files_of_the_first(fair: Fair) -> None:
    early = [fair.token(fair.sell(f"Guest {no:02}")) for no in range(13)]
    files = [*print_badges(fair.store, SYSTEM.at(NOON), plan(fair)).files]
    late = [fair.token(fair.sell(f"Late {no:02}")) for no in range(13)]
    files += print_badges(fair.store, SYSTEM.at(NOON), plan(fair)).files
    assert len(set(files)) == 4
    assert sorted(code for path in files for code in codes(path)) == sorted(early + late)


def test_sheets_again_take_no_file_that_a_batch_waits_for(fair: Fair) -> None:
    early = fair.token(fair.sell("Ada"))
    first = plan(fair)
    (path,) = print_badges(fair.store, SYSTEM.at(NOON), first).files
    path.unlink()
    late = fair.token(fair.sell("Ben"))
    second = plan(fair)
    (again,) = reprint_sheets(fair.store, SYSTEM.at(NOON), first, 1, 1).files
    (other,) = print_badges(fair.store, SYSTEM.at(NOON), second).files
    assert (codes(again), codes(other)) == ([early], [late])
