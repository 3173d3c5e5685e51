"""Use cases declare their errors, and a test in which another one comes out fails."""

from collections.abc import Callable

import pytest

from data.store import Store
from eventdesk.acts import SYSTEM, Act, Reach, Verb
from eventdesk.acts.raised import errors_of, is_declared
from eventdesk.acts.verbs import Kind
from eventdesk.core.errors import (
    InvalidInputError,
    KeptInsideError,
    LimitError,
    NotAllowedError,
    NotFoundError,
    SalesError,
    SeatTakenError,
    StoreBusyError,
)
from tests.raised import take_undeclared


def says_it(act: Act) -> None:
    """Raise.

    Raises:
        LimitError, SeatTakenError: It is
            InvalidInputError: no, this is the sentence.
        NotFoundError: It is not there.

    Raised elsewhere:
        InvalidInputError: Something else.
    """
    raise LimitError("Too many.", most=1)


def says_nothing(act: Act) -> None:
    """Raise."""
    raise LimitError("Too many.", most=1)


def declared(body: Callable[[Act], None], **reach: bool) -> Verb[[], None]:
    body.__module__ = "eventdesk.door.checkin"
    return Verb(body, Kind.READS, Reach(next(iter(reach))), None, own=False, about=None)


def test_the_errors_of_a_use_case_are_those_that_its_docstring_names() -> None:
    assert errors_of(declared(says_it, public=True)) == (LimitError, SeatTakenError, NotFoundError)
    assert errors_of(declared(says_nothing, public=True)) == ()


def test_what_a_reach_means_need_not_be_said() -> None:
    assert errors_of(declared(says_nothing, local=True)) == (KeptInsideError,)
    assert errors_of(declared(says_nothing, devices=True)) == (NotAllowedError,)
    assert errors_of(declared(says_nothing, internal=True)) == (NotAllowedError,)


def test_a_kind_of_a_declared_error_is_declared_and_what_the_store_raises_for_all() -> None:
    verb = declared(says_it, public=True)
    assert is_declared(verb, LimitError("?", most=1))
    assert is_declared(verb, StoreBusyError("?"))
    assert not is_declared(verb, SalesError("?"))
    assert not is_declared(verb, InvalidInputError("?"))


def test_an_error_that_comes_out_undeclared_is_noticed(store: Store) -> None:
    with pytest.raises(LimitError):
        declared(says_it, public=True)(store, SYSTEM)
    assert take_undeclared() == []
    with pytest.raises(LimitError):
        declared(says_nothing, public=True)(store, SYSTEM)
    assert take_undeclared() == ["door.says_nothing: LimitError “Too many.”"]
