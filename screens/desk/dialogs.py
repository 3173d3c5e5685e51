"""Dialogs of a desk: it asks, tells, and has a supervisor approve an act in place."""

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
    """Asks and tells on one screen."""

    def __init__(self, host: RoleScreen[Any], tools: Tools, place: Place) -> None:
        self._host, self._tools, self._place = host, tools, place

    async def ask(self, dialog: ModalScreen[T]) -> T:
        """Show a dialog, and wait for its answer."""
        return await self._host.app.push_screen_wait(dialog)

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

    async def can_be_approved(self) -> bool:
        """Whether somebody can approve what takes a supervisor; where nobody can it says so."""
        from screens.desk.supervisor_pin import can_approve

        return self._place.actor.is_supervisor or await can_approve(
            self._host.app, self._tools, self._place
        )

    async def approval(self, act: str, words: str) -> Approval | None:
        """Ask for a supervisor's PIN; None when nobody approved the act."""
        from screens.desk.supervisor_pin import approval_for

        return await approval_for(self._host.app, self._tools, self._place, act=act, words=words)
