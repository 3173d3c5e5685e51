"""Schedules read: schedule.xml as frab began it, and the JSON with the same members.

The shape is that of https://c3voc.de/wiki/schedule, which pretalx, frab and others write.
"""

import json
from collections.abc import Iterator
from typing import Final
from xml.etree import ElementTree

from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import msg
from eventdesk.integrations.pretalx.talk import UNREADABLE, Person, Talk, begins, described, lasts
from eventdesk.integrations.shop import text_of

MAX_TALKS: Final = 5_000


def read_schedule(content: bytes) -> list[Talk]:
    """Read a schedule in either format, in the order in which its sessions stand there.

    Raises:
        InvalidInputError: It is none.
    """
    talks = list(_of_json(content) if content.lstrip()[:1] == b"{" else _of_xml(content))
    if len(talks) > MAX_TALKS:
        raise InvalidInputError(msg("A schedule has at most {most} sessions.", most=MAX_TALKS))
    return list({talk.guid: talk for talk in talks}.values())


class _Plain(ElementTree.TreeBuilder):
    """Takes no document type: with it come entities, which may be without end."""

    def doctype(self, _name: str, _public: str | None, _system: str | None) -> None:
        """Refuse it.

        Raises:
            InvalidInputError: Always.
        """
        raise InvalidInputError(UNREADABLE)


def _of_xml(content: bytes) -> Iterator[Talk]:
    parser = ElementTree.XMLParser(target=_Plain())
    try:
        parser.feed(content)
        root = parser.close()
    except ElementTree.ParseError as error:
        raise InvalidInputError(UNREADABLE) from error
    if root.tag != "schedule":
        raise InvalidInputError(UNREADABLE)
    for event in root.iterfind("day/room/event"):
        starts_at = begins(_text(event, "date"))
        yield Talk(
            event.get("guid") or event.get("id") or "",
            _text(event, "title"),
            starts_at,
            starts_at + lasts(_text(event, "duration")),
            _text(event, "room"),
            _text(event, "track"),
            described(_text(event, "abstract"), _text(event, "description")),
            tuple(
                Person((each.text or "").strip())
                for each in event.iterfind("persons/person")
                if (each.text or "").strip()
            ),
        )


def _text(event: ElementTree.Element, name: str) -> str:
    return (event.findtext(name) or "").strip()


def _of_json(content: bytes) -> Iterator[Talk]:
    try:
        schedule = json.loads(content)
        days = schedule["schedule"]["conference"]["days"]
        found = [event for day in days for room in day["rooms"].values() for event in room]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InvalidInputError(UNREADABLE) from error
    for event in found:
        if not isinstance(event, dict):
            raise InvalidInputError(UNREADABLE)
        starts_at = begins(text_of(event, "date"))
        yield Talk(
            text_of(event, "guid") or text_of(event, "id"),
            text_of(event, "title"),
            starts_at,
            starts_at + lasts(text_of(event, "duration")),
            text_of(event, "room"),
            text_of(event, "track"),
            described(str(event.get("abstract") or ""), str(event.get("description") or "")),
            tuple(_persons(event.get("persons"))),
        )


def _persons(said: object) -> Iterator[Person]:
    for each in said if isinstance(said, list) else ():
        name = text_of(each, "public_name") or text_of(each, "name")
        if name:
            yield Person(name, str(each.get("biography") or "").strip())
