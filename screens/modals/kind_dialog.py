"""A form in which the kind that is chosen says what else is asked."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Any, TypeVar

from textual import on

from screens.modals.form_dialog import FormDialog
from screens.widgets.form import Field, Form

T = TypeVar("T")


class KindDialog(FormDialog[T]):
    """A form with a field `kind`; shows what the chosen kind needs.

    Args:
        title: What it is about.
        fields: What is asked for.
        submit: Does it, as with `FormDialog`.
        explanation: A sentence below the title.
        confirm: The word on the button.
        only_for: Which kinds a field is for; one that is not named is for all.
    """

    def __init__(
        self,
        title: str,
        fields: Sequence[Field[Any]],
        submit: Callable[[dict[str, Any]], Awaitable[T]],
        *,
        explanation: str = "",
        confirm: str = "Save",
        only_for: Mapping[str, Collection[Any]],
    ) -> None:
        super().__init__(title, fields, submit, explanation=explanation, confirm=confirm)
        self.only_for = only_for

    def on_mount(self) -> None:
        """Show what the kind at first needs."""
        self._show_kind()

    @on(Form.Changed)
    def _follow_kind(self, message: Form.Changed) -> None:
        message.stop()
        if message.name == "kind":
            self._show_kind()

    def _show_kind(self) -> None:
        kind = self.form.fields["kind"].value
        for name, kinds in self.only_for.items():
            if name in self.form.fields:
                self.form.fields[name].display = kind in kinds
        self.call_after_refresh(self._fit)
