"""Save links for Google Wallet: the pass itself, signed with the key of a service account.

By Google's “Event tickets: Add to Google Wallet”. The link brings all that the pass says, so
nothing is asked of Google here, and it is as long as what it says: optional parts go first where
it would be longer than browsers and Google take.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from joserfc import jwt

from eventdesk.integrations.google_wallet.contents import (
    Issuer,
    event_name,
    event_says,
    pass_name,
    pass_says,
)
from eventdesk.integrations.wallet_ticket import WalletTicket

SAVE: Final = "https://pay.google.com/gp/v/save/"

MAX_JWT: Final = 1800
"""Most characters of what stands behind `SAVE`, as Google says."""

OPTIONAL: Final = ("ticketType", "seatInfo", "ticketHolderName", "venue")
"""What is left out, in this order, where a link would be too long."""


def save_link(ticket: WalletTicket, issuer: Issuer, now: datetime) -> str:
    """The address that adds a ticket to a wallet."""
    of_event = event_name(ticket, issuer)
    event = {"id": of_event, **event_says(ticket, issuer)}
    one = {"id": pass_name(ticket, issuer), "classId": of_event, **pass_says(ticket)}
    link = _signed(event, one, issuer, now)
    for name in OPTIONAL:
        if len(link) <= MAX_JWT:
            break
        event.pop(name, None)
        one.pop(name, None)
        link = _signed(event, one, issuer, now)
    return SAVE + link


def _signed(
    event: Mapping[str, Any], ticket: Mapping[str, Any], issuer: Issuer, now: datetime
) -> str:
    claims = {
        "iss": issuer.account.email,
        "aud": "google",
        "typ": "savetowallet",
        "iat": int(now.timestamp()),
        "payload": {"eventTicketClasses": [event], "eventTicketObjects": [ticket]},
    }
    return jwt.encode({"alg": "RS256", "typ": "JWT"}, claims, issuer.account.key)
