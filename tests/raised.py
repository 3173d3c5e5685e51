"""Fails a test in which an error came out of a use case that does not declare it."""

from collections.abc import Callable, Iterator
from functools import wraps
from pathlib import Path
from traceback import walk_tb
from typing import Any

import pytest

from data import store as store_module
from eventdesk.acts import Verb
from eventdesk.acts.catalogue import AREAS
from eventdesk.acts.raised import is_declared
from eventdesk.core.errors import EventDeskError, InvalidInputError

DATA = Path(store_module.__file__).parent
"""What refuses a value that cannot be kept, whatever it is a parameter of."""

_undeclared: list[str] = []


def pytest_sessionstart() -> None:
    """Look at each error that comes out of a use case from now on."""
    call: Callable[..., Any] = Verb.__call__

    @wraps(call)
    def watched(verb: Verb[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        try:
            return call(verb, *args, **kwargs)
        except EventDeskError as error:
            if _is_ours(verb) and not is_declared(verb, error) and not _cannot_be_kept(error):
                _undeclared.append(f"{verb.area}.{verb.name}: {type(error).__name__} “{error}”")
            raise

    Verb.__call__ = watched  # type: ignore[method-assign]


@pytest.fixture(autouse=True)
def errors_are_declared() -> Iterator[None]:
    """Fail where a use case raised what it does not say."""
    yield
    undeclared = take_undeclared()
    assert not undeclared, "not in the section Raises: of " + "; ".join(undeclared)


def take_undeclared() -> list[str]:
    """What was raised and not declared since this was asked last."""
    undeclared, _undeclared[:] = list(_undeclared), []
    return undeclared


def _is_ours(verb: Verb[..., Any]) -> bool:
    """Whether it is a use case of an area, and none of a test."""
    return verb.__module__.startswith("eventdesk.") and verb.area in AREAS


def _cannot_be_kept(error: EventDeskError) -> bool:
    """Whether the store refused a value by itself, such as a NUL or a number of 100 digits."""
    *_, last = (frame for frame, _ in walk_tb(error.__traceback__))
    return isinstance(error, InvalidInputError) and DATA in Path(last.f_code.co_filename).parents
