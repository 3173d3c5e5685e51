"""The spooler of a program that shows or answers something first."""

from typing import TYPE_CHECKING

from data.store import Store

if TYPE_CHECKING:
    from badges.paper import Printer
    from eventdesk.spooler import House, Spooler


class Spooling:
    """A spooler that begins when the first frame is there: nobody waits for paper before.

    Args:
        house: Whose badges it prints: this machine's store, or a hub.
        printer: Where badges go while none is set up; see `Spooler`.
        only_this: Whether that is used although others are set up.
    """

    def __init__(
        self, house: "Store | House", printer: "Printer | None", *, only_this: bool
    ) -> None:
        self._make = (house, printer, only_this)
        self._spooler: Spooler | None = None

    def begin(self) -> None:
        """Load the spooler and start it; what was queued before is found by itself."""
        from eventdesk.spooler import Spooler

        house, printer, only_this = self._make
        self._spooler = Spooler(house, printer, only_this=only_this)
        self._spooler.start()

    def wake(self) -> None:
        """Say that something was committed."""
        if self._spooler is not None:
            self._spooler.wake()

    def lives(self) -> bool:
        """Whether it has begun, and works."""
        return self._spooler is not None and self._spooler.lives

    def stop(self) -> None:
        """End it, where it has begun."""
        if self._spooler is not None:
            self._spooler.stop()
