"""Erasing a person: what would go and what would stay is said before, and asked for once more."""

from typing import Any, Final
from uuid import UUID

from eventdesk.acts import Actor
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.plain_text import how_many, plain
from eventdesk.keeping import Erased, erase_guest
from screens.core.station import Tools
from screens.modals.form_dialog import FormDialog
from screens.widgets.form import TextField

_MAX_KEPT: Final = 4
"""Lines of what stays that are shown; the command line says all."""


def stays(erased: Erased) -> str:
    """What still names a person afterwards, as sentences behind an explanation; "" for nothing."""
    if not erased.kept:
        return ""
    lines = [plain(str(kept), limit=120) for kept in erased.kept[:_MAX_KEPT]]
    more = len(erased.kept) - len(lines)
    return "\n" + "\n".join([*lines, *([f"and {more} more"] if more else [])])


async def erase_dialog(
    tools: Tools, actor: Actor, event_id: UUID, code: str, name: str
) -> FormDialog[bool]:
    """Ask whether the guest with the ticket of this code is erased.

    Raises:
        EventDeskError: They cannot be; it says why.
    """
    would = await tools.desk.write(erase_guest, actor, event_id, code, preview=True)

    async def erase(values: dict[str, Any]) -> bool:
        if values["code"].strip().upper() != code:
            raise InvalidInputError("This is another code.", hint="Nothing was changed.")
        await tools.desk.write(erase_guest, actor, event_id, code)
        return True

    return FormDialog(
        f"Erase {plain(name, limit=60)} for ever?",
        [TextField("code", "The ticket's code", required=True, max_length=20)],
        erase,
        explanation="The ticket stays as a figure without a name; "
        f"{how_many(would.files, 'badge or file is', 'badges and files are')} deleted. This "
        f"cannot be taken back. Type {code} to go on.{stays(would)}",
        confirm="Erase",
    )
