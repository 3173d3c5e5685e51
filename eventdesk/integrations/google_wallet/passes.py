"""Passes that Google keeps: changed where their ticket or event did (Google Wallet API, version 1).

Google makes a pass when somebody saves it, by what the link brought; what it never saw it does not
know, and nothing is made here. A change names all that a pass says, so that changes may come twice.
"""

from contextlib import closing
from typing import Any, Final

from eventdesk.core.errors import ServiceRefusedError, ServiceSilentError
from eventdesk.core.messages import Message, msg
from eventdesk.core.plain_text import plain
from eventdesk.integrations.calls import MAX_SAID, Answer, error_of
from eventdesk.integrations.google_calls import GoogleCalls, said_by
from eventdesk.integrations.google_wallet.contents import event_says, issuer_of, pass_says
from eventdesk.integrations.service import Values
from eventdesk.integrations.wallet_ticket import WalletTicket

WALLET_AT = "https://walletobjects.googleapis.com"

SCOPE: Final = "https://www.googleapis.com/auth/wallet_object.issuer"

ROOT: Final = "/walletobjects/v1"

TIMEOUT_S = 20.0

VOID: Final[dict[str, Any]] = {"state": "INACTIVE", "barcode": None}
"""A pass that lets nobody in; null takes away what was there."""


class PassRefusedError(ServiceRefusedError):
    """Google does not take what one pass is to say; others may be changed."""


class Passes:
    """A line to Google Wallet; whoever makes it closes it.

    Args:
        values: How passes are set up.

    Raises:
        ServiceRefusedError: What was set up cannot be; the message says what.
    """

    def __init__(self, values: Values) -> None:
        self.issuer = issuer_of(values)
        self._calls = GoogleCalls(
            WALLET_AT,
            self.issuer.account,
            scope=SCOPE,
            service="Google Wallet",
            api="Google Wallet API",
            timeout_s=TIMEOUT_S,
        )

    def close(self) -> None:
        """Hang up."""
        self._calls.close()

    @property
    def named(self) -> dict[str, str]:
        """The account and the issuer, for messages."""
        return {"email": plain(self.issuer.account.email), "issuer": self.issuer.number}

    def change(self, name: str, ticket: WalletTicket) -> bool:
        """Let a pass say what a ticket is now; without its code it becomes void.

        Args:
            name: What Google calls the pass.
            ticket: The ticket as this pass may show it.

        Returns:
            Whether Google knows it: a pass that nobody saved it does not.

        Raises:
            PassRefusedError: Google does not take this pass.
            ServiceSilentError: Google does not answer, or wants fewer calls.
            ServiceRefusedError: The account may not change passes.
        """
        says = _whole(pass_says(ticket), "seatInfo") if ticket.token else VOID
        return self._patch(f"eventTicketObject/{name}", says)

    def change_event(self, name: str, ticket: WalletTicket) -> bool:
        """Let all passes of an event say what it is now, as any of its tickets shows it.

        Args:
            name: What Google calls the event.
            ticket: Any of its tickets.

        Returns:
            Whether Google knows it.

        Raises:
            EventDeskError: As `change`.
        """
        says = _whole(event_says(ticket, self.issuer), "venue")
        return self._patch(f"eventTicketClass/{name}", says)

    def look(self) -> None:
        """See that the account may change passes of the issuer.

        Raises:
            EventDeskError: As `change`.
        """
        query = f"issuerId={self.issuer.number}&maxResults=1"
        answer = self._calls.call("GET", f"{ROOT}/eventTicketClass?{query}")
        if answer.status != 200:
            raise self._problem(answer)
        answer.members()  # something else that answers in Google's place does not speak JSON

    def _patch(self, path: str, says: dict[str, Any]) -> bool:
        answer = self._calls.call("PATCH", f"{ROOT}/{path}", json=says)
        if answer.status == 200 and answer.members().get("id") == path.partition("/")[2]:
            return True
        if answer.status == 404 and said_by(answer)[1]:
            return False
        raise self._problem(answer)

    def _problem(self, answer: Answer) -> ServiceRefusedError | ServiceSilentError:
        """What is wrong, in words that say what to do."""
        if answer.status == 403:
            return ServiceRefusedError(
                msg("{email} may not change passes of issuer {issuer}.", **self.named),
                status=403,
                hint=msg(
                    "Invite it in the Google Pay & Wallet Console under Users, as a developer."
                ),
            )
        if answer.status == 400:
            words = plain(said_by(answer)[1], limit=MAX_SAID)
            return PassRefusedError(
                msg("Google does not take a pass: {why}", why=words), status=400
            )
        if answer.status in (200, 404):
            return ServiceSilentError(
                msg("The answer of {service} makes no sense.", service="Google Wallet"),
                hint=msg("Something else may answer in its place. Look at its address."),
            )
        return error_of(answer)


def _whole(says: dict[str, Any], optional: str) -> dict[str, Any]:
    """What is said, and that the optional part is gone where nothing is said of it."""
    return {optional: None, **says}


def probe(values: Values) -> Message:
    """See that the account may change passes, and change nothing; see `ServiceKind.probe`.

    Raises:
        ServiceError: It may not, or something else is wrong; the message says what.
    """
    with closing(Passes(values)) as line:
        line.look()
        return msg("{email} may change passes of issuer {issuer}.", **line.named)
