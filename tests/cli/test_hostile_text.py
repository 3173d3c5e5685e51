"""Names that command a terminal: no command prints them, and no file of text keeps them."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import Text, select, update

from data.schema import TicketRow
from data.schema.base import Base
from data.store import Store
from eventdesk.acts import SYSTEM, Role
from eventdesk.booking import save_calendar_file
from eventdesk.cli import cli
from eventdesk.exchange import LISTINGS, Listing, refresh_mirror
from eventdesk.figures import REPORTS, ReportForm, save_report
from eventdesk.keeping import export_personal_data
from eventdesk.money import export_document, issue_invoice
from eventdesk.programme import NewSpeaker, NewSponsor, add_speaker, add_sponsor
from eventdesk.sales import NewDiscount, add_discount
from eventdesk.tables.files import Form
from tests.build import NOON, Fair
from tests.exchange.archive.test_hostile_archives import _fill
from tests.people import make_guest, make_staff

HOSTILE = "Eve\x1b]52;c;eA==\x07\x1b[2J\x9b31m\x00\x07\x08\x85\u202egnp.exe\u2066"
HARM = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")

NAMES = {
    *("name", "title", "holder_name", "line_two", "text", "note", "reason", "label", "drawer"),
    *("description", "category", "address", "organization", "biography", "level", "line", "payer"),
    *("purpose", "problem", "attention", "reference", "force_reason", "actor_name", "body", "seat"),
    *("item", "blocked_note", "invoice_sender", "bank_details", "memo", "error", "row_name"),
}


@pytest.fixture
def hostile(fair: Fair) -> Fair:
    """An event with something in every list; all its texts command a terminal."""
    _fill(fair)
    make_staff(fair, Role.STAFF)
    booked = fair.sell("Ada", account_id=make_guest(fair.store).id)
    fair.sell_all(["Grace"], paid=False)
    store, event_id = fair.store, fair.event.id
    issue_invoice(store, SYSTEM.at(NOON), booked.booking_id, recipient=HOSTILE)
    add_speaker(store, SYSTEM.at(NOON), event_id, NewSpeaker("Sue"))
    add_sponsor(store, SYSTEM.at(NOON), event_id, NewSponsor("Acme"))
    add_discount(store, SYSTEM.at(NOON), event_id, NewDiscount("EARLY", "percent", 1000))
    with store.write() as connection:
        for table in Base.metadata.sorted_tables:
            columns = [
                each for each in table.c if each.name in NAMES and isinstance(each.type, Text)
            ]
            if table.name not in {"audit", "ledger", "cash_movement", "invoice", "name_word"}:
                for column in columns:
                    connection.execute(update(table).values({column: HOSTILE + column.name}))
    return fair


COMMANDS = """
statistics | statistics --json | statistics --csv | status | find Eve | events | events --json
event show | event show --json | programme | programme --json | venue list | speaker list
sponsor list | list show | gate show | badges | layout list | printer list | printer status
printer list --json | type list | code list | seats plan | question list | booking list
booking list --json | booking show BOOKING | booking show BOOKING --json | payments list
payments credits | payments refunds | payments check | payments balance | gateway list | cash list
statement open | voucher list | invoice list | invoice show INVOICE | waitlist list
waitlist list --json | queue summary | report attendance | report revenue | report sales
report sessions | report waitlist | report no-shows | account list | audit verify | doctor
attendee list | attendee list --json | audit list | audit list --json
announce list | ticket show TICKET | plan | nonsense | event show --event NAME
"""


def test_no_command_prints_what_commands_a_terminal(hostile: Fair) -> None:
    with hostile.store.read() as connection:
        ticket = connection.execute(select(TicketRow.code).limit(1)).scalar_one()
    named = {"TICKET": ticket, "BOOKING": booking_code(hostile.store), "NAME": HOSTILE}
    named["INVOICE"] = f"{hostile.event.code}-I-00001"
    harm, broken = {}, {}
    for words in re.split(r"[|\n]", COMMANDS.strip()):
        given = [named.get(each, each) for each in words.split()]
        done = CliRunner().invoke(cli, ["--home", str(hostile.store.home), *given])
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            broken[words] = repr(done.exception)
        if found := HARM.search(done.output):
            harm[words] = repr(done.output[max(0, found.start() - 60) : found.end() + 20])
    assert (harm, broken) == ({}, {})


def booking_code(store: Store) -> str:
    with store.read() as connection:
        table = Base.metadata.tables["booking"]
        return str(connection.execute(select(table.c.code).limit(1)).scalar_one())


def harmful(path: Path) -> str:
    """What in a file of text commands a terminal, with the words around it."""
    text = path.read_text(encoding="utf-8-sig").replace("\r\n", "\n")
    found = HARM.search(text)
    return repr(text[max(0, found.start() - 40) : found.end() + 40]) if found else ""


def test_no_file_of_text_keeps_what_commands_a_terminal(hostile: Fair, tmp_path: Path) -> None:
    store, event_id = hostile.store, hostile.event.id
    files = []
    for listing, spec in LISTINGS.items():
        of_event = None if listing is Listing.EVENTS else event_id
        for form in (Form.CSV, Form.JSON):
            files.append(spec.write(store, SYSTEM.at(NOON), form, event_id=of_event).path)
    for kind in REPORTS.values():
        report = kind.make(store, SYSTEM.at(NOON), event_id)
        files += save_report(store, SYSTEM, report, form=ReportForm.CSV)
    with store.read() as connection:
        ticket_id = connection.execute(select(TicketRow.id).limit(1)).scalar_one()
        invoice = Base.metadata.tables["invoice"]
        document_id = connection.execute(select(invoice.c.id).limit(1)).scalar_one()
        account = Base.metadata.tables["account"]
        account_id = connection.execute(select(account.c.id).limit(1)).scalar_one()
    files.append(save_calendar_file(store, SYSTEM.at(NOON), ticket_id))
    files.append(export_document(store, SYSTEM, document_id, form="txt"))
    files.append(export_personal_data(store, SYSTEM.at(NOON), account_id))
    refresh_mirror(store, SYSTEM.at(NOON), tmp_path / "mirror")
    files += [each for each in (tmp_path / "mirror").rglob("*") if each.is_file()]
    assert {str(each): words for each in files if (words := harmful(each))} == {}
    assert [each.name for each in files if HARM.search(each.name)] == []
