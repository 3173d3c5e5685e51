"""Dialogs of a desk: no scan is lost in one, and a supervisor approves an act in place."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Literal, ParamSpec, TypeVar

from textual.screen import ModalScreen

from eventdesk.acts import Approval, Verb
from eventdesk.core.errors import SupervisorNeededError
from screens.core.role_screen import RoleScreen
from screens.core.station import Place, Tools

P = ParamSpec("P")
T = TypeVar("T")


class Dialogs:
    """Asks and tells on one screen.

    Args:
        take: Takes a line that was scanned into a dialog.
    """

    def __init__(
        self, host: RoleScreen[Any], tools: Tools, place: Place, take: Callable[[str], object]
    ) -> None:
        self._host, self._tools, self._place, self._take = host, tools, place, take

    async def ask(self, dialog: ModalScreen[T]) -> T | None:
        """Show a dialog; tickets that were scanned into it are taken behind it."""
        answer = await self._host.app.push_screen_wait(dialog)
        for token in getattr(dialog, "scanned", ()):
            self._take(token)
        return answer

    def tell(
        self,
        words: str,
        *,
        title: str = "",
        severity: Literal["information", "warning", "error"] = "information",
        timeout: float | None = None,
    ) -> None:
        """Show a notice; its words may hold what people typed."""
        self._host.notify(words, title=title, severity=severity, timeout=timeout, markup=False)

    def waiting(self) -> AbstractContextManager[None]:
        """Mention in the header that the block takes long, if it does."""
        return self._host.waiting()

    async def approved(
        self, act: str, words: str, verb: Verb[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> T | None:
        """Run a verb; where it takes a supervisor, ask for the PIN and run it then.

        Args:
            act: One of `approvals.ACTS`.
            words: What is to be approved, in a sentence.

        Returns None when nobody approved it.
        """
        actor, write = self._place.actor, self._tools.desk.write
        try:
            return await write(verb, actor, *args, **kwargs)
        except SupervisorNeededError as error:
            words = f"{words}\n{error}"
        approval = await self.approval(act, words)
        if approval is None:
            return None
        return await write(verb, actor.with_approval(approval), *args, **kwargs)

    async def approval(self, act: str, words: str) -> Approval | None:
        """Ask for a supervisor's PIN; None when nobody approved the act."""
        from screens.desk.supervisor_pin import approval_for

        return await approval_for(
            self._host.app, self._tools, self._place, act=act, words=words, ask=self.ask
        )
