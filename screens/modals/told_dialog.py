"""A form that says, while it is filled in, what will come of it."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Generic, TypeVar

from textual import on
from textual.widgets import Label

from screens.modals.form_dialog import FormDialog
from screens.widgets.form import Field, Form

T = TypeVar("T")


class ToldDialog(FormDialog[T], Generic[T]):
    """A form with a line below it that follows what is typed.

    Args:
        title: What it is about.
        fields: What is asked for.
        submit: Does it, as in `FormDialog`.
        tell: Says, in one or several lines, what the values would give; they may hold None where
            something cannot be read yet. What it returns is shown as it is.
        explanation: A sentence below the title.
        confirm: The word on the button.
    """

    DEFAULT_CSS = """
    ToldDialog #told { width: 100%; padding-top: 1; color: $primary; }
    """

    def __init__(
        self,
        title: str,
        fields: Sequence[Field[Any]],
        submit: Callable[[dict[str, Any]], Awaitable[T]],
        *,
        tell: Callable[[dict[str, Any]], str],
        explanation: str = "",
        confirm: str = "",
    ) -> None:
        super().__init__(title, fields, submit, explanation=explanation, confirm=confirm)
        self.tell = tell

    def on_mount(self) -> None:
        """Put the line between the form and its problem."""
        told = Label(self.tell(self.form.values), id="told", markup=False)
        self.query_one(".form-dialog").mount(told, before="#form-problem")

    @on(Form.Changed)
    def _tell_again(self) -> None:
        self.query_one("#told", Label).update(self.tell(self.form.values))
        self.call_after_refresh(self._fit)
