"""What passes say in Google Wallet: of an event its class, of a ticket its object.

By Google's reference of `EventTicketClass` and `EventTicketObject`. A ticket whose code was made
anew is another object, so that whoever has the pass of before never gets the new code.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from eventdesk.core.errors import ServiceRefusedError
from eventdesk.core.messages import msg
from eventdesk.core.plain_text import plain
from eventdesk.integrations.google_account import Account, account_of
from eventdesk.integrations.service import Values
from eventdesk.integrations.wallet_ticket import WalletTicket


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who issues passes.

    Attributes:
        number: Google's number for it.
        organization: Shown on passes.
        account: The service account that signs and asks.
    """

    number: str
    organization: str
    account: Account


def issuer_of(values: Values) -> Issuer:
    """Read who issues passes from what was set up.

    Raises:
        ServiceRefusedError: The issuer is no number, or the file is not that of a service account.
    """
    number = str(values.get("issuer") or "").strip()
    if not (number.isascii() and number.isdecimal()):
        raise ServiceRefusedError(
            msg("The issuer ID is not made of digits."),
            hint=msg("The Google Pay & Wallet Console shows it at the top."),
        )
    account = account_of(str(values.get("account") or ""))
    return Issuer(number, str(values.get("organization") or ""), account)


def pass_name(ticket: WalletTicket, issuer: Issuer) -> str:
    """What Google calls the object of a ticket and its revision."""
    return f"{issuer.number}.{ticket.ticket_id.hex}-{ticket.revision}"


def event_name(ticket: WalletTicket, issuer: Issuer) -> str:
    """What Google calls the class of a ticket's event."""
    return f"{issuer.number}.{ticket.event_id.hex}"


def event_says(ticket: WalletTicket, issuer: Issuer) -> dict[str, Any]:
    """What all passes of a ticket's event say."""
    begins, ends = _local(ticket.starts_at, ticket), _local(ticket.ends_at, ticket)
    made: dict[str, Any] = {
        "issuerName": plain(issuer.organization, limit=20),
        "eventName": _text(ticket.event, ticket, 60),
        "dateTime": {"start": begins, "end": ends},
        "reviewStatus": "UNDER_REVIEW",
    }
    name, _, address = ticket.where.partition(" · ")
    if name:
        made["venue"] = {
            "name": _text(name, ticket, 60),
            "address": _text(address or name, ticket, 80),
        }
    return made


def pass_says(ticket: WalletTicket) -> dict[str, Any]:
    """What the pass of a ticket that has its code says beside that."""
    made: dict[str, Any] = {
        "state": "ACTIVE",
        "ticketNumber": ticket.code,
        "ticketHolderName": plain(ticket.holder, limit=40),
        "ticketType": _text(ticket.ticket_type, ticket, 40),
        "barcode": {"type": "QR_CODE", "value": ticket.token, "alternateText": ticket.code},
    }
    if ticket.seat:
        made["seatInfo"] = {"seat": _text(ticket.seat, ticket, 20)}
    return made


def _text(words: str, ticket: WalletTicket, limit: int) -> dict[str, Any]:
    language = ticket.language or "en"
    return {"defaultValue": {"language": language, "value": plain(words, limit=limit)}}


def _local(at: datetime, ticket: WalletTicket) -> str:
    return at.astimezone(ZoneInfo(ticket.time_zone)).isoformat(timespec="seconds")
