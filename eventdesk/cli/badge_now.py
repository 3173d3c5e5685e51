"""Printing the badge that a command has queued, or saying where it waits."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import click

from data.house_lock import is_printing
from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.cli.group import printer_of, settings_of
from eventdesk.core.clock import utc_now
from eventdesk.core.errors import StoreError
from eventdesk.core.messages import _, msg
from eventdesk.core.plain_text import plain
from eventdesk.printing import BadgePlace, badge_place

if TYPE_CHECKING:
    from badges.paper import Printer

PATIENCE_S: Final = 10.0
"""How long a command tries to print its badge."""

FOR_OTHERS_S: Final = 3.0
"""How long it waits for the program that is open on the store to print it."""

LOOK_S: Final = 0.05
HOW = msg("It prints once a desk or kiosk is open, or with: eventdesk badges --print")


def print_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say whether and where a command prints its badge."""
    no_print = click.option("--no-print", is_flag=True, help="Leave the badge to an open desk.")
    printer = click.option("--printer", help="Where the badge goes: folder, tcp://HOST:PORT, …")
    return no_print(printer(command))


@dataclass(frozen=True, slots=True)
class BadgePrinting:
    """How a command prints its badge; made before anything is changed.

    Attributes:
        wanted: Whether it prints at all, or leaves that to an open desk.
        printer: What this machine has while none is set up in the store.
        given: Whether the printer was named just now, so that it is used whatever is set up.
    """

    wanted: bool
    printer: "Printer | None"
    given: bool

    @classmethod
    def of(cls, named: str | None, *, no_print: bool) -> "BadgePrinting":
        """Open the printer that was named, else that of the settings.

        Raises:
            InvalidInputError: Its address cannot be used.
        """
        return cls(not no_print, None if no_print else own_printer(named), named is not None)


def own_printer(named: str | None) -> "Printer | None":
    """The printer of this machine: the one named just now, else that of the settings."""
    return printer_of(settings_of(printer=named))


def print_now(store: Store, delivery_id: UUID, how: BadgePrinting) -> None:
    """Print one badge and say on standard error where it is, or why it waits.

    A program that is open on the store prints it as it prints all others. Whatever comes of the
    badge, its guest is in.
    """
    try:
        if how.wanted:
            _print(store, delivery_id, how)
            _wait_for_others(store, delivery_id)
        _say(badge_place(store, SYSTEM, delivery_id))
    except StoreError as error:
        click.echo(_("  The badge waits: {error} {how}", error=error, how=HOW), err=True)


def _print(store: Store, delivery_id: UUID, how: BadgePrinting) -> None:
    if is_printing(store.home) and not how.given:
        return
    from eventdesk.spooler import Spooler

    spooler = Spooler(
        store, how.printer, backups=False, only_this=how.given, only_badge=delivery_id
    )
    spooler.drain(deadline=utc_now() + timedelta(seconds=PATIENCE_S))


def _wait_for_others(store: Store, delivery_id: UUID) -> None:
    """Wait while another program has the badge in hand, or is going to."""
    until_s = time.monotonic() + FOR_OTHERS_S
    while time.monotonic() < until_s:
        place = badge_place(store, SYSTEM, delivery_id)
        coming = place.state == "leased" or (place.state == "queued" and not place.trouble)
        if not coming or not (place.printer or is_printing(store.home)):
            return
        time.sleep(LOOK_S)


def _say(place: BadgePlace) -> None:
    where = plain(place.printer or place.where, limit=400)
    trouble = f": {plain(place.trouble, limit=400).rstrip('.')}" if place.trouble else ""
    match place.state:
        case "printed":
            said = _("  Badge printed: {where}", where=where)
        case "sent":
            said = _("  Badge sent: {where}", where=where)
        case "failed":
            said = _("  The badge failed{trouble}.", trouble=trouble)
            said += "\n" + _("  When that is mended: eventdesk badges --retry --print")
        case "queued" | "leased":
            said = _("  The badge waits{trouble}. {how}", trouble=trouble, how=HOW)
        case _else:
            return
    click.echo(said, err=True)
