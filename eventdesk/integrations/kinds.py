"""The kinds of services there are; each is loaded when it is first asked for."""

from typing import Final

from eventdesk.core.errors import need_found
from eventdesk.core.messages import msg
from eventdesk.integrations.service import ServiceKind, named

KINDS: Final[dict[str, str]] = {
    "apple-wallet": "eventdesk.integrations.apple_wallet.kind:APPLE_WALLET",
    "google-wallet": "eventdesk.integrations.google_wallet.kind:GOOGLE_WALLET",
    "mail": "eventdesk.integrations.mail.kind:MAIL",
    "stripe": "eventdesk.integrations.stripe.kind:STRIPE",
    "paypal": "eventdesk.integrations.paypal.kind:PAYPAL",
    "flutterwave": "eventdesk.integrations.flutterwave.kind:FLUTTERWAVE",
    "storage": "eventdesk.integrations.storage.kind:STORAGE",
    "sheets": "eventdesk.integrations.google_sheets.kind:SHEETS",
    "webhook": "eventdesk.integrations.webhook.kind:WEBHOOK",
    "chat": "eventdesk.integrations.chat.kind:CHAT",
    "eventbrite": "eventdesk.integrations.eventbrite.kind:EVENTBRITE",
    "pretalx": "eventdesk.integrations.pretalx.kind:PRETALX",
    "pretix": "eventdesk.integrations.pretix.kind:PRETIX",
    "oidc": "eventdesk.integrations.oidc.kind:OIDC",
}
"""Where each is, by its word: `module:NAME`; in the order of lists."""

BY_PAGES: Final = frozenset({"apple-wallet", "google-wallet"})
"""Kinds whose part for guests is on pages: not offered while there are none."""


def kind_of(name: str) -> ServiceKind:
    """The kind of service that a word means.

    Raises:
        NotFoundError: There is none.
    """
    where = need_found(
        KINDS.get(name),
        msg("There is no service {name!r}.", name=name),
        hint=msg("Known: {kinds}.", kinds=", ".join(KINDS) or "-"),
    )
    kind: ServiceKind = named(where)
    return kind


def all_kinds(*, of_event: bool) -> list[ServiceKind]:
    """The kinds that events set up, or those of the house."""
    known = map(kind_of, KINDS)
    if of_event:
        return [kind for kind in known if kind.of_event]
    return [kind for kind in known if kind.everywhere or not kind.of_event]
