"""An Eventbrite for tests: attendees of an event, listed and continued as its reference says.

https://www.eventbrite.com/platform/api#/reference/attendee
"""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from tests.build import NOON
from tests.integrations.chaos import Asked, Reply

TOKEN = "PRIVATETOKEN0123456"
EVENT = "120067319585"
PER_PAGE = 2


class EventbriteEvent:
    """The event; a test changes its attendees as people do there.

    Attributes:
        now: The clock of Eventbrite.
        attendees: By their ids.
    """

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now
        self.attendees: dict[str, dict[str, Any]] = {}
        self.tokens: dict[str, int] = {}

    def attendee(self, number: str, order: str, barcode: str, name: str = "Ada Lovelace") -> None:
        """Somebody gets a ticket."""
        first, _, last = name.partition(" ")
        money = {"currency": "EUR", "value": 12000, "major_value": "120.00", "display": "€120.00"}
        self.attendees[number] = {
            **{"id": number, "order_id": order, "event_id": EVENT, "quantity": 1},
            **{"ticket_class_name": "Regular", "status": "Attending", "checked_in": False},
            **{"cancelled": False, "refunded": False, "costs": {"gross": money}, "team": None},
            "profile": {"name": name, "first_name": first, "last_name": last, "email": "a@b.org"},
            "barcodes": [{"barcode": barcode, "status": "unused", "is_printed": False}],
            "created": "2026-05-01T08:00:00Z",
        }
        self.change(number)

    def change(self, number: str, **members: Any) -> None:
        """Something of an attendee is otherwise from now on."""
        self.now += timedelta(minutes=10)
        changed = self.now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        self.attendees[number] |= {**members, "changed": changed}

    def __call__(self, asked: Asked) -> Reply:
        """Answer as Eventbrite does."""
        if asked.headers.get("authorization") != f"Bearer {TOKEN}":
            return _refused(401, "INVALID_AUTH")
        match asked.path.strip("/").split("/"):
            case ["v3", "events", number] if number == EVENT:
                return self._reply({"id": EVENT, "name": {"text": "Demo Days"}})
            case ["v3", "events", number, "attendees"] if number == EVENT:
                return self._listed(asked)
            case ["v3", "orders", order]:
                some = [each for each in self.attendees.values() if each["order_id"] == order]
                return self._reply({"id": order, "attendees": some}) if some else _refused(404, "")
        return _refused(404, "NOT_FOUND")

    def _listed(self, asked: Asked) -> Reply:
        found = list(self.attendees.values())
        if "changed_since" in asked.query:
            found = [each for each in found if each["changed"] >= asked.query["changed_since"]]
        token = asked.query.get("continuation", "")
        if token and token not in self.tokens:
            return _refused(400, "BAD_CONTINUATION_TOKEN")
        first = self.tokens.get(token, 0)
        more = first + PER_PAGE < len(found)
        pages: dict[str, Any] = {"object_count": len(found), "has_more_items": more}
        if more:
            pages["continuation"] = f"token{first + PER_PAGE}"
            self.tokens[pages["continuation"]] = first + PER_PAGE
        return self._reply({"pagination": pages, "attendees": found[first : first + PER_PAGE]})

    def _reply(self, content: object) -> Reply:
        reply = Reply.of(content)
        date = format_datetime(self.now.astimezone(UTC), usegmt=True)
        return Reply(200, reply.body, {**reply.headers, "Date": date})


def _refused(status: int, error: str) -> Reply:
    return Reply.of({"status_code": status, "error": error}, status)
