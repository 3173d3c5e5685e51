"""Which screens, dialogs and parts there are to look at, and which tour comes by each of them.

`visited.txt` names for each class the tour that meets it, so that a new class is noticed without
going on a tour; the long tests hold each tour to its lines.
"""

from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import Any, Final

from textual.screen import Screen
from textual.widget import Widget

import screens
from screens.core.part import Part

VISITED: Final = Path(__file__).with_name("visited.txt")

NOT_ON_A_TOUR: Final = {
    "a question that a ticket, a seat plan or a supervisor brings up at the desk": (
        "screens.booking.link_dialog:LinkDialog",
        "screens.booking.new_code:NewCode",
        "screens.desk.event_questions:EventQuestions",
        "screens.desk.group_dialog:GroupResults",
        "screens.desk.list_questions:ListQuestions",
        "screens.desk.seat_dialog:SeatDialog",
        "screens.desk.supervisor_pin:SupervisorPin",
        "screens.desk.waitlist_dialog:WaitlistDialog",
        "screens.desk.walk_in:SoldDialog",
        "screens.modals.questions:YesNo",
        "screens.modals.seat_picker:SeatPicker",
    ),
    "money that is due, or a drawer that is open": (
        "screens.money.at_reader:AtReader",
        "screens.money.cash_acts:CountDialog",
        "screens.money.import_preview:ImportPreview",
        "screens.money.payment_dialog:PaymentDialog",
        "screens.money.payment_dialog:PaymentOutcome",
        "screens.money.payment_page:PaymentPage",
        "screens.money.take_money:TakeMoney",
        "screens.organizer.money_tab:UnknownNotices",
    ),
    "a file, a layout, a printer or a service that the demo event does not have": (
        "screens.organizer.badge_sheets:SheetLook",
        "screens.organizer.badge_sheets:SheetProgress",
        "screens.organizer.import_tab:TypesDialog",
        "screens.organizer.import_tab:WaysDialog",
        "screens.organizer.layout_editor:LayoutEditor",
        "screens.organizer.layout_forms:PartDialog",
        "screens.printing.printer_badges:PrinterBadges",
        "screens.services.deliveries_screen:DeliveriesScreen",
    ),
    "a PIN, or a hand on a touch screen": (
        "screens.self_service.staff_menu:TouchPick",
        "screens.wall.wall_door:WallDoor",
    ),
    "what comes after something was booked, sent or made": (
        "screens.accounts.elsewhere:DeviceDialog",
        "screens.accounts.second_step:KeyForApp",
        "screens.accounts.shown_once:ShownOnce",
        "screens.attendee.calendar_dialog:CalendarDialog",
        "screens.attendee.checkout:PeopleDialog",
        "screens.attendee.waiting_part:WaitingScreen",
        "screens.door.conflicts_screen:ConflictsScreen",
        "screens.door.pairing:PairDialog",
        "screens.door.phones_screen:PhonesScreen",
        "screens.organizer.mail_texts_screen:MailPreview",
        "screens.organizer.mail_texts_screen:MailTextsPart",
        "screens.organizer.mail_texts_screen:MailTextsScreen",
        "screens.organizer.mails_screen:MailsPart",
        "screens.organizer.mails_screen:MailsScreen",
        "screens.organizer.privacy_screen:PrivacyScreen",
        "screens.organizer.readers_screen:ReadersScreen",
        "screens.organizer.way_in:WayIn",
    ),
    "an organizer without an event, or a wall for several": (
        "screens.organizer.organizer_screen:FirstEventScreen",
        "screens.wall.hall_screen:HallScreen",
        "screens.wall.wall_screen:WallChoice",
    ),
}
"""Why no tour comes by a class; its own tests show it."""


def name_of(kind: type[Any]) -> str:
    """What a class is called here."""
    return f"{kind.__module__}:{kind.__name__}"


def not_on_a_tour() -> set[str]:
    """The classes that no tour comes by."""
    return {name for names in NOT_ON_A_TOUR.values() for name in names}


def visited(tour: str = "") -> set[str]:
    """The classes that a tour is to come by; those of all tours without one."""
    lines = (line.split() for line in VISITED.read_text("utf-8").splitlines())
    return {name for of, name in lines if tour in ("", of)}


def not_met(tour: str, met: Iterable[type[Widget]]) -> set[str]:
    """The classes that a tour should have come by and did not."""
    return visited(tour) - {name_of(kind) for kind in met}


def kinds_of_screens() -> set[type[Widget]]:
    """The classes of screens, dialogs and parts that have no class of their own below them."""
    for module in walk_packages(screens.__path__, "screens."):
        import_module(module.name)
    below: set[type[Any]] = {*_below(Screen), *_below(Part)}
    return {
        kind
        for kind in below
        if kind.__module__.startswith("screens.")
        and not any(each in below for each in kind.__subclasses__())
    }


def _below(kind: type[Any]) -> Iterator[type[Any]]:
    for each in kind.__subclasses__():
        yield each
        yield from _below(each)
