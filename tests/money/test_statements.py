from pathlib import Path

import pytest

from data.store import Store
from eventdesk.core.errors import InvalidInputError, NotAllowedError, NotFoundError
from eventdesk.money import (
    Match,
    assign_line,
    import_statement,
    list_payments,
    list_statement_lines,
    preview_statement,
    set_line_aside,
)
from tests.build import NOON, STAFF, SUPERVISOR, Fair, make_fair
from tests.payments import Owed, accounts, balance_of, cancel_tickets, eur, owe, state_of


@pytest.fixture
def owed(fair: Fair) -> list[Owed]:
    return [owe(fair, 12000, name=name) for name in ("Ada", "Bob", "Cem", "Dai", "Eve")]


@pytest.fixture
def file(tmp_path: Path, store: Store, owed: list[Owed]) -> Path:
    """A German statement: one of everything."""
    ada, bob, cem, dai, eve = (each.code for each in owed)
    cancel_tickets(store, owed[4], owed[4].ticket_ids, state="expired")
    path = tmp_path / "statement.csv"
    path.write_bytes(
        "\r\n".join(
            (
                "Konto;DE00 1234",
                "Buchungstag;Auftraggeber;Verwendungszweck;Betrag;Währung",
                f"01.06.2026;Ada Müller;Tickets {ada.lower()};120,00;EUR",
                f"01.06.2026;Bob;{bob[:3]}-{bob[3:]};120,00;EUR",
                f"01.06.2026;Cem;{cem};50,00;EUR",
                f"02.06.2026;Cem;{cem};50,00;EUR",
                f"02.06.2026;Cem;{cem};50,00;EUR",
                f"02.06.2026;Dai;{dai[:3]}-{dai[3:]};1.020,00;EUR",
                f"02.06.2026;Eve;{eve};120,00;EUR",
                "02.06.2026;Landlord;Rent;-500,00;EUR",
                "02.06.2026;Uncle;Good luck;20,00;EUR",
                f"02.06.2026;Dai;{dai};5,00;USD",
                f"02.06.2026;Dai;{dai};gold;EUR",
            )
        ).encode("latin-1")
    )
    return path


EXPECTED = [
    Match.PAID,
    Match.PAID,
    Match.PART,
    Match.PART,
    Match.OVER,
    Match.OPEN,
    Match.OPEN,
    Match.OUTGOING,
    Match.OPEN,
    Match.OPEN,
    Match.OPEN,
]


def test_a_dry_run_tells_all_and_changes_nothing(
    store: Store, fair: Fair, owed: list[Owed], file: Path
) -> None:
    seen = preview_statement(store, SUPERVISOR, fair.event.id, file)
    assert [line.match for line in seen.lines] == EXPECTED
    assert [line.problem for line in seen.lines if line.problem] == [
        f"Perhaps it is for booking {owed[3].code}.",
        f"Booking {owed[4].code} is expired already.",
        "No booking of this event is named.",
        "It is no EUR.",
        "The amount cannot be read.",
    ]
    assert seen.lines[0].payer == "Ada Müller"
    assert list_payments(store, SUPERVISOR, fair.event.id) == ([], 0)
    assert list_statement_lines(store, SUPERVISOR, fair.event.id) == ([], 0)


def test_an_import_books_what_the_dry_run_said(
    store: Store, fair: Fair, owed: list[Owed], file: Path
) -> None:
    looked = preview_statement(store, SUPERVISOR, fair.event.id, file)
    done = import_statement(store, SUPERVISOR.at(NOON), fair.event.id, file)
    assert [(line.match, line.problem) for line in done.lines] == [
        (line.match, line.problem) for line in looked.lines
    ]
    assert [state_of(store, each.booking_id) for each in owed] == [
        "paid",
        "paid",
        "paid",
        "pending",
        "expired",
    ]
    assert balance_of(store, owed[2].booking_id).credit == eur(3000)
    assert accounts(store)["bank"] == 39000


def test_what_was_imported_before_is_known(store: Store, fair: Fair, file: Path) -> None:
    first = import_statement(store, SUPERVISOR.at(NOON), fair.event.id, file)
    again = import_statement(store, SUPERVISOR.at(NOON), fair.event.id, file)
    assert again.count(Match.KNOWN) == len(first.lines) - 2
    assert accounts(store)["bank"] == 39000
    longer = file.with_name("longer.csv")
    text = file.read_text(encoding="latin-1")
    longer.write_text(f"{text}\r\n{text.splitlines()[5]}", encoding="latin-1")
    last = import_statement(store, SUPERVISOR.at(NOON), fair.event.id, longer).lines[-1]
    assert (last.match, last.problem[-13:]) == (Match.OPEN, "paid already.")


def test_a_person_assigns_what_nobody_could_match(
    store: Store, fair: Fair, owed: list[Owed], file: Path
) -> None:
    import_statement(store, SUPERVISOR.at(NOON), fair.event.id, file)
    lines, total = list_statement_lines(store, SUPERVISOR, fair.event.id)
    assert total == 4
    by_payer = {line.payer: line for line in lines}
    eve, uncle = by_payer["Eve"], by_payer["Uncle"]
    assert eve.id is not None
    assert uncle.id is not None
    paid = assign_line(store, SUPERVISOR.at(NOON), eve.id, owed[4].code.lower())
    assert paid.advice == "The booking is expired: revive it or give 120.00 EUR back."
    set_line_aside(store, SUPERVISOR.at(NOON), uncle.id)
    assert list_statement_lines(store, SUPERVISOR, fair.event.id)[1] == 2
    _all, total = list_statement_lines(store, SUPERVISOR, fair.event.id, open_only=False)
    assert total == 9
    with pytest.raises(InvalidInputError, match="booked already"):
        assign_line(store, SUPERVISOR.at(NOON), eve.id, owed[0].code)
    with pytest.raises(InvalidInputError, match="booked already"):
        set_line_aside(store, SUPERVISOR.at(NOON), eve.id)
    with pytest.raises(NotFoundError, match="no booking"):
        assign_line(store, SUPERVISOR.at(NOON), uncle.id, "NOBODY")


def test_a_line_is_not_booked_at_two_events(store: Store, fair: Fair, tmp_path: Path) -> None:
    other = make_fair(store, "Other Days")
    here, there = owe(fair, 12000), owe(other, 12000)
    broken = f"{there.code[:3]}-{there.code[3:]}"
    path = tmp_path / "both.csv"
    path.write_text(
        "date,payer,purpose,amount\n"
        f"2026-06-01,Ada,{here.code} {there.code},120.00\n"
        f"2026-06-02,Ada,{here.code} {broken},120.00\n"
        f"2026-06-03,Ada,{here.code} {broken},40.00\n"
    )
    seen = import_statement(store, SUPERVISOR.at(NOON), fair.event.id, path)
    too = f"Booking {there.code} of another event is named too."
    assert [(line.match, line.problem) for line in seen.lines] == [
        (Match.OPEN, too),
        (Match.OPEN, too),
        (Match.PART, ""),
    ]
    again = import_statement(store, SUPERVISOR.at(NOON), other.event.id, path)
    assert [(line.match, line.problem) for line in again.lines] == [
        (Match.OPEN, f"Booking {here.code} of another event is named too."),
        (Match.OPEN, f"Booking {here.code} of another event is named too."),
        (Match.OPEN, "It is booked at another event already."),
    ]
    assert accounts(store, there.booking_id) == {"receivable": 12000, "revenue": -12000}


def test_what_a_person_assigned_at_one_event_is_open_at_the_other(
    store: Store, fair: Fair, tmp_path: Path
) -> None:
    other = make_fair(store, "Other Days")
    here, there = owe(fair, 12000), owe(other, 12000)
    path = tmp_path / "both.csv"
    path.write_text(
        "date,payer,purpose,amount\n"
        "2026-06-01,Ada,Thank you,120.00\n"
        f"2026-06-02,Ada,{there.code},120.00\n"
    )
    for event_id in (fair.event.id, other.event.id):
        import_statement(store, SUPERVISOR.at(NOON), event_id, path)
    mine, _total = list_statement_lines(store, SUPERVISOR, fair.event.id)
    theirs, _total = list_statement_lines(store, SUPERVISOR, other.event.id)
    (line,) = (each for each in mine if each.purpose == "Thank you")
    (same,) = (each for each in theirs if each.purpose == "Thank you")
    assert line.id is not None
    assert same.id is not None
    assign_line(store, SUPERVISOR.at(NOON), line.id, here.code)
    with pytest.raises(InvalidInputError, match="at another event already"):
        assign_line(store, SUPERVISOR.at(NOON), same.id, there.code)
    assert state_of(store, there.booking_id) == "paid"


def test_a_file_that_is_no_statement_says_so(store: Store, fair: Fair, tmp_path: Path) -> None:
    for content in (b"", b"\x00\xff\xfe", b"name,e-mail\nAda,a@b\n"):
        path = tmp_path / "x.csv"
        path.write_bytes(content)
        with pytest.raises(InvalidInputError, match=r"This file has no|x\.csv, line 1: this is"):
            preview_statement(store, SUPERVISOR, fair.event.id, path)
    with pytest.raises(InvalidInputError, match="cannot be read"):
        preview_statement(store, SUPERVISOR, fair.event.id, tmp_path / "missing.csv")


def test_only_who_may_move_money_imports(store: Store, fair: Fair, file: Path) -> None:
    with pytest.raises(NotAllowedError):
        preview_statement(store, STAFF, fair.event.id, file)
    with pytest.raises(NotAllowedError):
        import_statement(store, STAFF.at(NOON), fair.event.id, file)


HEAD = "date,payer,purpose,amount,currency\n"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (HEAD + '2026-06-01,"Ada,{0},5.00,EUR\n2026-06-02,Bob,{1},5.00,EUR\n', "line 2, cannot be"),
        (HEAD + '2026-06-01,"A\nB",{0},5.00,EUR\n', "Row 2: there is a line break in its payer"),
        (HEAD + '2026-06-01,Ada,"{0},5.00,EUR\n2026-06-02,Bob,{1}",5.00,EUR\n', "row 2: a quot"),
        (HEAD + '2026-06-01,Ada,"{0},5.00",EUR\n', "row 2: a quotation mark holds together"),
        (HEAD + "2026-06-01,Ada,{0}\0,5.00,EUR\n", "Row 2: there is a NUL in its purpose"),
    ],
)
def test_no_transfer_is_swallowed_by_a_quotation_mark(
    store: Store, fair: Fair, owed: list[Owed], tmp_path: Path, text: str, says: str
) -> None:
    path = tmp_path / "statement.csv"
    path.write_text(text.format(*(each.code for each in owed)))
    for read in (preview_statement, import_statement):
        with pytest.raises(InvalidInputError, match=says):
            read(store, SUPERVISOR.at(NOON), fair.event.id, path)
    assert list_payments(store, SUPERVISOR, fair.event.id) == ([], 0)


def test_a_purpose_may_have_lines_and_a_cut_off_row_needs_a_look(
    store: Store, fair: Fair, owed: list[Owed], tmp_path: Path
) -> None:
    path = tmp_path / "statement.csv"
    lines = f'2026-06-01,Ada,"Ticket\n{owed[0].code}",120.00,EUR\n2026-06-01,Bob,{owed[1].code},12'
    path.write_text(HEAD + lines)
    seen = preview_statement(store, SUPERVISOR, fair.event.id, path)
    assert [(line.match, line.problem) for line in seen.lines] == [
        (Match.PAID, ""),
        (Match.OPEN, "The file ends in the middle of this row; get it again."),
    ]


def test_lines_without_an_amount_are_told(store: Store, fair: Fair, tmp_path: Path) -> None:
    path = tmp_path / "statement.csv"
    path.write_text(HEAD + "2026-06-01,Ada,x,5.00,EUR\nclosing balance\n")
    seen = preview_statement(store, SUPERVISOR, fair.event.id, path)
    assert [line.match for line in seen.lines] == [Match.OPEN, Match.REMARK]


def test_a_guessed_code_page_is_told_and_choosing_it_takes_no_line_twice(
    store: Store, fair: Fair, owed: list[Owed], tmp_path: Path
) -> None:
    path = tmp_path / "statement.csv"
    line = f"2026-06-01,Иван Петров,{owed[0].code},50.00,EUR\n"
    path.write_bytes((HEAD + line).encode("koi8-r"))
    seen = preview_statement(store, SUPERVISOR, fair.event.id, path, encoding="cp1252")
    assert not seen.encoding.guessed
    guess = import_statement(store, SUPERVISOR.at(NOON), fair.event.id, path)
    assert (guess.encoding.name, guess.encoding.words[0]) == ("koi8-r", "Иван")
    for other in ("cp1252", "cp1251", "koi8-r", ""):
        again = import_statement(store, SUPERVISOR.at(NOON), fair.event.id, path, encoding=other)
        assert [each.match for each in again.lines] == [Match.KNOWN]
