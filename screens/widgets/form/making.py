"""One more thing to choose from, made while a form is being filled in."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from textual.content import Content

from eventdesk.core.messages import _
from eventdesk.core.plain_text import plain


@dataclass(frozen=True, slots=True)
class Making:
    """How a thing is made that a field offers.

    Attributes:
        words: What is made, such as "New room".
        make: Asks for it in a dialog of its own, called in a worker; gives its value and its name,
            or None when it was given up.
    """

    words: str
    make: Callable[[], Awaitable[tuple[Any, str] | None]]

    @property
    def line(self) -> Content:
        """The line below what is there already."""
        return Content.styled(f"+ {plain(self.words)} …", "$primary")

    @property
    def first(self) -> Content:
        """The only line, while nothing is there."""
        return Content.styled(_("none yet: Enter makes one"), "$primary")
