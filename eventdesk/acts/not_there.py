"""What is somebody else's and what is not there are refused alike, for who asks over the wire.

An id that a stranger tries must not say whether there is such a thing. A refusal of somebody who
has no part in the event is therefore asked once more about things that are not there, and says what
comes of that. On the machine itself people are told that they may not: there they see what is.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields, is_dataclass, replace
from typing import Any
from uuid import UUID

from eventdesk.acts.act import Act, Steps
from eventdesk.core.ids import new_id


class DoneError(Exception):
    """Something was about to be done with things that are not there; it is undone."""


class UndoneSteps(Steps):
    """Steps that end at their first commit, with nothing written."""

    __slots__ = ()

    @contextmanager
    def write(self, *, about: UUID | None = None) -> Iterator[Act]:
        """Open a write transaction that is rolled back, and ends the use case.

        Raises:
            DoneError: Nothing hindered it.
        """
        about = about or self.about
        with self.store.write(about=about) as connection:
            yield Act(self.store, connection, self.asked, about=about)
            raise DoneError


def with_other_ids(given: Any) -> Any:
    """The same value with ids of things that are not there, however deep they lie in it.

    >>> with_other_ids({"code": "A1"})
    {'code': 'A1'}
    """
    return _replaced(given, {})


def _replaced(given: Any, known: dict[UUID, UUID]) -> Any:
    """Replace each id; one that comes twice is the same again."""
    if isinstance(given, UUID):
        return known.setdefault(given, new_id())
    if isinstance(given, Mapping):
        return {_replaced(key, known): _replaced(each, known) for key, each in given.items()}
    if isinstance(given, list | tuple | set | frozenset):
        made = [_replaced(each, known) for each in given]
        return type(given)(made) if not hasattr(given, "_fields") else type(given)(*made)
    if is_dataclass(given) and not isinstance(given, type):
        names = [field.name for field in fields(given) if field.init]
        return replace(given, **{name: _replaced(getattr(given, name), known) for name in names})
    return given
