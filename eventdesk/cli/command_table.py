"""All commands: where each is, and the line that `eventdesk --help` shows of it.

A command's module is loaded when the command is called: the door must open without a screen
library, and `--help` without a database. A test compares the lines with the commands' own.
"""

from typing import NamedTuple


class Entry(NamedTuple):
    """A command that is not loaded yet.

    Attributes:
        module: The module in `eventdesk.cli` with the function `…_command`.
        help: The first sentence of the command's own help.
    """

    module: str
    help: str


COMMANDS = {
    "open": Entry("screens", "Open the full-screen program: sign in, choose a place to work."),
    "kiosk": Entry("screens", "Open the self-service kiosk; only the staff PIN closes it."),
    "desk": Entry("screens", "Open the registration desk for whoever owns this machine's files."),
    "wall": Entry(
        "figures", "Open the statistics wall: live figures to be read from across the hall."
    ),
    "statistics": Entry(
        "figures",
        "Show how an event stands: expected, in, inside now, out; or save a panel of the wall.",
    ),
    "scan": Entry("scan", "Read tickets from SOURCE and check them in, without a screen."),
    "check-in": Entry(
        "door", "Let one ticket in, by the text of its QR code or the code printed on it."
    ),
    "undo": Entry(
        "door", "Take back one check-in by the id of its scan (`check-in --json` shows it)."
    ),
    "find": Entry(
        "door", "Find tickets by name (typos welcome), e-mail, ticket or booking code, or seat."
    ),
    "status": Entry(
        "door",
        "Show how a check-in list stands: expected, in, out, refused by reason, badges waiting.",
    ),
    "ticket": Entry("tickets", "Show, export and reissue tickets."),
    "events": Entry("door", "List the events of this store with their check-in lists."),
    "event": Entry("events", "Set up events, and take them from draft to published."),
    "announce": Entry("announcing", "Write to the guests of an event."),
    "programme": Entry(
        "programme",
        "Show what happens at an event, day by day, with what is at odds; or change it.",
    ),
    "venue": Entry("programme", "Say where an event happens."),
    "room": Entry("programme", "Say which rooms a venue has; `eventdesk venue list` shows them."),
    "speaker": Entry("programme", "Say who speaks at an event."),
    "sponsor": Entry("programme", "Say who supports an event."),
    "plan": Entry(
        "planning", "Say how long guests will wait at a door, and when to open and close a lane."
    ),
    "list": Entry(
        "lists", "Add, change and try check-in lists: for which tickets, how often, what for."
    ),
    "gate": Entry("lists", "Add gates: where people are checked in."),
    "badges": Entry(
        "door",
        "Show how the badges stand, and why; queue failed ones again when the cause is mended.",
    ),
    "layout": Entry(
        "layouts", "How badges look: layouts as files, in the folder layouts of the home folder."
    ),
    "printer": Entry("printers", "Set up printers of badges, and see how they are."),
    "type": Entry("sales", "Add, list and change ticket types."),
    "code": Entry("sales", "Add, list and end discount codes."),
    "seats": Entry("seating", "Make seats and look at the plan."),
    "question": Entry("sales", "Ask those who book for more than their names."),
    "book": Entry(
        "booking",
        "Book a ticket for each NAME, by the team or, with --as, by somebody's own account.",
    ),
    "register": Entry(
        "booking",
        "Book for the people in FILE or standard input: one a line, the name, a comma, the e-mail.",
    ),
    "booking": Entry("booking", "List, show and change bookings."),
    "pay": Entry("money", "Take a payment for the booking CODE."),
    "refund": Entry("money", "Give back money of the booking CODE: a credit, or an amount."),
    "payments": Entry(
        "money", "Look at the money of an event: payments, balance, refunds, credits, the books."
    ),
    "gateway": Entry("money", "Drive the test desk, a gateway that moves no money."),
    "walk-in": Entry(
        "cash", "Sell one ticket to NAME at the door: booking, payment, check-in and badge at once."
    ),
    "cash": Entry("cash", "Open, count and close cash drawers."),
    "statement": Entry("money", "Match bank statements to bookings."),
    "voucher": Entry("money", "Issue and list vouchers: prepaid money for one event."),
    "invoice": Entry("money", "Issue, show and export receipts, invoices and credit notes."),
    "waitlist": Entry(
        "waiting", "Show who waits, write people down, take them off, and give free places."
    ),
    "queue": Entry("waiting", "Collect requests for the hour of opening, and take them in order."),
    "import": Entry(
        "importing",
        "Take attendees and bookings in from a CSV, XLSX or JSON file: all rows or none.",
    ),
    "export": Entry(
        "exchange", "Write a list into a file, or keep a mirror of everything in plain files."
    ),
    "report": Entry("exchange", "Show a report, or save it as CSV, XLSX or PDF."),
    "archive": Entry(
        "archives", "Move a whole event to another eventdesk, with its ids, valid codes and keys."
    ),
    "demo": Entry(
        "demo", "Make a believable demo event in the home folder, and a store where there is none."
    ),
    "demo-video": Entry(
        "demo",
        "Render a video (.mp4 or .avi) of people holding tickets of the event up to a camera.",
    ),
    "tour": Entry(
        "tour",
        "Make a demo event with a film of its guests, and open the kiosk with the film as camera.",
    ),
    "init": Entry("keeping", "Make the home folder with an empty store and new keys."),
    "reset": Entry("keeping", "Empty the store, after a backup of what is in it."),
    "backup": Entry(
        "keeping", "Copy the store while it is in use, check the copy, pack it, and thin old ones."
    ),
    "restore": Entry(
        "keeping", "Bring back a backup, the newest by default; what is there now is set aside."
    ),
    "upgrade": Entry(
        "keeping",
        "Bring the home of an older eventdesk over to this one, try that on a copy, or undo it.",
    ),
    "audit": Entry("keeping", "Look after the log of who changed what."),
    "keys": Entry("keeping", "Look after the keys that make and open tickets."),
    "clock": Entry(
        "keeping", "Compare the clock with what the store knows, and say that it is right."
    ),
    "staff-pin": Entry(
        "keeping", "Set the PIN that unlocks the kiosks of an event: six digits or more."
    ),
    "account": Entry("accounts", "Make accounts, find people, let them in again or keep them out."),
    "person": Entry(
        "accounts",
        "Export or erase guests without an account: walk-ins, imported guests, team bookings.",
    ),
    "doctor": Entry("doctor", "Look at everything the door needs and say what to do."),
    "rehearse": Entry(
        "rehearsal",
        "Play a day at the door on a copy of the event, with faults, and report what came of it.",
    ),
}
"""By name, in the order in which one meets them."""
