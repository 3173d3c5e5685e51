"""Calls that were answered: what is kept of them for a repetition, and goes after a week."""

from datetime import timedelta
from typing import Final

from sqlalchemy import delete, select

from data.schema import CallRow
from data.touched import UNSEEN, note_touched
from eventdesk.acts.act import Act, Steps
from eventdesk.acts.store_clock import Clock, clock_now
from eventdesk.acts.verbs import reads, steps

KEPT_FOR: Final = timedelta(days=7)


@reads(internal=True)
def kept_call(act: Act, verb: str, caller: str, key: str) -> str | None:
    """Read what is kept of a call; None where there was none by this name.

    A page asks for it where a form that is sent again finds what it asked for gone: by itself.

    Args:
        verb: The name in calls of the use case that was asked.
        caller: Whose key it is.
        key: What named the call, as `Once` has it.
    """
    its = (CallRow.caller == caller) & (CallRow.key == key) & (CallRow.verb == verb)
    return act.connection.execute(select(CallRow.answer).where(its)).scalar_one_or_none()


@steps(internal=True)
def thin_calls(steps: Steps) -> int:
    """Delete the answers of calls that are older than a week; returns how many."""
    if clock_now(steps.store, steps.asked).state is Clock.AHEAD:
        return 0
    old = CallRow.created_at < steps.now - KEPT_FOR
    with steps.read() as act:
        if act.connection.execute(select(CallRow.key).where(old).limit(1)).first() is None:
            return 0
    with steps.write() as act:
        note_touched(act.connection, [UNSEEN])
        return act.connection.execute(delete(CallRow).where(old)).rowcount
