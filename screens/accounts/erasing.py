"""The dialog that erases a guest, after it has said what would go and what would stay."""

from typing import Any, Final
from uuid import UUID

from eventdesk.acts import Actor
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import _, _n, msg
from eventdesk.core.plain_text import plain
from eventdesk.keeping import Erased, erase_guest
from screens.core.station import Tools
from screens.modals.form_dialog import FormDialog
from screens.widgets.form import TextField

_MAX_KEPT: Final = 4
"""Lines of what stays that are shown; the command line says all."""


def stays(erased: Erased) -> str:
    """What still names a person afterwards, as lines behind an explanation; "" for nothing."""
    if not erased.kept:
        return ""
    lines = [plain(str(kept), limit=120) for kept in erased.kept[:_MAX_KEPT]]
    more = len(erased.kept) - len(lines)
    return "\n" + "\n".join([*lines, *([_("and {more} more", more=more)] if more else [])])


async def erase_dialog(
    tools: Tools, actor: Actor, event_id: UUID, *, code: str, name: str
) -> FormDialog[bool]:
    """Ask whether the guest with the ticket of this code is erased.

    Raises:
        EventDeskError: They cannot be; it says why.
    """
    would = await tools.desk.write(erase_guest, actor, event_id, code, preview=True)

    async def erase(values: dict[str, Any]) -> bool:
        if values["code"].strip().upper() != code:
            raise InvalidInputError(msg("This is another code."), hint=msg("Nothing was changed."))
        await tools.desk.write(erase_guest, actor, event_id, code)
        return True

    return FormDialog(
        _("Erase {name} for ever?", name=plain(name, limit=60)),
        [TextField("code", _("The ticket's code"), required=True, max_length=20)],
        erase,
        explanation=_n(
            "The ticket stays as a figure without a name; {count} badge or file is deleted. "
            "This cannot be taken back. Type {code} to go on.{stays}",
            "The ticket stays as a figure without a name; {count} badges and files are "
            "deleted. This cannot be taken back. Type {code} to go on.{stays}",
            would.files,
            code=code,
            stays=stays(would),
        ),
        confirm=_("Erase"),
    )
