"""Remedies in the words of the command line: the commands and flags that do them."""

from collections.abc import Mapping
from typing import Final

from eventdesk.core.messages import Message, msg
from eventdesk.core.remedies import Advice, Remedy, ShownList, from_table

LISTS: Final[Mapping[str, str]] = {
    ShownList.EVENTS: "events",
    ShownList.DRAWERS: "cash list",
    ShownList.INVOICES: "invoice list",
    ShownList.BACKUPS: "backup --list",
    ShownList.LAYOUTS: "layout list",
    ShownList.TEST_PAYMENTS: "gateway list",
}
"""The command that shows a list."""

FIRST: Final[Mapping[str, str]] = {
    "event": "demo --size 500",
    "check-in list": "list add --help",
    "code": "code add --help",
    "device": "device pair --help",
    "section": "seats make --help",
    "service": "service kinds",
    "session": "programme add --help",
    "ticket type": "type add --help",
    "token": "tokens make --help",
}
"""The command that makes the first of a kind, where it is not `KIND add`."""

WORDS: Final[Mapping[Remedy, Message]] = {
    Remedy.READ_AGAIN: msg("List again what there is."),
    Remedy.READ_LATER: msg("Wait a moment, then try again."),
    Remedy.OPEN_DRAWER: msg("Open one: `eventdesk cash open`."),
    Remedy.NAME_DRAWER: msg("Name one with --drawer."),
    Remedy.CHANGE_RULE: msg("Change that rule first: `eventdesk list change`."),
    Remedy.VERIFY_AUDIT: msg("Run `eventdesk audit verify`."),
    Remedy.EXAMINE_STORE: msg("Run `eventdesk doctor` on this store."),
    Remedy.FIND_ACCOUNT: msg(
        "Find it: `eventdesk account list NAME`. Guests without one: `eventdesk person`."
    ),
    Remedy.FIND_GUEST: msg(
        "Give the code of a ticket; `eventdesk find NAME` shows codes and addresses."
    ),
    Remedy.CHOOSE_DESK_PIN: msg("They choose one with `eventdesk account desk-pin`."),
    Remedy.SET_STAFF_PIN: msg("Set one: `eventdesk staff-pin`."),
    Remedy.PAIR_DEVICE: msg("Pair it: eventdesk pair, with a code that an organizer shows."),
    Remedy.OFFER_PRINTER: msg(
        "A device prints on what is plugged in there: eventdesk pair --printer."
    ),
    Remedy.NAME_ANOTHER_FILE: msg("Name another, or add --overwrite."),
    Remedy.EMPTY_FOLDER: msg("Choose an empty folder, or add --overwrite."),
    Remedy.MAKE_PHRASE: msg("Make one: `eventdesk backup --phrase`."),
    Remedy.SET_CLOCK: msg("Set the clock; `eventdesk clock show` says how it stands."),
    Remedy.ASK_THEM: msg(
        "They export and erase themselves under Profile, or an admin: `eventdesk account`."
    ),
    Remedy.RESTORE_BACKUP: msg("Leave --replica out: the newest backup comes back."),
    Remedy.RESTORE_BEFORE: msg("Bring back a backup of before: eventdesk backup --list"),
    Remedy.RESTORE_ELSEWHERE: msg(
        "Nothing was changed. Restore it into an empty folder: --home FOLDER restore."
    ),
    Remedy.FIND_FILE: msg(
        "Look for the file that was here before. If it is lost: look at what was scanned and "
        "sold since, then eventdesk audit accept"
    ),
    Remedy.ACCEPT_STORE: msg("Look at the store, then take it as it is: eventdesk audit accept"),
    Remedy.END_OPENING_HOUR: msg("Take its times away first: `eventdesk queue remove`."),
    Remedy.CHECK_HOME: msg("Check --home."),
    Remedy.NAME_HOME: msg("Name its folder with --home."),
}


def in_commands(advice: Advice) -> Message:
    """A remedy as what to type."""
    kind, listed = advice.arguments.get("kind"), advice.arguments.get("of")
    if advice.remedy is Remedy.OPEN_LIST and listed in LISTS:
        return msg("List them: `eventdesk {command}`.", command=LISTS[str(listed)])
    if advice.remedy is Remedy.MAKE_FIRST and kind:
        return msg("Try `eventdesk {first}`.", first=FIRST.get(str(kind), f"{kind} add --help"))
    return from_table(WORDS, advice)
