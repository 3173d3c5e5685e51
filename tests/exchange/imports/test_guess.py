"""What columns are taken for."""

from pathlib import Path

import pytest

from eventdesk.core.ids import new_id
from eventdesk.exchange import Field, Target
from eventdesk.exchange.imports.file_look import guess_columns
from eventdesk.sales import Question
from eventdesk.tables.files import open_table

PRETIX = (
    "Event slug,Order code,Position ID,Status,Email,Phone number,Order date,Order time,Product,"
    "Variation,Price,Tax rate,Tax rule,Tax value,Attendee name,Attendee name: Given name,"
    "Attendee name: Family name,Attendee email,Company,Address,ZIP code,City,Country,State,"
    "Voucher,Pseudonymization ID,Ticket secret,Seat ID,Seat name,Order comment,Check-in text,"
    "Sales channel,Order locale\n"
    "demo,A1B2C,1,paid,buyer@example.org,,2026-04-01,10:15:00,Regular,,120.00,0.00,,0.00,"
    "Ada Lovelace,Ada,Lovelace,ada@example.org,Analytical Ltd,,,,DE,,,,,,A-1,,,web,en\n"
)
EVENTBRITE = (
    "Order #,Order Date,First Name,Last Name,Email,Quantity,Price Tier,Ticket Type,Attendee #,"
    "Group,Order Type,Currency,Total Paid,Fees Paid,Eventbrite Fees,Attendee Status,Company,"
    "Buyer First Name,Buyer Last Name,Buyer Email\n"
    '123456,"Apr 3, 2026 9:15 PM",Ada,Lovelace,ada@example.org,1,,Regular,987,,Eventbrite '
    "Completed,EUR,120.00,0,0,Attending,Analytical Ltd,Charles,Babbage,cb@example.org\n"
)


PRETIX_LIST = (
    "Order code,Attendee name,Attendee name: Given name,Attendee name: Family name,Product,Price,"
    "Checked in,Checked out,Automatically checked in,Paid,Secret,E-mail,Phone number,Company,"
    "Voucher code,Order date,Order time,Requires special attention,Comment,Seat ID,Seat name,"
    "Seat zone,Seat row,Seat number,Blocked,Valid from,Valid until,Address,ZIP code,City,Country,"
    "State\n"
    "A1B2C,Ada Lovelace,Ada,Lovelace,Regular – Early,120.00,,,No,Yes,"
    "z3fsn8jyufm5kpk768q69gkbyr5f4h6w,ada@example.org,,Analytical Ltd,,2026-04-01,10:15:00,No,,,"
    "A-1,,,,,,,,,,US,CA\n"
)
EVENTBRITE_CODES = (
    "Order #,Order Date,First Name,Last Name,Email,Quantity,Ticket Type,Attendee #,Barcode #,"
    "Attendee Status\n"
    '123456,"Apr 3, 2026 9:15 PM",Ada,Lovelace,ada@example.org,1,Regular,987,1234569870001,'
    "Attending\n"
)


def guessed(tmp_path: Path, text: str, *questions: Question) -> dict[str, Target]:
    path = tmp_path / "file.csv"
    path.write_text(text, encoding="utf-8")
    table = open_table(path)
    columns = guess_columns(table, list(table.rows()), ["Regular", "VIP"], questions)
    return dict(zip(table.heading, columns, strict=True))


def test_a_pretix_export_maps_by_itself(tmp_path: Path) -> None:
    found = guessed(tmp_path, PRETIX)
    assert {title: target for title, target in found.items() if target} == {
        "Order code": Field.ORDER,
        "Position ID": Field.POSITION,
        "Status": Field.STATE,
        "Email": Field.BUYER_EMAIL,
        "Order date": Field.BOOKED_ON,
        "Order time": Field.BOOKED_AT,
        "Product": Field.TICKET_TYPE,
        "Variation": Field.VARIATION,
        "Price": Field.PRICE,
        "Attendee name": Field.NAME,
        "Attendee name: Given name": Field.GIVEN_NAME,
        "Attendee name: Family name": Field.FAMILY_NAME,
        "Attendee email": Field.EMAIL,
        "Company": Field.LINE_TWO,
        "Ticket secret": Field.TICKET_CODE,
        "Seat name": Field.SEAT,
        "Order comment": Field.NOTE,
        "Check-in text": Field.ATTENTION,
    }


def test_an_eventbrite_report_maps_by_itself(tmp_path: Path) -> None:
    found = guessed(tmp_path, EVENTBRITE)
    assert {title: target for title, target in found.items() if target} == {
        "Order #": Field.ORDER,
        "Order Date": Field.BOOKED_ON,
        "First Name": Field.GIVEN_NAME,
        "Last Name": Field.FAMILY_NAME,
        "Email": Field.EMAIL,
        "Quantity": Field.COUNT,
        "Ticket Type": Field.TICKET_TYPE,
        "Attendee #": Field.POSITION,
        "Currency": Field.CURRENCY,
        "Total Paid": Field.TOTAL,
        "Attendee Status": Field.STATE,
        "Company": Field.LINE_TWO,
        "Buyer First Name": Field.BUYER_GIVEN,
        "Buyer Last Name": Field.BUYER_FAMILY,
        "Buyer Email": Field.BUYER_EMAIL,
    }


def test_a_pretix_check_in_list_maps_by_itself(tmp_path: Path) -> None:
    found = guessed(tmp_path, PRETIX_LIST)
    assert {title: target for title, target in found.items() if target} == {
        "Order code": Field.ORDER,
        "Attendee name": Field.NAME,
        "Attendee name: Given name": Field.GIVEN_NAME,
        "Attendee name: Family name": Field.FAMILY_NAME,
        "Product": Field.TICKET_TYPE,
        "Price": Field.PRICE,
        "Paid": Field.STATE,
        "Secret": Field.TICKET_CODE,
        "E-mail": Field.EMAIL,
        "Company": Field.LINE_TWO,
        "Order date": Field.BOOKED_ON,
        "Order time": Field.BOOKED_AT,
        "Comment": Field.NOTE,
        "Seat name": Field.SEAT,
    }


def test_the_barcode_of_an_eventbrite_report_is_the_ticket_code(tmp_path: Path) -> None:
    assert guessed(tmp_path, EVENTBRITE_CODES)["Barcode #"] is Field.TICKET_CODE


@pytest.mark.parametrize(
    "title",
    ["Barcode", "QR code", "Ticket code", "ticket_secret", "Strichcode", "Código de barras"],
)
def test_a_column_of_codes_is_known_by_its_name(tmp_path: Path, title: str) -> None:
    assert guessed(tmp_path, f"Name,{title}\nAda,x1x2x3x4\n")[title] is Field.TICKET_CODE


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        (
            "Vorname;Nachname;E-Mail-Adresse;Ticketart;Preis;Bestellnummer;Bezahlt?;Firma",
            "given_name family_name email ticket_type price order state line_two",
        ),
        (
            "Prénom;Nom;Courriel;Tarif;Prix;Numéro de commande;Statut de paiement",
            "given_name family_name email ticket_type price order state",
        ),
        ("Nom;Adresse e-mail;Billet", "name email ticket_type"),  # codespell:ignore
        ("Nombre;Apellidos;Correo electrónico;Entrada", "given_name family_name email ticket_type"),
        ("Imię i nazwisko;E-mail;Rodzaj biletu", "name email ticket_type"),
        ("Имя;Фамилия;Электронная почта;Билет", "given_name family_name email ticket_type"),
        ("氏名;メールアドレス;券種;価格", "name email ticket_type price"),
        ("姓名;邮箱;票种;价格", "name email ticket_type price"),
        ("الاسم;البريد الإلكتروني;نوع التذكرة", "name email ticket_type"),
        ("NAME *;E-mail (work);TYPE:", "name email ticket_type"),
    ],
)
def test_names_in_many_languages_are_known(tmp_path: Path, heading: str, expected: str) -> None:
    cells = ";".join("x" for _ in heading.split(";"))
    found = guessed(tmp_path, f"{heading}\n{cells}\n")
    assert [str(target) for target in found.values()] == expected.split()


def test_columns_without_a_known_name_are_known_by_what_stands_in_them(tmp_path: Path) -> None:
    rows = "".join(
        f"Person {n},p{n}@example.org,{kind},{paid}\n"
        for n, (kind, paid) in enumerate([("VIP", "paid"), ("regular", "pending")] * 5)
    )
    found = guessed(tmp_path, "Name,kontakt,was,wie\n" + rows)
    assert list(found.values()) == [Field.NAME, Field.EMAIL, Field.TICKET_TYPE, Field.STATE]


def test_a_question_of_the_event_is_known_by_its_text(tmp_path: Path) -> None:
    question = Question(new_id(), "Food?")
    found = guessed(tmp_path, "Name,food\nAda,vegan\n", question)
    assert found["food"] == question.id


def test_no_field_is_guessed_twice(tmp_path: Path) -> None:
    found = guessed(tmp_path, "Email,E-Mail,Name\na@b.org,c@d.org,Ada\n")
    assert list(found.values()) == [Field.EMAIL, None, Field.NAME]
