"""What came of a sale at the door, with the change in figures that are read across a counter."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Digits, Label

from eventdesk.core.formats import money
from eventdesk.core.messages import _, msg
from eventdesk.core.paying import Method
from eventdesk.core.plain_text import plain
from eventdesk.door.walk_in import Sold

PAID_WORDS = {
    Method.CASH: msg("in cash"),
    Method.TERMINAL: msg("by card"),
    Method.VOUCHER: msg("with a voucher"),
    Method.FREE: msg(""),
}


class SoldDialog(ModalScreen[None]):
    """Says that somebody is in, and how much change to give.

    Args:
        sold: What was sold.
        name: To whom.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f2", "close", "Next guest", show=False),
    ]
    AUTO_FOCUS = "#close"
    DEFAULT_CSS = """
    SoldDialog {
        & #sold-head { text-style: bold; color: $success; width: 100%; }
        & #sold-body { width: 100%; margin-top: 1; }
        & #sold-change { height: auto; margin-top: 1; }
        & #sold-change Label { width: auto; padding: 1 2 0 0; text-style: bold; }
        & #sold-change Digits { width: 1fr; color: $warning; text-style: bold; }
        & #sold-warning { width: 100%; color: $warning; }
    }
    """

    def __init__(self, sold: Sold, name: str) -> None:
        super().__init__()
        self.sold, self.guest = sold, name

    def compose(self) -> ComposeResult:
        """Lay out the good news, the change and what else to know."""
        sold = self.sold
        name = plain(self.guest, limit=50)
        with Vertical(classes="dialog"):
            words = (
                _("✓ {name} is in", name=name)
                if sold.check_in
                else _("✓ Sold to {name}, not let in yet", name=name)
            )
            yield Label(words, id="sold-head", markup=False)
            yield Label("\n".join(self._lines()), id="sold-body", markup=False)
            if sold.change.minor:
                with Horizontal(id="sold-change"):
                    yield Label(_("Change {currency}", currency=sold.change.currency), markup=False)
                    yield Digits(sold.change.amount, id="change")
            if sold.method == Method.CASH and not sold.drawer:
                yield Label(
                    _("! The cash is booked in no drawer."), id="sold-warning", markup=False
                )
            with Horizontal(classes="buttons"):
                yield Button(_("Next guest"), variant="primary", id="close")

    def _lines(self) -> list[str]:
        sold = self.sold
        paid = _("Free of charge")
        if sold.paid.minor:
            paid = f"{money(sold.paid)} {PAID_WORDS.get(Method(sold.method), '')}"
        if sold.drawer:
            paid = _("{paid}, in {drawer}", paid=paid, drawer=plain(sold.drawer, limit=40))
        lines = [
            paid,
            _(
                "Booking {booking_code}, ticket {ticket_code}",
                booking_code=sold.booking_code,
                ticket_code=sold.ticket_code,
            ),
        ]
        if sold.seat:
            lines.append(_("Seat {seat}", seat=plain(sold.seat, limit=40)))
        check_in = sold.check_in
        if check_in is not None and check_in.delivery_id is not None:
            lines.append(_("The badge is printing."))
        if check_in is not None and check_in.attention:
            lines.append(f"! {plain(check_in.attention, limit=300)}")
        return lines

    @on(Button.Pressed, "#close")
    def action_close(self) -> None:
        """Go on with the next guest."""
        self.dismiss(None)
