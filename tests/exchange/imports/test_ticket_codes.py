"""Codes that tickets were sold with elsewhere: taken in by an import, and what stops it."""

from pathlib import Path

import pytest

from eventdesk.acts import SYSTEM
from eventdesk.booking import reissue
from eventdesk.core.errors import InvalidInputError
from eventdesk.door import Outcome, check_in, find_tickets
from eventdesk.exchange import DryRun, Field, ImportPlan, run_import
from eventdesk.exchange.imports.plan import Reason
from eventdesk.tables.files import Form, save_table
from tests.build import NOON, STAFF, SUPERVISOR, Fair, make_fair
from tests.exchange.imports.test_guess import EVENTBRITE_CODES, PRETIX, PRETIX_LIST
from tests.exchange.imports.test_import import checked, imported, plan_for, written

SECRET = "z3fsn8jyufm5kpk768q69gkbyr5f4h6w"
HEAD = "Name,Ticket,Order,Ticket code\n"


def outcome(fair: Fair, text: str) -> Outcome:
    return check_in(fair.store, STAFF.at(NOON), fair.scan(text)).outcome


def reasons(run: DryRun) -> list[tuple[int, Reason]]:
    return [(each.row, each.reason) for each in run.problems]


@pytest.mark.parametrize(
    ("text", "code", "order"),
    [
        (PRETIX.replace("DE,,,,,,A-1", f"DE,,,,{SECRET},,A-1"), SECRET, "A1B2C"),
        (PRETIX_LIST.replace("Regular – Early", "Regular"), SECRET, "A1B2C"),
        (EVENTBRITE_CODES, "1234569870001", "123456"),
    ],
    ids=["pretix orders", "pretix check-in list", "eventbrite"],
)
def test_a_ticket_of_another_shop_opens_the_door_and_is_found_by_its_order(
    fair: Fair, tmp_path: Path, text: str, code: str, order: str
) -> None:
    assert imported(fair, written(tmp_path, text)).tickets == 1
    assert outcome(fair, code) is Outcome.ADMITTED
    assert outcome(fair, code) is Outcome.ALREADY_IN
    assert [each.name for each in find_tickets(fair.store, SYSTEM, fair.event.id, order)] == [
        "Ada Lovelace"
    ]


def test_codes_of_an_excel_file_open_the_door(fair: Fair, tmp_path: Path) -> None:
    path = tmp_path / "orders.xlsx"
    heading = ("Name", "Ticket", "Order", "Barcode")
    save_table(
        path, Form.XLSX, heading, [("Ada", "VIP", "K1", SECRET), ("Kay", "VIP", 17, 1234567)]
    )
    assert imported(fair, path).tickets == 2
    assert outcome(fair, SECRET) is Outcome.ADMITTED
    assert outcome(fair, "1234567") is Outcome.ADMITTED


def test_every_code_that_could_not_open_one_ticket_alone_stops_the_file_by_its_row(
    fair: Fair, tmp_path: Path
) -> None:
    own = fair.sell("Grace Hopper")
    path = written(
        tmp_path,
        "Name,Ticket,Order,Ticket code,Tickets\n"
        "Ada,VIP,K1,abcdefgh,1\n"
        "Kay,VIP,K2,abcdefgh,1\n"
        "Mary,VIP,K3,ABCDEFGH,1\n"
        "Lin,VIP,K4,1001,1\n"
        f"Una,VIP,K5,{own.ticket_codes[0]},1\n"
        f"Ida,VIP,K6,{fair.token(own)},1\n"
        "Eva,VIP,K7,with a space,1\n"
        "Zoe,VIP,K8,5.0011e+17,1\n"
        "Amy,VIP,K9,family-of-4,4\n"
        f"Joy,VIP,K10,{'x' * 301},1\n"
        "Sue,VIP,K11,sound-code,1\n"
        "Pam,VIP,K12,,1\n",
    )
    run = checked(fair, path)
    assert reasons(run) == [(row, Reason.BAD_CODE) for row in (3, 4, 5, 6, 7, 8, 9, 10, 11)]
    said = {each.row: each.text for each in run.problems}
    assert "Row 2 has the same" in said[3]
    assert "capitals" in said[4]
    with pytest.raises(InvalidInputError, match="9 problems"):
        imported(fair, path)


def test_every_spelling_of_a_short_code_is_named_by_its_row(fair: Fair, tmp_path: Path) -> None:
    short = fair.sell("Grace Hopper").ticket_codes[0]
    dashed = f"{short[:4]}-{short[4:]}"
    run = checked(fair, written(tmp_path, f"{HEAD}Ada,VIP,K1,{short}\nKay,VIP,K2,{dashed}\n"))
    assert reasons(run) == [(2, Reason.BAD_CODE), (3, Reason.BAD_CODE)]


def test_a_code_that_a_ticket_of_the_event_has_stops_the_file(fair: Fair, tmp_path: Path) -> None:
    imported(fair, written(tmp_path, f"{HEAD}Ada,VIP,K1,{SECRET}\n"))
    run = checked(fair, written(tmp_path, f"{HEAD}Kay,VIP,K2,{SECRET.upper()}\n"))
    assert reasons(run) == [(2, Reason.BAD_CODE)]


def test_the_same_code_may_be_at_two_events(fair: Fair, tmp_path: Path) -> None:
    path = written(tmp_path, f"{HEAD}Ada,VIP,K1,{SECRET}\n")
    imported(fair, path)
    assert imported(make_fair(fair.store, "Other Days"), path).tickets == 1


def test_tickets_without_a_code_beside_others_are_counted(fair: Fair, tmp_path: Path) -> None:
    run = checked(fair, written(tmp_path, f"{HEAD}Ada,VIP,K1,{SECRET}\nKay,VIP,K2,\n"))
    assert (run.possible, run.codes, run.without_code) == (True, 1, 1)
    none = checked(fair, written(tmp_path, "Name,Ticket\nAda,VIP\n"))
    assert (none.codes, none.without_code) == (0, 0)


def test_an_import_without_codes_is_completed_by_the_same_file_with_them(
    fair: Fair, tmp_path: Path
) -> None:
    path = written(tmp_path, f"{HEAD}Ada,VIP,K1,{SECRET}\n")
    plan = plan_for(fair, path)
    bare = ImportPlan(tuple(None if each is Field.TICKET_CODE else each for each in plan.columns))
    run_import(fair.store, SYSTEM.at(NOON), fair.event.id, path, bare)
    assert outcome(fair, SECRET) is Outcome.UNKNOWN
    assert checked(fair, path).renewed == 1
    done = imported(fair, path)
    assert (done.tickets, done.already, done.renewed) == (0, 1, 1)
    assert outcome(fair, SECRET) is Outcome.ADMITTED
    assert imported(fair, path).renewed == 0


def test_a_code_that_changed_in_the_shop_follows_and_the_old_one_is_unknown(
    fair: Fair, tmp_path: Path
) -> None:
    imported(fair, written(tmp_path, f"{HEAD}Ada,VIP,K1,{SECRET}\n"))
    imported(fair, written(tmp_path, f"{HEAD}Ada,VIP,K1,newer-secret\n"))
    assert outcome(fair, SECRET) is Outcome.UNKNOWN
    assert outcome(fair, "newer-secret") is Outcome.ADMITTED


def test_a_ticket_that_was_issued_anew_here_stays_revoked_whatever_is_imported_again(
    fair: Fair, tmp_path: Path
) -> None:
    path = written(tmp_path, f"{HEAD}Ada,VIP,K1,{SECRET}\n")
    imported(fair, path)
    (ada,) = find_tickets(fair.store, SYSTEM, fair.event.id, "Ada")
    reissue(fair.store, SUPERVISOR.at(NOON), ada.id, reason="phone lost")
    for text in (path.read_text(), f"{HEAD}Ada,VIP,K1,newer-secret\n"):
        assert imported(fair, written(tmp_path, text)).renewed == 0
    assert outcome(fair, SECRET) is Outcome.REVOKED
    assert outcome(fair, "newer-secret") is Outcome.UNKNOWN
