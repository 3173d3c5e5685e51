"""Each kind of error has a status of HTTP on purpose."""

import pytest

from eventdesk.core import errors
from eventdesk.core.error_status import STATUS, again_after_s, status_of
from eventdesk.core.errors import EventDeskError

KINDS = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, EventDeskError) and kind is not EventDeskError
]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_each_kind_of_error_has_a_status_from_the_table(kind: type[EventDeskError]) -> None:
    assert any(each in STATUS for each in kind.__mro__)
    assert 400 <= status_of(kind) <= 599


def test_an_error_of_no_kind_is_a_fault_of_the_program() -> None:
    assert status_of(EventDeskError("?")) == 500


def test_too_many_calls_say_when_to_come_again() -> None:
    assert again_after_s(errors.TooManyCallsError("?", wait_s=7)) == 7
    assert again_after_s(errors.StoreBusyError("?")) == 1
    assert again_after_s(errors.NotFoundError("?")) is None
