"""What helps, as a value, where it is done with a key on screens and with a command elsewhere.

A use case says which `Remedy` there is, and never how: whoever shows it has the words. Screens
(`screens/core/remedy_words.py`) and commands (`eventdesk/cli/remedy_words.py`) have theirs, and so
has the wire (`eventdesk/wire/remedy_words.py`), where the value itself goes with them.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from eventdesk.core.messages import Message, msg


class ShownList(StrEnum):
    """A list that things are chosen from: what `Remedy.OPEN_LIST` opens."""

    EVENTS = "events"
    DRAWERS = "drawers"
    INVOICES = "invoices"
    BACKUPS = "backups"
    LAYOUTS = "layouts"
    TEST_PAYMENTS = "test_payments"
    TOKENS = "tokens"
    WEB_SESSIONS = "web_sessions"
    APP_SESSIONS = "app_sessions"


class Remedy(StrEnum):
    """What can be done about an error; behind each stands what is put in."""

    READ_AGAIN = "read_again"
    """What is shown is older than what there is."""
    READ_LATER = "read_later"
    """It is under way: wait a moment, then read it again."""
    OPEN_LIST = "open_list"
    """Look up what there is: `of`, a `ShownList`."""
    MAKE_FIRST = "make_first"
    """There is none yet: `kind`, an English name of things, such as "check-in list"."""
    OPEN_DRAWER = "open_drawer"
    """No cash drawer is open."""
    NAME_DRAWER = "name_drawer"
    """Several cash drawers are open."""
    RENAME_GATE = "rename_gate"
    """The gate stays; another name is all that can be given to it."""
    CHANGE_RULE = "change_rule"
    """A rule of a check-in list is in the way."""
    VERIFY_AUDIT = "verify_audit"
    """The audit log does not hold; a look at all of it says where."""
    EXAMINE_STORE = "examine_store"
    """The doctor looks at the store."""
    FIND_ACCOUNT = "find_account"
    """Accounts are found by name; guests may have none."""
    FIND_GUEST = "find_guest"
    """Guests are found by name, and named by the code of a ticket."""
    CHOOSE_DESK_PIN = "choose_desk_pin"
    """A supervisor has to choose the PIN that approves."""
    SET_STAFF_PIN = "set_staff_pin"
    """The event needs the PIN that unlocks its kiosks."""
    PAIR_DEVICE = "pair_device"
    """The device needs a code of pairing."""
    OFFER_PRINTER = "offer_printer"
    """The device has to say which printer is plugged in there."""
    NAME_ANOTHER_FILE = "name_another_file"
    """A file would be written over."""
    EMPTY_FOLDER = "empty_folder"
    """Files in a folder would be written over."""
    MAKE_PHRASE = "make_phrase"
    """Nobody made the recovery phrase that opens stored files."""
    SET_CLOCK = "set_clock"
    """The clock of this machine is wrong."""
    ASK_THEM = "ask_them"
    """Who has an account exports and erases what is theirs."""
    RESTORE_BACKUP = "restore_backup"
    """Without the replica the newest backup comes back."""
    RESTORE_BEFORE = "restore_before"
    """A backup of before the upgrade comes back."""
    RESTORE_ELSEWHERE = "restore_elsewhere"
    """What is here is of another house and stays."""
    MAKE_TOKEN = "make_token"
    """The token of a program is over, and another one has to be made."""
    END_OPENING_HOUR = "end_opening_hour"
    """Requests are collected for a while, and taken together."""
    FIND_FILE = "find_file"
    """The store is older than it was; the file that was here may be somewhere."""
    ACCEPT_STORE = "accept_store"
    """The store differs from what was noted of it, and a person takes it as it is."""
    CHECK_HOME = "check_home"
    """There is no such home folder."""
    NAME_HOME = "name_home"
    """The store lies in another folder."""


WORDS: Final[Mapping[Remedy, Message]] = {
    Remedy.READ_AGAIN: msg("Read it again."),
    Remedy.READ_LATER: msg("Wait a moment, then read it again."),
    Remedy.OPEN_LIST: msg("Choose one from the list."),
    Remedy.MAKE_FIRST: msg("Add the first one."),
    Remedy.OPEN_DRAWER: msg("Open one first."),
    Remedy.NAME_DRAWER: msg("Say which one."),
    Remedy.RENAME_GATE: msg("Give it another name instead."),
    Remedy.CHANGE_RULE: msg("Change that rule first."),
    Remedy.VERIFY_AUDIT: msg("Verify the audit log."),
    Remedy.EXAMINE_STORE: msg("Examine this store."),
    Remedy.FIND_ACCOUNT: msg("Look for it by name. Guests may have no account."),
    Remedy.FIND_GUEST: msg("Look for the guest by name, and give the code of a ticket."),
    Remedy.CHOOSE_DESK_PIN: msg("They choose one in their profile."),
    Remedy.SET_STAFF_PIN: msg("It is set on the machine that holds the files."),
    Remedy.PAIR_DEVICE: msg("Pair it with a code that an organizer shows."),
    Remedy.OFFER_PRINTER: msg("A device prints on what is plugged in there."),
    Remedy.NAME_ANOTHER_FILE: msg("Name another file."),
    Remedy.EMPTY_FOLDER: msg("Choose an empty folder."),
    Remedy.MAKE_PHRASE: msg("Make a recovery phrase first."),
    Remedy.SET_CLOCK: msg("Set the clock of this machine."),
    Remedy.ASK_THEM: msg("They export and erase themselves in their profile, or an admin does."),
    Remedy.RESTORE_BACKUP: msg("Restore the newest backup instead."),
    Remedy.RESTORE_BEFORE: msg("Bring back a backup of before."),
    Remedy.RESTORE_ELSEWHERE: msg("Nothing was changed. Restore it into an empty folder."),
    Remedy.MAKE_TOKEN: msg("Make a new token."),
    Remedy.END_OPENING_HOUR: msg("Take its times away first."),
    Remedy.FIND_FILE: msg("Look for the file that was here before."),
    Remedy.ACCEPT_STORE: msg("Look at the store, then take it as it is."),
    Remedy.CHECK_HOME: msg("Name another folder."),
    Remedy.NAME_HOME: msg("Name the folder it is in."),
}
"""The words that name no key, flag, command or address, for who has none."""

Phrase = Callable[["Advice"], Message]
"""Says a remedy in the words of who shows it."""


@dataclass(frozen=True, slots=True)
class Advice(Message):
    """A remedy as the sentence that it is to who reads it then.

    Attributes:
        remedy: What helps; `arguments` are its parameters.
    """

    remedy: Remedy = Remedy.READ_AGAIN

    def __str__(self) -> str:
        return str((_here.get() or _program)(self))

    __hash__ = Message.__hash__


def advise(remedy: Remedy, **parameters: str) -> Advice:
    """A remedy as the hint of an error."""
    return Advice(WORDS[remedy].text, parameters, remedy=remedy)


def plainly(advice: Advice) -> Message:
    """A remedy in words that name no key, flag or command."""
    return Message(WORDS[advice.remedy].text, advice.arguments)


def from_table(words: Mapping[Remedy, Message], advice: Advice) -> Message:
    """A remedy in the words of a table, else in those of everybody."""
    said = words.get(advice.remedy)
    return plainly(advice) if said is None else Message(said.text, advice.arguments)


_program: Phrase = plainly
_here: ContextVar[Phrase | None] = ContextVar("phrase", default=None)


def use_phrase(phrase: Phrase) -> None:
    """Set how this program says remedies, wherever `phrasing` sets nothing else."""
    global _program
    _program = phrase


@contextmanager
def phrasing(phrase: Phrase) -> Iterator[None]:
    """Say remedies in other words inside."""
    token = _here.set(phrase)
    try:
        yield
    finally:
        _here.reset(token)
