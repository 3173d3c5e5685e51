"""What the tests of the desk's exceptions share: its list, and keys that are counted."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from textual.pilot import Pilot

from eventdesk.acts import SYSTEM
from eventdesk.core.money import Money
from eventdesk.door import DoorQuestion, NewCheckInList, change_check_in_list, counters
from eventdesk.money import open_shift
from eventdesk.printing import badge_queue
from eventdesk.sales import QuestionKind
from screens.desk.desk_screen import DeskScreen
from tests.build import NOON, STAFF
from tests.people import make_known
from tests.screens.stage import Stage, send, until

PIN = "481516"
FOOD = DoorQuestion("food", "What do you eat?", QuestionKind.CHOICE, ("Everything", "Vegan"))
PLATE = DoorQuestion("plate", "Number plate of your car?", required=False)


def admitted(stage: Stage) -> int:
    return counters(stage.fair.store, SYSTEM, stage.fair.door.id).admitted


def waits(stage: Stage, badges: int) -> bool:
    return badge_queue(stage.fair.store, SYSTEM).waiting == badges


def door(stage: Stage, **given: Any) -> None:
    """Change the rules of the list."""
    new = NewCheckInList("Main entrance", **given)
    change_check_in_list(stage.fair.store, SYSTEM.at(NOON), stage.fair.door.id, new)
    given_float = Money(10000, "EUR")
    make_known(stage.fair, STAFF)
    open_shift(
        stage.fair.store,
        STAFF.at(NOON),
        stage.fair.event.id,
        drawer="Desk 1",
        float_amount=given_float,
    )


class Keys:
    """Counts what is pressed."""

    def __init__(self, pilot: Pilot[None]) -> None:
        self.pilot, self.count = pilot, 0

    async def press(self, *keys: str) -> None:
        self.count += len(keys)
        await self.pilot.press(*keys)


@contextmanager
def at_most(keys: Keys, most: int) -> Iterator[None]:
    """An act takes so many keys."""
    before = keys.count
    yield
    assert keys.count - before <= most


async def scanned(pilot: Pilot[None], screen: DeskScreen, token: str) -> None:
    send(pilot, f"{token}\r")
    await until(pilot, lambda: screen.card.answer is not None and screen.card.ticket is not None)
