"""All commands: where each is, and the line that `eventdesk --help` shows of it.

A command's module is loaded when the command is called: the door must open without a screen
library, and `--help` without a database. A test compares the lines with the commands' own.
"""

from typing import Final, NamedTuple


class Entry(NamedTuple):
    """A command that is not loaded yet.

    Attributes:
        module: The module in `eventdesk.cli` with the function `…_command`.
        help: The first sentence of the command's own help.
    """

    module: str
    help: str


_MODULES: Final = {
    "starting": "start",
    "screens": "open kiosk desk",
    "figures": "wall statistics",
    "scan": "scan",
    "serving": "serve",
    "door": "check-in undo find status events badges",
    "tickets": "ticket",
    "events": "event",
    "announcing": "announce",
    "programme": "programme venue room speaker sponsor",
    "planning": "plan",
    "lists": "list gate",
    "badge_sheets": "badge-sheets",
    "layouts": "layout",
    "printers": "printer",
    "sales": "type code question",
    "seating": "seats",
    "booking": "book register booking",
    "attendees": "attendee",
    "money": "pay refund payments gateway statement fees voucher invoice",
    "cash": "walk-in cash",
    "card_readers": "reader",
    "waiting": "waitlist queue",
    "importing": "import",
    "exchange": "export report",
    "export_sets": "export-set",
    "archives": "archive",
    "replicate": "replicate",
    "services": "service",
    "demo": "demo demo-video",
    "tour": "tour",
    "keeping": "init reset backup restore upgrade audit keys clock staff-pin",
    "accounts": "account person",
    "devices": "device",
    "profiles": "profile",
    "doctor": "doctor",
    "rehearsal": "rehearse",
}
"""The commands of each module."""

_HELP: Final = {
    "start": "Make all that an event needs: store, account, event, ticket types, list, guests.",
    "open": "Open the full-screen program: sign in, choose a place to work.",
    "kiosk": "Open the self-service kiosk; only the staff PIN closes it.",
    "desk": "Open the registration desk, for whoever owns this machine's files.",
    "wall": "Open the statistics wall: live figures to be read from across the hall.",
    "statistics": "Show how an event stands: expected, in, inside now, out; or save a panel of the "
    "wall.",
    "scan": "Read tickets from SOURCE and check them in, without a screen.",
    "serve": "Serve the house over HTTP: its API, and a printer of its badges, until Ctrl+C.",
    "check-in": "Let one ticket in, by the text of its QR code or the code printed on it.",
    "undo": "Take back one check-in by the id of its scan (`check-in --json` shows it).",
    "find": "Find tickets by name (typos welcome), e-mail, ticket or booking code, or seat.",
    "status": "Show how a check-in list stands: expected, in, out, refused by reason, badges "
    "waiting.",
    "ticket": "Show, export and reissue tickets.",
    "events": "List the events of this store with their check-in lists.",
    "event": "Set up events, and take them from draft to published.",
    "announce": "Write to the guests of an event.",
    "programme": "Show what happens at an event, day by day, with what is at odds; or change it.",
    "venue": "Say where an event happens.",
    "room": "Say which rooms a venue has; `eventdesk venue list` shows them.",
    "speaker": "Say who speaks at an event.",
    "sponsor": "Say who supports an event.",
    "plan": "Say how long guests will wait at a door, and when to open and close a lane.",
    "list": "Add, change and try check-in lists: for which tickets, how often, what for.",
    "gate": "Add gates: where people are checked in.",
    "badges": "Show how the badges stand, and why; queue failed ones again when the cause is "
    "mended.",
    "badge-sheets": "Print badges in advance, many a sheet, into a PDF or on a printer of paper.",
    "layout": "How badges look: layouts as files, in the folder layouts of the home folder.",
    "printer": "Set up printers of badges, and see how they are.",
    "type": "Add, list and change ticket types.",
    "code": "Add, list and end discount codes.",
    "seats": "Make seats and look at the plan.",
    "question": "Ask those who book for more than their names.",
    "book": "Book a ticket for each NAME, by the team or, with --as, by somebody's own account.",
    "register": "Book for the people in FILE or standard input: one a line, the name, a comma, the "
    "e-mail.",
    "booking": "List, show and change bookings.",
    "attendee": "List who has a ticket of an event, and who is in.",
    "pay": "Take a payment for the booking CODE.",
    "refund": "Give back money of the booking CODE: a credit, or an amount.",
    "payments": "Look at the money of an event: payments, balance, refunds, credits, the books.",
    "gateway": "Drive the test desk, a gateway that moves no money.",
    "walk-in": "Sell one ticket to NAME at the door: booking, payment, check-in and badge at once.",
    "cash": "Open, count and close cash drawers.",
    "reader": "Say which card reader of Stripe stands at this machine.",
    "statement": "Match bank statements to bookings.",
    "fees": "Post what providers of payments keep and pay out.",
    "voucher": "Issue and list vouchers: prepaid money for one event.",
    "invoice": "Issue, show and export receipts, invoices and credit notes.",
    "waitlist": "Show who waits, write people down, take them off, and give free places.",
    "queue": "Collect requests for the hour of opening, and take them in order.",
    "import": "Take attendees and bookings in from a CSV, XLSX or JSON file: all rows or none.",
    "export": "Write a list into a file, or keep a mirror of everything in plain files.",
    "export-set": "Keep columns of a list under a name, and have them exported by themselves.",
    "report": "Show a report, or save it as CSV, XLSX or PDF.",
    "archive": "Move a whole event to another eventdesk, with its ids, valid codes and keys.",
    "service": "Set up services outside: try them, and see what went to them.",
    "demo": "Make a believable demo event in the home folder, and a store where there is none.",
    "demo-video": "Render a video (.mp4 or .avi) of people holding tickets of the event up to a "
    "camera.",
    "tour": "Make a demo event whose doors open in ten minutes, and lead through the screens with "
    "it.",
    "init": "Make the home folder with an empty store and new keys.",
    "reset": "Empty the store, after a backup of what is in it.",
    "backup": "Copy the store while it is in use, check the copy, pack it, and thin old ones.",
    "replicate": "Keep each commit elsewhere within seconds, encrypted, until it is stopped.",
    "restore": "Bring back a backup, the newest by default; what is there now is set aside.",
    "upgrade": "Bring the home of an older eventdesk over to this one, try that on a copy, or undo "
    "it.",
    "audit": "Look after the log of who changed what.",
    "keys": "Look after the keys that make and open tickets.",
    "clock": "Compare the clock with what the store knows, and say that it is right.",
    "staff-pin": "Set the PIN that unlocks the kiosks of an event: six digits or more.",
    "account": "Make accounts, find people, let them in again or keep them out.",
    "profile": "Show and change what people tell about themselves.",
    "device": "Pair phones, desks and kiosks with an event, look after them, and settle what "
    "phones did alone.",
    "person": "Export or erase guests without an account: walk-ins, imported guests, team "
    "bookings.",
    "doctor": "Look at everything the door needs and say what to do.",
    "rehearse": "Play a day at the door on a copy of the event, with faults, and report what came "
    "of it.",
}
"""The first sentence of each command, in the order in which one meets them."""

_MODULE_OF: Final = {name: module for module, names in _MODULES.items() for name in names.split()}

COMMANDS: Final = {name: Entry(_MODULE_OF[name], help) for name, help in _HELP.items()}
"""By name, in the order in which one meets them."""
