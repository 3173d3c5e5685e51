"""Which errors come of a use case: those that its docstring names, and what its declaration means.

A docstring names them in its section `Raises:`, each by the name of its class in
`eventdesk/core/errors.py`; a class stands for what is a kind of it, too. The tests fail where one
comes out of a use case that is not declared.
"""

import inspect
import re
from typing import Any, Final

from eventdesk.acts.reach import Reach
from eventdesk.acts.verbs import Verb
from eventdesk.core import errors
from eventdesk.core.errors import EventDeskError

OF_EVERY_CALL: Final[tuple[type[EventDeskError], ...]] = (
    errors.StoreError,
    errors.KeyReusedError,
    errors.CallCutOffError,
    errors.ChangedMeanwhileError,
)
"""What may come of any use case, so that none says it: of the store, and of how it is called."""


def errors_of(verb: Verb[..., Any]) -> tuple[type[EventDeskError], ...]:
    """The errors of a use case beside those of every call, without saying one twice.

    Raises:
        AttributeError: The docstring names what is no error of the tree.
    """
    doc = inspect.getdoc(verb.body) or ""
    _, _, raised = doc.partition("\nRaises:\n")
    heads = re.findall(r"^    (\w[\w, ]*):", raised.partition("\n\n")[0], re.MULTILINE)
    named = [getattr(errors, name) for head in heads for name in head.split(", ")]
    return tuple(dict.fromkeys([*_meant(verb), *named]))


def is_declared(verb: Verb[..., Any], error: EventDeskError) -> bool:
    """Whether a use case says that an error may come of it."""
    return isinstance(error, (*OF_EVERY_CALL, *errors_of(verb)))


def _meant(verb: Verb[..., Any]) -> list[type[EventDeskError]]:
    """What the declaration means by itself."""
    meant: list[type[EventDeskError]] = []
    if verb.permissions is not None or verb.reach in (Reach.DEVICES, Reach.INTERNAL):
        meant.append(errors.NotAllowedError)
    if verb.reach is Reach.LOCAL:
        meant.append(errors.KeptInsideError)
    if verb.about is not None:
        meant.append(errors.NotFoundError)
    return meant
