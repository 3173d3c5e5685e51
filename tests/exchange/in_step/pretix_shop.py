"""A pretix for tests: an event whose orders are listed, filtered and paged as pretix documents it.

https://docs.pretix.eu/dev/api/resources/orders.html, …/checkin.html and …/checkinlists.html
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from tests.build import NOON
from tests.integrations.chaos import Asked, Reply

TOKEN = "e1l6gq2ye72thbwkacj7jbri7a7tvxe614ojv8ybureain92ocub46t5gab5966k"
PER_PAGE = 2
ROOT = "/api/v1/organizers/demo/events/days/"
RPC = "/api/v1/organizers/demo/checkinrpc/"

ANNULLED_FOR = timedelta(minutes=15)
"""How long after it a check-in can be taken back there."""


def position(number: int, secret: str, **more: Any) -> dict[str, Any]:
    """A position of an order, with the members that pretix documents."""
    return {
        **{"id": 1000 + number, "positionid": number, "canceled": False, "item": 11},
        **{"variation": None, "price": "120.00", "attendee_name": "Ada Lovelace"},
        **{"attendee_email": None, "company": None, "tax_rate": "0.00", "tax_value": "0.00"},
        **{"secret": secret, "addon_to": None, "subevent": None, "seat": None, "blocked": None},
        **{"checkins": [], "answers": [], "valid_from": None, "valid_until": None, **more},
    }


class PretixEvent:
    """The event; a test changes its orders as people do there.

    Attributes:
        now: The clock of pretix.
        orders: By their codes, in the order in which they were made.
        lists: The check-in lists.
        check_ins: What came at them, in the order in which it was told; failed ones as well.
        may_check_in: Whether the team of the token has the right.
        calls: What `checkinrpc` knows; older ones have no annul.
    """

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now
        self.orders: dict[str, dict[str, Any]] = {}
        self.currency, self.testmode, self.series = "EUR", False, False
        self.lists: list[dict[str, Any]] = [
            {"id": 4, "name": "Speakers", "subevent": None, "limit_products": [12]},
            {"id": 5, "name": "Default list", "subevent": None, "limit_products": []},
        ]
        self.check_ins: list[dict[str, Any]] = []
        self.may_check_in = True
        self.calls = {"redeem": self._redeem, "annul": self._annul}

    def order(self, code: str, *positions: dict[str, Any], **more: Any) -> None:
        """Somebody orders."""
        self.now += timedelta(minutes=1)
        self.orders[code] = {
            **{"code": code, "status": "p", "testmode": False, "email": "ada@example.org"},
            **{"datetime": self.now.isoformat(), "checkin_text": None, "total": "0.00"},
            **{"invoice_address": {"name": "Buyer Byron", "company": ""}, "fees": []},
            **{"positions": [{**each, "order": code} for each in positions], **more},
            "last_modified": self.now.isoformat(),
        }

    def change(self, code: str, **members: Any) -> None:
        """Something of an order is otherwise from now on."""
        self.now += timedelta(minutes=1)
        self.orders[code] |= members | {"last_modified": self.now.isoformat()}

    def change_position(self, code: str, number: int, **members: Any) -> None:
        """Something of a position is otherwise from now on."""
        positions = self.orders[code]["positions"]
        self.change(
            code,
            positions=[
                {**each, **members} if each["positionid"] == number else each for each in positions
            ],
        )

    def __call__(self, asked: Asked) -> Reply:
        """Answer as pretix does."""
        if asked.headers.get("authorization") != f"Token {TOKEN}":
            return Reply.of({"detail": "Invalid token."}, 401)
        if asked.path.startswith(RPC):
            call = self.calls.get(asked.path.removeprefix(RPC).strip("/"))
            return Reply(404, b"<!doctype html>Not found") if call is None else call(asked.json())
        if not asked.path.startswith(ROOT):
            return Reply.of({"detail": "Not found."}, 404)
        match asked.path.removeprefix(ROOT).split("/"):
            case [""]:
                return Reply.of(
                    {"name": {"de": "Demotage", "en": "Demo Days"}, "currency": self.currency}
                    | {"testmode": self.testmode, "has_subevents": self.series}
                )
            case ["items", ""]:
                return self._page(asked, _ITEMS, "/items/")
            case ["checkinlists", ""]:
                return self._page(asked, self.lists, "/checkinlists/")
            case ["orders", ""]:
                return self._page(asked, self._found(asked), "/orders/")
            case ["orders", code, ""] if code in self.orders:
                return Reply.of(self._shown(self.orders[code], asked))
        return Reply.of({"detail": "Not found."}, 404)

    def _found(self, asked: Asked) -> list[dict[str, Any]]:
        found = list(self.orders.values())
        if "modified_since" in asked.query:
            since = datetime.fromisoformat(asked.query["modified_since"])
            found = [
                each for each in found if datetime.fromisoformat(each["last_modified"]) >= since
            ]
        if "testmode" in asked.query:
            found = [
                each for each in found if str(each["testmode"]).lower() == asked.query["testmode"]
            ]
        return [self._shown(each, asked) for each in found]

    def _shown(self, order: dict[str, Any], asked: Asked) -> dict[str, Any]:
        """An order; cancelled positions come to who asks for them."""
        shown = asked.query.get("include_canceled_positions") == "true"
        positions = [each for each in order["positions"] if shown or not each["canceled"]]
        return {**order, "positions": positions}

    def _wrong(self, said: dict[str, Any], *needed: str) -> dict[str, list[str]]:
        """What is wrong with the members of a call."""
        known = {each["id"] for each in self.lists} if self.may_check_in else set()
        wrong = {each: ["This field is required."] for each in needed if not said.get(each)}
        if not said.get("lists") or not set(said["lists"]) <= known:
            wrong["lists"] = ['Invalid pk "5" - object does not exist.']
        return wrong

    def _redeem(self, said: dict[str, Any]) -> Reply:
        """Check a ticket in or out; one nonce counts once."""
        if wrong := self._wrong(said, "secret"):
            return Reply.of(wrong, 400)
        [number] = said["lists"]
        way = {"type": said["type"], "list": number, "nonce": said["nonce"]}
        found = [
            (order, each)
            for order in self.orders.values()
            for each in order["positions"]
            if each["secret"] == said["secret"]
        ]
        at = datetime.fromisoformat(said["datetime"])
        told = {**way, "secret": said["secret"], "datetime": at, "successful": True}
        reason = self._refusal(number, *found[0]) if found else "invalid"
        if not reason and any(way.items() <= each.items() for each in self.passed):
            return Reply.of({"status": "ok"}, 201)
        here = [each for each in self.passed if each["secret"] == said["secret"]]
        if not reason and not said["force"] and said["type"] == "entry" and here:
            reason = "already_redeemed"
        self.check_ins.append(told | {"successful": not reason, "error_reason": reason or None})
        if not reason:
            return Reply.of({"status": "ok"}, 201)
        error = {"status": "error", "reason": reason, "reason_explanation": None}
        return Reply.of(error, 404 if reason == "invalid" else 400)

    def _refusal(self, number: int, order: dict[str, Any], each: dict[str, Any]) -> str:
        """Why even a forced check-in is refused."""
        [listed] = [one for one in self.lists if one["id"] == number]
        if order["status"] not in ("p", "n") or each["canceled"]:
            return "canceled"
        limited = listed["limit_products"] and each["item"] not in listed["limit_products"]
        return "product" if limited else ""

    @property
    def passed(self) -> list[dict[str, Any]]:
        """The check-ins that count."""
        return [each for each in self.check_ins if each["successful"]]

    def _annul(self, said: dict[str, Any]) -> Reply:
        """Take a check-in back by its nonce."""
        if wrong := self._wrong(said, "nonce"):
            return Reply.of(wrong, 400)
        found = [each for each in self.check_ins if each["nonce"] == said["nonce"]]
        if not found:
            return Reply.of({"detail": "No check-in found based on nonce"}, 404)
        if len(found) > 1:
            return Reply.of(["Multiple check-ins found based on nonce"], 400)
        if not found[0]["successful"]:
            return Reply.of(["Cannot annul an unsuccessful checkin"], 400)
        if datetime.fromisoformat(said["datetime"]) - found[0]["datetime"] > ANNULLED_FOR:
            late = "Annulment is not allowed more than 15 minutes after check-in"
            return Reply.of({"non_field_errors": [late]}, 400)
        found[0].update(successful=False, error_reason="annulled")
        return Reply.of({"status": "ok"})

    def _page(self, asked: Asked, found: list[dict[str, Any]], path: str) -> Reply:
        number = int(asked.query.get("page", "1"))
        first = (number - 1) * PER_PAGE
        if number > 1 and first >= len(found):
            return Reply.of({"detail": "Invalid page."}, 404)
        more = first + PER_PAGE < len(found)
        content = {
            "count": len(found),
            "next": f"https://pretix.example{path}?page={number + 1}" if more else None,
            "previous": None,
            "results": found[first : first + PER_PAGE],
        }
        reply = Reply.of(content)
        return replace(reply, headers={**reply.headers, "X-Page-Generated": self.now.isoformat()})


_ITEMS: list[dict[str, Any]] = [
    {"id": 11, "name": {"en": "Regular"}, "admission": True, "variations": []},
    {
        **{"id": 12, "name": {"en": "Workshop"}, "admission": True},
        "variations": [{"id": 21, "value": {"en": "Early"}}],
    },
    {"id": 13, "name": {"en": "T-shirt"}, "admission": False, "variations": []},
]
