"""The matrix of use cases and roles, walked over HTTP with tokens of real accounts."""

from collections.abc import Iterator
from contextlib import ExitStack
from uuid import UUID

import pytest

from eventdesk.core.errors import EventDeskError, NotFoundError, SignInError
from eventdesk.web.app import served as served_routes
from eventdesk.wire.problem_members import MEDIA_TYPE, error_of
from eventdesk.wire.route import Route
from tests.acts.trials import House, Try, is_no, is_yes, said
from tests.orders import EARLY
from tests.web.serving import Served, served

ROUTES = [each for each in served_routes() if each.verb.permissions is not None]
NAMES = [f"{each.verb.module}.{each.verb.name}" for each in ROUTES]


class Over:
    """Tries use cases over HTTP."""

    def __init__(self, house: House, there: Served) -> None:
        self.house, self._there = house, there
        self._tokens: dict[UUID, dict[str, str]] = {}
        people = (*house.accounts.values(), house.bystander_id, house.stranger_id)
        for account_id in people:
            self._tokens[account_id] = there.as_(house._signed_in(account_id, "Somebody"))

    def outcome(self, one: Try, route: Route) -> EventDeskError | None:
        """What comes of a try; None is that it was done."""
        with self.house.prepared(one) as (actor, given):
            assert actor.id is not None
            asked = route.request(given)
            answer = self._there.ask(
                asked.method,
                asked.target,
                self._tokens[actor.id],
                content=asked.body,
                headers={"content-type": "application/json"},
            )
        assert answer.status_code < 500 or answer.headers["content-type"] == MEDIA_TYPE
        if answer.status_code < 400:
            return None
        problem = answer.json()
        assert problem["code"] != "error", f"{one}: a mistake of the program"
        return error_of(problem)


@pytest.fixture(scope="module")
def over(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Over]:
    house = House.build(tmp_path_factory.mktemp("matrix") / "home")
    house.store.clock = lambda: EARLY
    with ExitStack() as ended:
        there = ended.enter_context(served(house.store))
        yield Over(house, there)
    house.store.close()


def tries(found: Iterator[Try]) -> list[Try]:
    """Those that differ over HTTP, where the store alone says who somebody is."""
    return [one for one in found if "remembers" not in one.who]


@pytest.mark.parametrize("route", ROUTES, ids=NAMES)
def test_who_may_do_it_does(over: Over, route: Route) -> None:
    for one in tries(over.house.rights(route.verb)):
        error = over.outcome(one, route)
        assert is_yes(error), f"{one}: {error!r}"


@pytest.mark.parametrize("route", ROUTES, ids=NAMES)
def test_who_may_not_is_refused_and_nothing_is_written(over: Over, route: Route) -> None:
    for one in tries(over.house.wrongs(route.verb)):
        error = over.outcome(one, route)
        if isinstance(error, NotFoundError):  # as a stranger is refused
            missing = over.outcome(over.house.of_nothing(one), route)
            assert said(error) == said(missing), f"{one}: {error!r}, {missing!r}"
        else:
            assert is_no(error) or isinstance(error, SignInError), f"{one}: {error!r}"
