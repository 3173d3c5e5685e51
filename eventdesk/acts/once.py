"""Calls that are done once: the kept answer is in the transaction of what it answers.

A row of `call` and what the use case wrote are committed together, so that a call that is repeated
after a fault finds both or neither. A use case of several steps leaves a row without an answer
first; where it was cut off, nobody can tell what was done, and a repetition is told so.
"""

from collections.abc import Callable
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from data.prepared import Prepared
from data.schema import CallRow
from data.touched import UNSEEN, note_touched
from eventdesk.acts.act import Act, Steps
from eventdesk.acts.actor import Once
from eventdesk.core.errors import (
    CallCutOffError,
    EventDeskError,
    KeyReusedError,
    ServiceError,
    StoreError,
)
from eventdesk.core.messages import msg

UNCLEAR: Final = (StoreError, ServiceError)
"""Errors after which some of the steps may have been done."""


def kept_answer(connection: Connection, once: Once, verb: str) -> str | None:
    """The answer that was kept for a call; None where it comes for the first time.

    Raises:
        KeyReusedError: Something else was asked with the same key.
        CallCutOffError: It was begun, and its end is not known.
    """
    row = _KEPT.one_or_none(connection, _place_of(once))
    if row is None:
        return None
    if (row.verb, row.asked_hash) != (verb, once.asked_hash):
        raise KeyReusedError(
            msg("This Idempotency-Key belongs to another call."),
            hint=msg("Send a new key with each new call, and the same only to repeat one."),
        )
    if row.answer is None:
        raise CallCutOffError(
            msg("This call was begun before, and how it ended is not known."),
            hint=msg("Look whether it was done; if it was not, ask again with a new key."),
        )
    answer: str = row.answer
    return answer


def keep_answer(act: Act, once: Once, verb: str, result: object) -> None:
    """Keep what a use case gives, in its own transaction."""
    _KEEP.run(act.connection, _row(act, once, verb) | {"answer": once.dump(result)})


def in_steps(steps: Steps, once: Once, verb: str, body: Callable[[], Any]) -> Any:
    """Run a use case of several steps once, or give back what it gave before.

    A refusal is not kept, because nothing was done.

    Raises:
        KeyReusedError: Something else was asked with the same key.
        CallCutOffError: It runs, or was cut off.
    """
    with steps.write() as act:
        note_touched(act.connection, [UNSEEN])
        kept = kept_answer(act.connection, once, verb)
        if kept is None:
            _KEEP.run(act.connection, _row(act, once, verb) | {"answer": None})
    if kept is not None:
        return once.load(kept)
    try:
        result = body()
    except UNCLEAR:
        raise
    except EventDeskError:
        _finish(steps, delete(CallRow), once)
        raise
    _finish(steps, update(CallRow).values(answer=once.dump(result)), once)
    return result


def _finish(steps: Steps, change: Any, once: Once) -> None:
    with steps.write() as act:
        note_touched(act.connection, [UNSEEN])
        its = (CallRow.caller == once.caller) & (CallRow.key == once.key)
        act.connection.execute(change.where(its))


def _place_of(once: Once) -> dict[str, object]:
    return {"caller": once.caller, "key": once.key}


def _row(act: Act, once: Once, verb: str) -> dict[str, object]:
    asked = {"verb": verb, "asked_hash": once.asked_hash, "created_at": act.store.clock()}
    return _place_of(once) | asked


_KEPT: Final = Prepared(
    select(CallRow.verb, CallRow.asked_hash, CallRow.answer).where(
        CallRow.caller == bindparam("caller", type_=CallRow.caller.type),
        CallRow.key == bindparam("key", type_=CallRow.key.type),
    )
)
_KEEP: Final = Prepared(insert(CallRow))
