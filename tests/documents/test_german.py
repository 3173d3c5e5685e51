"""Papers are written in the language of their reader."""

from eventdesk.core.cells import cell_width
from eventdesk.core.messages import reading
from eventdesk.documents.text import COLUMNS, as_text
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
