"""What became of a worker: an error meant for people, or a bug."""

from textual.css.query import NoMatches
from textual.widget import Widget
from textual.worker import Worker, WorkerState

from eventdesk.core.errors import EventDeskError


def failure_of(event: Worker.StateChanged, owner: Widget) -> EventDeskError | None:
    """The error a worker ended with, if it is one to be shown.

    A bug ends the program with its traceback, but for one: what was left while its worker waited
    has nothing to show the answer in.

    Args:
        event: What the worker told its owner.
        owner: The screen or widget that started it.
    """
    error = event.worker.error
    if event.state is not WorkerState.ERROR or error is None:
        return None
    if isinstance(error, NoMatches) and not owner.children:
        return None
    if not isinstance(error, EventDeskError):
        raise error
    return error
