"""Remedies in the words of screens: the keys that do them, and where they are done."""

from collections.abc import Mapping
from typing import Final

from eventdesk.core.messages import Message, msg
from eventdesk.core.remedies import Advice, Remedy, from_table

WORDS: Final[Mapping[Remedy, Message]] = {
    Remedy.READ_AGAIN: msg("Read it again (F5)."),
    Remedy.READ_LATER: msg("Wait a moment, then press F5."),
    Remedy.OPEN_LIST: msg("Choose one from the list; F5 reads it again."),
    Remedy.RENAME_GATE: msg("Give it another name instead: Enter on its line."),
    Remedy.CHANGE_RULE: msg("Change that rule first: R on the line of the list."),
    Remedy.VERIFY_AUDIT: msg("Verify the audit log: Administer, Log, V."),
    Remedy.CHOOSE_DESK_PIN: msg("They choose one under Profile."),
    Remedy.MAKE_PHRASE: msg("Make one: Administer, Backups, P."),
    Remedy.ASK_THEM: msg("They export and erase themselves under Profile, or an admin does."),
    Remedy.FIND_FILE: msg(
        "Look for the file that was here before. If it is lost: look at what was scanned and "
        "sold since, then eventdesk audit accept"
    ),
    Remedy.ACCEPT_STORE: msg("Look at the store, then take it as it is: eventdesk audit accept"),
    Remedy.SET_STAFF_PIN: msg("Set one on the machine's command line: `eventdesk staff-pin`."),
}


def on_screens(advice: Advice) -> Message:
    """A remedy as the key to press."""
    return from_table(WORDS, advice)
