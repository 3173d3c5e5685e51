"""Take each permission check of the use cases away, one by one, and see that a refusal is missed.

Run it as `python -m tests.mutate_permissions`; it ends with 1 when a check could go unnoticed.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from eventdesk.acts.catalogue import use_cases
from tests.acts.trials import Checks, House, Site, Try, is_no, sites

APART = {
    "addresses.correct_booking_address",
    "addresses.correct_ticket_address",
    "approvals._given",
    "approvals._need_standing",
    "at_readers.start_at_reader",
    "badge_batches._need_set_up",
    "badge_layouts._need_events",
    "couriers.need_device",
    "devices.this_device",
    "drawers.hand_over",
    "drawers.operator_named",
    "drawers.successors",
    "event_browse.browse",
    "event_browse.categories",
    "event_states._needs_nobody",
    "holders.need_own_hold",
    "holders.need_own_name",
    "holders.need_room_for_visitors",
    "outgoing._need_service",
    "queue._run",
    "resets.change_secret",
    "seats._need_open",
    "second_step.begin_second_step",
    "second_step.confirm_second_step",
    "second_step.end_second_step",
    "seats._is_own_hold",
    "seats.release_seats",
    "set_up._need",
    "signing_in.who_am_i",
    "staff_pin._subject",
    "summary.sales_summary",
    "team_events.events_of",
    "unpacking.bring_event",
    "waitlist.who",
    "walk_ins._rehearse",
    "who_hears._works_at",
    "who_hears.hearing",
}
"""What no refused try comes by: it asks who somebody else is, asks again in a later transaction,
or refuses whose account or device was closed, or others' things. Each has a test of its own."""


@dataclass(frozen=True)
class Mutants:
    """What became of the checks that were taken away.

    Attributes:
        missed: Nobody was let through that should not be.
        unreached: No refused try came by, and none is meant to by `APART`.
        twice: Another check behind it refuses too; it is needed where that one is gone.
        caught: How many were seen.
        apart: How many have tests of their own.
    """

    missed: tuple[Site, ...]
    unreached: tuple[Site, ...]
    twice: tuple[Site, ...]
    caught: int
    apart: int


def mutate(house: House) -> Mutants:
    """Take each check away in turn, and try again whoever came by it and was refused."""
    checks = Checks()
    refused, wanted = list(_refused(house)), set(sites())
    with checks.watched():
        apart = 0
        came_by = _reached(house, checks, refused, set())
        behind = _reached(house, checks, refused, wanted)
        missed, twice, unreached = [], [], []
        for site in sorted(wanted):
            tries = came_by.get(site, [])
            if _passes(house, checks, tries, {site}):
                continue
            # Whatever else refuses is taken away too: then this one alone has to.
            tries = behind.get(site, [])
            held = [one for one in tries if not _passes(house, checks, [one], wanted - {site})]
            if held and _passes(house, checks, held, wanted):
                twice.append(site)
            elif f"{Path(site[0]).stem}.{site[2]}" in APART:
                apart += 1
            elif not tries:
                unreached.append(site)
            else:
                missed.append(site)
    caught = len(wanted) - len(missed) - len(unreached) - len(twice) - apart
    return Mutants(tuple(missed), tuple(unreached), tuple(twice), caught, apart)


def _reached(
    house: House, checks: Checks, tries: list[Try], taken: set[Site]
) -> dict[Site, list[Try]]:
    """Who comes by each check, while some are taken away."""
    came_by: dict[Site, list[Try]] = {}
    for one in tries:
        checks.reached.clear()
        _passes(house, checks, [one], taken)
        for site in checks.reached:
            came_by.setdefault(site, []).append(one)
    return came_by


def _refused(house: House) -> Iterator[Try]:
    for verb in use_cases():
        yield from house.wrongs(verb)


def _passes(house: House, checks: Checks, tries: list[Try], taken: set[Site]) -> bool:
    """Whether any of these is let through while checks are taken away."""
    checks.taken = taken.__contains__
    try:
        return any(not is_no(house.outcome(one)) for one in tries)
    finally:
        checks.taken = lambda site: False


def main() -> int:
    """Print what became of each check."""
    with TemporaryDirectory() as folder:
        house = House.build(Path(folder) / "home")
        found = mutate(house)
        house.store.close()
    root = Path(__file__).parents[1]
    for word, places in (
        ("missed", found.missed),
        ("unreached", found.unreached),
        ("asked twice", found.twice),
    ):
        for path, line, function in places:
            print(f"{word:<12}{Path(path).relative_to(root)}:{line} {function}")
    print(f"{found.caught} caught, {len(found.twice)} asked twice, {len(found.missed)} missed,")
    print(f"{len(found.unreached)} unreached, {found.apart} with tests of their own")
    return 1 if found.missed or found.unreached else 0


if __name__ == "__main__":
    sys.exit(main())
