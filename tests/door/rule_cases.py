"""The table of cases for the rules of lists: what is so, and what the door says."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from eventdesk.door import CheckInList, Direction, EntryPolicy, ListKind, Outcome, Rule, RuleKind
from eventdesk.door.decide import Decision, decide
from eventdesk.door.scan import History, Passage, TicketFacts
from tests.build import NOON

EVENT, TICKET, LIST, REGULAR, CHILD, NORTH, SOUTH = (UUID(int=number) for number in range(1, 8))
BERLIN = "Europe/Berlin"


def berlin(clock: str, day: int = 1) -> datetime:
    """A time of day in June 2026 in Berlin."""
    hour, minute = map(int, clock.split(":"))
    return datetime(2026, 6, day, hour, minute, tzinfo=ZoneInfo(BERLIN)).astimezone(UTC)


def history(*moments: datetime | tuple[datetime, str]) -> History:
    """Entries at these moments; a pair with "out" is an exit."""
    passages = []
    for number, moment in enumerate(moments, 100):
        at, way = moment if isinstance(moment, tuple) else (moment, "in")
        direction = Direction.EXIT if way == "out" else Direction.ENTRY
        passages.append(Passage(direction, at, "", UUID(int=number)))
    return History(tuple(passages))


@dataclass(frozen=True)
class Case:
    """One line of the table: what is so, and what the door says."""

    name: str
    rules: tuple[Rule, ...]
    says: Outcome
    rule: str = ""
    holds_at: datetime | None = None
    reason: str = ""
    now: datetime = NOON
    before: History = field(default_factory=History)
    door: dict[str, Any] = field(default_factory=dict)
    ticket: dict[str, Any] = field(default_factory=dict)
    more: dict[str, Any] = field(default_factory=dict)

    def decide(self) -> Decision:
        """What the door says."""
        given = {"entry_policy": EntryPolicy.ANY, "time_zone": BERLIN, **self.door}
        door = CheckInList(LIST, EVENT, "Pool", rules=self.rules, **given)
        ticket = TicketFacts(TICKET, EVENT, **{"ticket_type_id": REGULAR, **self.ticket})
        return decide(ticket, door, self.before, self.now, {}, **self.more)


IN, NO = Outcome.ADMITTED, Outcome.RULES
TWO_A_DAY = Rule(RuleKind.PER_DAY, number=2)
THREE = Rule(RuleKind.MOST, number=3)
HALF_HOUR = Rule(RuleKind.MINUTES, number=30)
MORNING = Rule(RuleKind.TIMES, spans=(("10:00", "12:00"), ("14:00", "16:00")))
NIGHT = Rule(RuleKind.TIMES, spans=(("22:00", "02:00"),), days=("2026-06-01",))
SECOND_DAY = Rule(RuleKind.TIMES, days=("2026-06-02",))
AT_NORTH = Rule(RuleKind.GATES, gate_ids=frozenset({NORTH}))
CHILDREN = frozenset({CHILD})
GATES: dict[str, Any] = {"gates": ((NORTH, "North gate"), (SOUTH, "South gate"))}
ROOM: dict[str, Any] = {"kind": ListKind.ROOM, "capacity": 120, "room_name": "Hall"}
SESSION: dict[str, Any] = {"session_id": UUID(int=50), "session_title": "Talk"}

CASES = [
    Case("no rules", (), IN),
    Case("first of two a day", (TWO_A_DAY,), IN),
    Case("second of two a day", (TWO_A_DAY,), IN, before=history(berlin("09:00"))),
    Case(
        "third of two a day",
        (TWO_A_DAY,),
        NO,
        "At most 2 a day",
        berlin("00:00", 2),
        "At most 2 entries a day, all used; again on Tue 2 Jun at 00:00.",
        before=history(berlin("09:00"), berlin("10:00")),
    ),
    Case(
        "two of yesterday do not count",
        (TWO_A_DAY,),
        IN,
        now=berlin("00:00", 2),
        before=history(berlin("09:00"), berlin("23:59")),
    ),
    Case(
        "a day is one of the event, not of UTC",
        (TWO_A_DAY,),
        NO,
        "At most 2 a day",
        berlin("00:00", 3),
        now=berlin("23:30", 2),
        before=history(berlin("00:10", 2), berlin("01:10", 2)),
    ),
    Case(
        "a named rule is called by its name",
        (replace(TWO_A_DAY, number=1, name="Sauna"),),
        NO,
        "Sauna",
        berlin("00:00", 2),
        "Sauna: At most 1 entry a day, all used; again on Tue 2 Jun at 00:00.",
        before=history(berlin("09:00")),
    ),
    Case(
        "the day on which clocks go back is longer",
        (replace(TWO_A_DAY, number=1),),
        NO,
        "At most 1 a day",
        datetime(2026, 10, 25, 23, 0, tzinfo=UTC),
        now=datetime(2026, 10, 25, 22, 59, tzinfo=UTC),
        before=history(datetime(2026, 10, 24, 22, 0, tzinfo=UTC)),
    ),
    Case(
        "tomorrow is nothing where the list closes today",
        (TWO_A_DAY,),
        NO,
        "At most 2 a day",
        None,
        "At most 2 entries a day, all used; today is the last day.",
        before=history(berlin("09:00"), berlin("10:00")),
        door={"closes_at": berlin("23:00")},
    ),
    Case(
        "minutes that end behind the ticket's own time",
        (HALF_HOUR,),
        NO,
        "30 minutes between entries",
        None,
        "30 minutes between entries; used at 11:50, and it is over before that.",
        before=history(berlin("11:50")),
        ticket={"valid_until": berlin("12:20")},
    ),
    Case(
        "a window behind the list's last minute",
        (MORNING,),
        NO,
        "Only 10:00–12:00 and 14:00–16:00",
        None,
        "Only 10:00–12:00 and 14:00–16:00; that is over.",
        now=berlin("12:00"),
        door={"closes_at": berlin("13:00")},
    ),
    Case("third of three", (THREE,), IN, before=history(*[berlin("09:00")] * 2)),
    Case(
        "fourth of three",
        (THREE,),
        NO,
        "At most 3 entries",
        None,
        "At most 3 entries, all used.",
        before=history(*[berlin("09:00")] * 3),
    ),
    Case("half an hour later", (HALF_HOUR,), IN, before=history(berlin("11:30"))),
    Case(
        "a minute too early",
        (HALF_HOUR,),
        NO,
        "30 minutes between entries",
        berlin("12:01"),
        "30 minutes between entries; again at 12:01.",
        before=history(berlin("11:31")),
    ),
    Case(
        "minutes run from the last entry",
        (HALF_HOUR,),
        NO,
        "30 minutes between entries",
        berlin("12:20"),
        before=history(berlin("08:00"), berlin("11:50")),
    ),
    Case(
        "minutes run over an exit",
        (HALF_HOUR,),
        NO,
        "30 minutes between entries",
        berlin("12:20"),
        before=history(berlin("11:50"), (berlin("11:55"), "out")),
    ),
    Case("a window opens with its first minute", (MORNING,), IN, now=berlin("10:00")),
    Case("inside the second window", (MORNING,), IN, now=berlin("15:59")),
    Case(
        "a window ends before its last minute",
        (MORNING,),
        NO,
        "Only 10:00–12:00 and 14:00–16:00",
        berlin("14:00"),
        "Only 10:00–12:00 and 14:00–16:00; next at 14:00.",
        now=berlin("12:00"),
    ),
    Case(
        "after the last window of the day comes tomorrow's first",
        (MORNING,),
        NO,
        "Only 10:00–12:00 and 14:00–16:00",
        berlin("10:00", 2),
        "Only 10:00–12:00 and 14:00–16:00; next on Tue 2 Jun at 10:00.",
        now=berlin("18:00"),
    ),
    Case("over midnight before it", (NIGHT,), IN, now=berlin("22:00")),
    Case("over midnight behind it", (NIGHT,), IN, now=berlin("01:59", 2)),
    Case(
        "over midnight and over",
        (NIGHT,),
        NO,
        "Only 22:00–02:00 on 1 Jun",
        None,
        "Only 22:00–02:00 on 1 Jun; that is over.",
        now=berlin("02:00", 2),
    ),
    Case(
        "the night of another day",
        (NIGHT,),
        NO,
        "Only 22:00–02:00 on 1 Jun",
        berlin("22:00"),
        now=berlin("01:00"),
    ),
    Case("on its day", (SECOND_DAY,), IN, now=berlin("00:00", 2)),
    Case(
        "on the day before",
        (SECOND_DAY,),
        NO,
        "Only on 2 Jun",
        berlin("00:00", 2),
        now=berlin("23:59"),
    ),
    Case("on the day behind", (SECOND_DAY,), NO, "Only on 2 Jun", now=berlin("00:00", 3)),
    Case("at its gate", (AT_NORTH,), IN, door=GATES, more={"gate_id": NORTH}),
    Case(
        "at another gate",
        (AT_NORTH,),
        NO,
        "Only at North gate",
        None,
        "Only at North gate.",
        door=GATES,
        more={"gate_id": SOUTH},
    ),
    Case("at no gate", (AT_NORTH,), NO, "Only at North gate", door=GATES),
    Case(
        "a rule for children holds no adult back",
        (replace(MORNING, ticket_type_ids=CHILDREN),),
        IN,
        now=berlin("13:00"),
    ),
    Case(
        "a rule for children holds a child back",
        (replace(MORNING, ticket_type_ids=CHILDREN),),
        NO,
        "Only 10:00–12:00 and 14:00–16:00",
        berlin("14:00"),
        now=berlin("13:00"),
        ticket={"ticket_type_id": CHILD},
    ),
    Case(
        "the first rule that does not hold is told",
        (replace(THREE, number=1), HALF_HOUR),
        NO,
        "At most 1 entry",
        before=history(berlin("11:50")),
    ),
    Case(
        "in the organizer's order",
        (HALF_HOUR, replace(THREE, number=1)),
        NO,
        "30 minutes between entries",
        berlin("12:20"),
        before=history(berlin("11:50")),
    ),
    Case(
        "the list's own fields come first",
        (HALF_HOUR,),
        NO,
        "At most 1 entry",
        before=history(berlin("11:50")),
        door={"max_entries": 1},
    ),
    Case(
        "a rule stands before the policy",
        (HALF_HOUR,),
        NO,
        "30 minutes between entries",
        berlin("12:20"),
        before=history(berlin("11:50")),
        door={"entry_policy": EntryPolicy.ONCE},
    ),
    Case(
        "no rule holds anybody in",
        (AT_NORTH, NIGHT, THREE, HALF_HOUR, TWO_A_DAY),
        Outcome.EXITED,
        before=history(*[berlin("11:50")] * 3),
        more={"direction": Direction.EXIT},
    ),
    Case(
        "force overrides a rule and keeps its name",
        (AT_NORTH,),
        IN,
        "Only at North gate",
        door=GATES,
        more={"force": True},
    ),
]
