"""What printers say of themselves is read in the language of who looks."""

from eventdesk.acts import SYSTEM
from eventdesk.core.messages import reading
from eventdesk.printing import list_printers, note_health
from tests.badge_jobs import set_up
from tests.build import NOON, Fair
from tests.printing.test_printers import OUT


def test_a_printer_out_of_paper_says_so_in_german_and_in_english(fair: Fair) -> None:
    printer_id = set_up(fair, "Desk A")
    with reading("de"):
        note_health(fair.store, SYSTEM.at(NOON), printer_id, OUT)
        (view,) = list_printers(fair.store, SYSTEM.at(NOON))
        assert view.words == "das Papier ist zu Ende. Legen Sie Papier ein."
    assert view.words == "it is out of paper. Put paper in."
