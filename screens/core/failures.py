"""Errors of workers: shown to people, or raised as bugs."""

from textual.css.query import NoMatches
from textual.widget import Widget
from textual.worker import Worker, WorkerState

from eventdesk.core.errors import EventDeskError
from eventdesk.core.plain_text import plain


class ShowsErrors(Widget):
    """A screen or widget whose workers' errors are shown to people.

    A bug ends the program with its traceback, but for one: what was left while its worker waited
    has nothing to show the answer in.
    """

    def show_error(self, error: EventDeskError) -> None:
        """Say what went wrong and what to do."""
        self.notify(
            plain(error.hint, limit=400) or " ",
            title=plain(str(error), limit=400),
            severity="error",
            markup=False,
        )

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Show the error a worker ended with."""
        error = event.worker.error
        if event.state is not WorkerState.ERROR or error is None:
            return
        if isinstance(error, NoMatches) and not self.children:
            return
        if not isinstance(error, EventDeskError):
            raise error
        self.show_error(error)
