"""Papers are written in the language of their reader."""

from eventdesk.core.cells import cell_width
from eventdesk.core.messages import reading
from eventdesk.core.money import Money
from eventdesk.core.reports import Report, ReportKind, ReportTable, share_text
from eventdesk.documents.report_text import report_text
from eventdesk.documents.text import COLUMNS, as_text
from tests.build import NOON
from tests.documents.test_documents import INVOICE


def test_an_invoice_is_written_in_german() -> None:
    with reading("de"):
        text = as_text(INVOICE).replace("\N{NO-BREAK SPACE}", " ")
    for part in (
        "Rechnung DEMO26-I-00001",
        "01.06.2026",
        "Menge",
        "119,00",
        "enthält 19 % Steuer: 38,00 € auf 200,00 € netto",
        "ohne Steuer: 3,00 €",
        "Noch offen",
    ):
        assert part in text
    assert all(cell_width(line) <= COLUMNS for line in text.splitlines())


def test_the_figures_of_a_report_are_written_in_german() -> None:
    with reading("de"):
        row = ("VIP", 12345, Money(123450, "EUR"), share_text(1, 3))
        table = ReportTable("Verkauf", ("Art", "Anzahl", "Betrag", "Anteil"), (row,))
        report = Report(ReportKind.SALES, "Verkauf", "Demo Days", NOON, "UTC", (table,))
        text = report_text(report).replace("\N{NO-BREAK SPACE}", " ")
    for part in ("12.345 ", "1.234,50 €", "33,3 %"):
        assert part in text
