"""Calendar files (RFC 5545), and invitations that mail programs take in (RFC 5546)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final
from urllib.parse import quote
from uuid import UUID

from eventdesk.core.errors import InvalidInputError
from eventdesk.core.made_file import MadeFile
from eventdesk.core.messages import msg
from eventdesk.core.plain_text import file_name, plain

if TYPE_CHECKING:
    from icalendar import Alarm, Calendar, Event, vCalAddress

MAX_WORDS: Final = 800
"""Longest description of an entry, in characters."""

MEDIA_TYPE: Final = "text/calendar"

BEFORE_EVENT: Final = timedelta(hours=2)
BEFORE_SESSION: Final = timedelta(minutes=10)
"""How long before something begins calendars remind of it."""

ASK_AGAIN: Final = timedelta(hours=1)
"""How often a calendar program should ask for a subscribed calendar (RFC 7986, section 5.7)."""


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """What stands in a calendar.

    Attributes:
        id: By it a calendar knows the entry again, and takes what is new.
        where: A place, or an address of the web; "" for none.
        address: Where one can read more; "" for nowhere.
        remind: How long before its beginning the calendar reminds; None not at all.
        sequence: How often its time or place changed: a higher one replaces a lower one.
        changed_at: When that was last; None is now.
        is_off: Whether it does not take place, or not for whoever reads it.
        is_sure: Whether it is certain that whoever reads it comes.
    """

    id: UUID
    title: str
    starts_at: datetime
    ends_at: datetime
    where: str = ""
    description: str = ""
    address: str = ""
    remind: timedelta | None = None
    sequence: int = 0
    changed_at: datetime | None = None
    is_off: bool = False
    is_sure: bool = True

    @property
    def status(self) -> str:
        """The word of RFC 5545, section 3.8.1.11."""
        if self.is_off:
            return "CANCELLED"
        return "CONFIRMED" if self.is_sure else "TENTATIVE"


@dataclass(frozen=True, slots=True)
class Party:
    """Who invites, or is invited: an address of mail, and the name beside it."""

    address: str
    name: str


@dataclass(frozen=True, slots=True)
class Invitation:
    """An entry as a mail brings it.

    Attributes:
        method: What a mail program does with it (RFC 5546): "REQUEST" puts it in, or changes what
            is there under the same UID; "CANCEL" takes it out.
    """

    method: str
    content: bytes


def invitation_of(
    entry: CalendarEntry, organizer: Party, guest: Party, now: datetime
) -> Invitation:
    """Make an invitation of one guest.

    Whoever has a ticket has said yes, so nobody is asked to answer.

    Args:
        entry: What stands in the calendar; one that is off is taken out.
        organizer: Who invites: the address that the mail comes from, or programs distrust it.
        guest: Whom the mail goes to.
        now: When it is made; of two with the same sequence the later one holds.

    Raises:
        InvalidInputError: The calendar library is not installed.
    """
    method = "CANCEL" if entry.is_off else "REQUEST"
    calendar = _calendar()
    calendar.add("method", method)
    event = _entry(entry, now, made_at=now)
    event.add("organizer", _party(organizer))
    yes = {"CUTYPE": "INDIVIDUAL", "ROLE": "REQ-PARTICIPANT", "PARTSTAT": "ACCEPTED"}
    event.add("attendee", _party(guest, **yes, RSVP="FALSE"))
    calendar.add_component(event)
    return Invitation(method, calendar.to_ical())


def calendar_of(
    entries: Iterable[CalendarEntry], called: str, now: datetime, *, subscribed: bool = False
) -> MadeFile:
    """Make a calendar file.

    Instants are written in UTC: so the hour that comes twice in autumn is two, and no time zone has
    to be described. Calendars show them in the zone of whoever looks.

    Args:
        called: What the file is named after.
        now: When it is made.
        subscribed: Whether programs ask for it again and again, and show it under its name.

    Raises:
        InvalidInputError: The calendar library is not installed.
    """
    calendar = _calendar()
    if subscribed:
        for name in ("name", "x-wr-calname"):
            calendar.add(name, plain(called))
        calendar.add("refresh-interval", ASK_AGAIN, parameters={"value": "DURATION"})
        calendar.add("x-published-ttl", "PT1H")
    for each in entries:
        calendar.add_component(_entry(each, now))
    stem = file_name(called, fallback="calendar")
    return MadeFile(f"{stem}.ics", MEDIA_TYPE, calendar.to_ical())


def _calendar() -> "Calendar":
    try:
        from icalendar import Calendar
    except ImportError as error:
        raise InvalidInputError(
            msg("Calendar files need one more library."),
            hint=msg('Install it: pip install "eventdesk[calendar]"'),
        ) from error
    calendar = Calendar()
    calendar.add("prodid", "-//eventdesk//calendar//EN")
    calendar.add("version", "2.0")
    return calendar


def _party(party: Party, **parameters: str) -> "vCalAddress":
    from icalendar import vCalAddress

    address = vCalAddress(f"mailto:{quote(party.address, safe='@+')}")
    if party.name:
        address.params["CN"] = plain(party.name)
    address.params.update(parameters)
    return address


def _entry(each: CalendarEntry, now: datetime, *, made_at: datetime | None = None) -> "Event":
    from icalendar import Event

    entry = Event()
    changed_at = each.changed_at or now
    entry.add("uid", f"{each.id}@eventdesk")
    # Without a METHOD they are the same (RFC 5545, section 3.8.7.2).
    entry.add("dtstamp", made_at or changed_at)
    entry.add("last-modified", changed_at)
    entry.add("sequence", each.sequence)
    entry.add("status", each.status)
    entry.add("dtstart", each.starts_at)
    entry.add("dtend", each.ends_at)
    entry.add("summary", plain(each.title))
    if each.where:
        entry.add("location", plain(each.where, limit=500))
    if each.description:
        entry.add("description", plain(each.description, limit=MAX_WORDS))
    if each.address:
        entry.add("url", each.address)
    if each.remind is not None and not each.is_off:
        entry.add_component(_alarm(each.remind, plain(each.title)))
    return entry


def _alarm(before: timedelta, words: str) -> "Alarm":
    from icalendar import Alarm

    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", -before)
    alarm.add("description", words)
    return alarm
