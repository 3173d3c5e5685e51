"""What a phone without the house has to say, made of the table of cases of `decide`.

Where the list, the type or the ticket is not plain, it has to wait for the house, whatever the
house would say. They are kept in tests/door/vectors.json, for phones to be held to.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from eventdesk.door import CheckInList, EntryPolicy, Outcome, UnpaidPolicy
from eventdesk.door.phone_list import (
    OfflineTicket,
    OfflineType,
    digest_of,
    needs_hub,
    offline_payload,
)
from eventdesk.door.scan import History, TicketFacts
from tests.build import NOON
from tests.door.kind_cases import KIND_CASES
from tests.door.phone import NEEDS_HOUSE
from tests.door.rule_cases import (
    BERLIN,
    CASES,
    CHILD,
    EVENT,
    LIST,
    REGULAR,
    TICKET,
    Case,
    berlin,
    history,
)

TOKEN: Final = "AE" + "B" * 58 + "A"
FOREIGN: Final = "From-Elsewhere-7"
CODE: Final = "K7QM2X9P"
ONCE: Final[dict[str, Any]] = {"entry_policy": EntryPolicy.ONCE}
DAILY: Final[dict[str, Any]] = {"entry_policy": EntryPolicy.ONCE_PER_DAY}

OFFLINE_CASES: Final = [
    Case("a fresh ticket", (), Outcome.ADMITTED, door=ONCE),
    Case("who is in", (), Outcome.ALREADY_IN, before=history(berlin("11:00")), door=ONCE),
    Case(
        "who is in of two entries",
        (),
        Outcome.ALREADY_IN,
        before=history(berlin("10:00"), berlin("11:00")),
        door=ONCE,
    ),
    Case("who came today", (), Outcome.ALREADY_IN, before=history(berlin("00:00")), door=DAILY),
    Case(
        "who came before midnight",
        (),
        Outcome.ADMITTED,
        now=berlin("00:00", 2),
        before=history(berlin("23:59")),
        door=DAILY,
    ),
    Case(
        "who came yesterday and today",
        (),
        Outcome.ALREADY_IN,
        now=berlin("12:00", 2),
        before=history(berlin("12:00"), berlin("08:00", 2)),
        door=DAILY,
    ),
    Case("a blocked ticket", (), Outcome.BLOCKED, door=ONCE, ticket={"blocked_note": "stolen"}),
    Case("a blocked one without a note", (), Outcome.BLOCKED, ticket={"blocked_note": ""}),
    Case("a cancelled ticket", (), Outcome.CANCELLED, door=ONCE, ticket={"cancelled": True}),
    Case("not approved", (), Outcome.UNAPPROVED, door=ONCE, ticket={"approved": False}),
    Case("not paid", (), Outcome.UNPAID, door=ONCE, ticket={"paid": False}),
    Case(
        "not paid and in already",
        (),
        Outcome.UNPAID,
        before=history(berlin("11:00")),
        door=ONCE,
        ticket={"paid": False},
    ),
    Case(
        "not paid, at a list that lets such in",
        (),
        Outcome.ADMITTED,
        door=ONCE | {"unpaid_policy": UnpaidPolicy.ADMIT},
        ticket={"paid": False},
    ),
    Case("too early", (), Outcome.NOT_YET_VALID, ticket={"valid_from": berlin("12:01")}),
    Case("from now on", (), Outcome.ADMITTED, ticket={"valid_from": berlin("12:00")}),
    Case("too late", (), Outcome.EXPIRED, ticket={"valid_until": berlin("12:00")}),
    Case("just in time", (), Outcome.ADMITTED, ticket={"valid_until": berlin("12:01")}),
    Case("not open yet", (), Outcome.LIST_CLOSED, door={"opens_at": berlin("12:01")}),
    Case("open from now on", (), Outcome.ADMITTED, door={"opens_at": berlin("12:00")}),
    Case("closed now", (), Outcome.LIST_CLOSED, door={"closes_at": berlin("12:00")}),
    Case(
        "expired at a closed list",
        (),
        Outcome.EXPIRED,
        door={"closes_at": berlin("11:00")},
        ticket={"valid_until": berlin("11:00")},
    ),
    Case(
        "of another entrance", (), Outcome.WRONG_LIST, door={"ticket_type_ids": frozenset({CHILD})}
    ),
    Case(
        "of another entrance, in already",
        (),
        Outcome.WRONG_LIST,
        before=history(berlin("11:00")),
        door=ONCE | {"ticket_type_ids": frozenset({CHILD})},
    ),
]
"""The plain policies, which the table of rules has little of."""


def vectors() -> list[dict[str, Any]]:
    """All vectors: of each case, and of codes and clocks besides."""
    cases = [*OFFLINE_CASES, *CASES, *KIND_CASES]
    return [*map(_vector, filter(_is_asked, cases)), *_of_codes(), *_of_clocks()]


def _is_asked(case: Case) -> bool:
    """Whether a phone can be asked: not with force, and not for an exit."""
    return not case.more.get("force") and "direction" not in case.more


def _list(case: Case) -> CheckInList:
    given = {"entry_policy": EntryPolicy.ANY, "time_zone": BERLIN, **case.door}
    return CheckInList(LIST, EVENT, "Field", rules=case.rules, **given)


def _ticket(case: Case) -> TicketFacts:
    return TicketFacts(TICKET, EVENT, **{"ticket_type_id": REGULAR, **case.ticket})


def _vector(case: Case) -> dict[str, Any]:
    door, facts = _list(case), _ticket(case)
    made_at = case.now - timedelta(minutes=10)
    came = History(tuple(each for each in case.before.passages if each.at <= made_at))
    lets_in = facts.lets_in or door.session_id is None
    types = [OfflineType(REGULAR, "Regular", lets_in), OfflineType(CHILD, "Child", lets_in)]
    ticket = OfflineTicket((digest_of(TOKEN),), CODE, facts, came)
    payload = offline_payload(door, types, [ticket], made_at, hours=12)
    says = case.decide().outcome.value
    if _waits(case, door, facts, says):
        says = NEEDS_HOUSE
    return _asked(case.name, payload, case.now, TOKEN, says)


_BEFORE_RULES: Final = frozenset(
    ("cancelled", "blocked", "unapproved", "unpaid", "not_yet_valid", "expired", "list_closed")
) | {"wrong_list"}
"""What is said of a ticket before a rule is asked."""


def _waits(case: Case, door: CheckInList, facts: TicketFacts, says: str) -> bool:
    """Whether more than plain facts are asked for."""
    if needs_hub(door):
        return True
    if says in _BEFORE_RULES:
        return False
    ruled = any(rule.is_for(facts.ticket_type_id) for rule in case.rules) or bool(
        door.max_entries or door.min_minutes_between
    )
    comes_along = not door.kind.hands_out and (facts.accompanied or facts.companion)
    return ruled or comes_along


def _asked(
    name: str, payload: dict[str, Any], now: datetime, text: str, says: str, *, typed: bool = False
) -> dict[str, Any]:
    at = round(now.timestamp() * 1000)
    return {"name": name, "payload": payload, "now": at, "text": text, "typed": typed, "says": says}


def _payload(**given: Any) -> dict[str, Any]:
    case = OFFLINE_CASES[0]
    facts = _ticket(case)
    digests = (digest_of(TOKEN), digest_of(FOREIGN))
    gone = replace(facts, cancelled=True)
    tickets = [
        OfflineTicket((digest_of("cancelled long ago"),), "CANCELLD", gone),
        OfflineTicket(digests, CODE, facts),
    ]
    replaced = [digest_of("a code of before")]
    types = [OfflineType(REGULAR, "Regular")]
    return offline_payload(_list(case), types, tickets, NOON, replaced=replaced, **given)


def _of_codes() -> Iterator[dict[str, Any]]:
    """What texts are found by."""
    for name, text, says, typed in (
        ("a token with spaces around it", f"  {TOKEN}\n", "admitted", False),
        ("a token in small letters is no token", TOKEN.lower(), "unknown", False),
        ("the code of another system", FOREIGN, "admitted", False),
        ("the same in other letters", f" {FOREIGN.upper()}", "admitted", False),
        ("a short code before a camera", CODE, "unknown", False),
        ("a short code that was typed", CODE, "admitted", True),
        ("the same with a dash, in small letters", " k7qm-2x9p", "admitted", True),
        ("the code of another system, typed", FOREIGN.lower(), "admitted", True),
        ("a replaced code", "a code of before", "revoked", False),
        ("a cancelled one", "Cancelled Long Ago", "cancelled", False),
        ("any other text", "https://example.org/", "unknown", False),
        ("a text beyond ASCII", "Größe 🎫", "unknown", False),
        ("nothing", "", "unknown", False),
    ):
        yield _asked(name, _payload(), NOON, text, says, typed=typed)


def _of_clocks() -> Iterator[dict[str, Any]]:
    """When a list is too old, or not of this time."""
    hour = timedelta(hours=1)
    for name, after, says in (
        ("the last second of a list", hour - timedelta(seconds=1), "admitted"),
        ("a list that is too old", hour, NEEDS_HOUSE),
        ("a clock a little behind", timedelta(minutes=-5), "admitted"),
        ("a clock that was set back", timedelta(minutes=-6), NEEDS_HOUSE),
    ):
        yield _asked(name, _payload(hours=1), NOON + after, TOKEN, says)


VECTORS: Final = vectors()
