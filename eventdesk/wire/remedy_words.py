"""Remedies in the words of the wire: the addresses that do them."""

from collections.abc import Mapping
from typing import Final

from eventdesk.core.messages import Message, msg
from eventdesk.core.remedies import Advice, Remedy, ShownList, plainly

LISTS: Final[Mapping[str, str]] = {
    ShownList.TOKENS: "/me/tokens",
    ShownList.WEB_SESSIONS: "/me/sessions",
    ShownList.APP_SESSIONS: "/me/app-sessions",
}
"""The address of a list below `/api/v1`."""


def over_the_wire(advice: Advice) -> Message:
    """A remedy as what to call."""
    if advice.remedy is Remedy.MAKE_TOKEN:
        return msg("Make a new one: POST /api/v1/me/tokens.")
    if advice.remedy is Remedy.OPEN_LIST:
        path = LISTS.get(str(advice.arguments.get("of")))
        return msg("List them: GET /api/v1{path}.", path=path) if path else plainly(advice)
    return plainly(advice)
