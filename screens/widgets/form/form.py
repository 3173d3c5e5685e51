"""A form: fields below each other, their values and what is wrong with them."""

from dataclasses import dataclass
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.events import DescendantFocus, Resize
from textual.message import Message
from textual.widgets import Input

from screens.widgets.form.field import Field
from screens.widgets.form.moment_field import MomentField

NARROW = 52
"""Below so many cells labels stand above their fields."""


class Form(VerticalScroll, can_focus=False, inherit_bindings=False):
    """Shows fields; Enter in a line goes to the next one.

    A field that is not displayed has a value, but no problem.
    """

    BINDINGS: ClassVar = []

    @dataclass
    class Changed(Message):
        """Something else stands in a field."""

        form: "Form"
        name: str

        @property
        def control(self) -> "Form":
            """The form."""
            return self.form

    def __init__(self, *fields: Field[Any], id: str | None = None) -> None:
        super().__init__(id=id)
        self.fields = {field.key: field for field in fields}
        self._later: list[Field[Any]] = []
        for field in fields:
            begin = self.fields.get(field.after) if isinstance(field, MomentField) else None
            if isinstance(field, MomentField) and isinstance(begin, MomentField):
                field.since, begin.until = begin, field

    def compose(self) -> ComposeResult:
        """Lay out what fits the screen; the rest follows once that is painted."""
        room = self.app.size.height
        for field in self.fields.values():
            if room > 0:
                yield field
            else:
                self._later.append(field)
            room -= field.lines + 1 + bool(field.help)
        if self._later:
            self.call_after_refresh(self.mount_all, self._later)

    @property
    def values(self) -> dict[str, Any]:
        """What stands in the fields, by their names; None where that is no value."""
        return {name: field.value for name, field in self.fields.items()}

    @property
    def problems(self) -> dict[str, str]:
        """What is wrong, as sentences, by the names of the fields."""
        shown = {name: field.problem for name, field in self.fields.items() if field.display}
        return {name: problem for name, problem in shown.items() if problem}

    @property
    def changed(self) -> bool:
        """Whether something else stands in a field than at first."""
        return any(field.changed for field in self.fields.values())

    def mark(self, name: str, problem: str) -> None:
        """Say what is wrong with a field until something else stands there."""
        self.fields[name].mark(problem)

    def is_sound(self) -> bool:
        """Whether nothing is wrong; else say what, and go to the first field that is wrong."""
        problems = self.problems
        for field in self.fields.values():
            field.show_problem()
        for name in problems:
            self.fields[name].focus()
            return False
        return True

    def settle(self) -> None:
        """Take what stands there now as what the form began with: it was saved."""
        for field in self.fields.values():
            field.begin()

    @on(Field.Changed)
    def _tell(self, message: Field.Changed) -> None:
        message.stop()
        self.post_message(self.Changed(self, message.field.key))

    @on(Input.Submitted)
    def _go_on(self, message: Input.Submitted) -> None:
        message.stop()
        self.screen.focus_next()

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """Show all of the field that has the keyboard, with what is said below it."""
        for ancestor in event.widget.ancestors:
            if isinstance(ancestor, Field):
                ancestor.scroll_visible(animate=False)

    def on_resize(self, event: Resize) -> None:
        """Put labels above their fields where there is no room beside them."""
        self.set_class(event.size.width < NARROW, "-narrow")
