"""What is typed to set up where a team is told something."""

import re
from collections.abc import Collection
from typing import Final

from eventdesk.core.errors import InvalidInputError
from eventdesk.core.fields import LINE, SEVERAL, Field
from eventdesk.core.messages import Message, msg
from eventdesk.core.typed_text import line
from eventdesk.integrations.service import ServiceKind
from eventdesk.integrations.webhook.kind import NETWORKS

MAX_ADDRESS: Final = 2000

SALES, PRINTER, QUEUE = "sales", "printer", "queue"

NOTICES: Final[dict[str, Message]] = {
    SALES: msg("sales: 50, 75, 90 or 100 % sold"),
    PRINTER: msg("printer: one is down, or back"),
    QUEUE: msg("queue: guests wait too long"),
}
"""What a team can be told of."""

_BEGINS: Final = re.compile(r"[a-z][a-z0-9+.-]*://\S", re.IGNORECASE)


def _checked_address(typed: str) -> str:
    """Check that something is an address; what apprise makes of it is said when it is tried."""
    address = line(typed, msg("The address"), most=MAX_ADDRESS)
    if address and not _BEGINS.match(address):
        raise InvalidInputError(
            msg("This is no address of apprise."),
            hint=msg(
                "It begins with https:// or a word such as tgram://; its documentation lists them."
            ),
        )
    return address


def _checked_notices(names: Collection[str]) -> frozenset[str]:
    if not names:
        raise InvalidInputError(
            msg("Choose at least one."), hint=msg("Known: {kinds}.", kinds=", ".join(NOTICES))
        )
    return frozenset(names)


CHAT: Final = ServiceKind(
    name="chat",
    title=msg("Chat or SMS"),
    what=msg("Tells a team in Slack, Teams, Matrix, Telegram, by SMS and the like."),
    fields=(
        Field(
            "address",
            LINE,
            "Address",
            hint="As Slack, Discord or Teams give it, or as apprise writes it: tgram://…",
            needed=True,
            secret=True,
            check=_checked_address,
        ),
        Field("notices", SEVERAL, "Notices", choices=NOTICES, check=_checked_notices),
    ),
    probe="eventdesk.integrations.chat.posting:probe",
    needs="apprise",
    extra="notify",
    of_event=True,
    everywhere=True,
    several=True,
    rules=(NETWORKS,),
)
