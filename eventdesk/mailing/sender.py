"""What takes mails to their server, in the thread of a courier."""

import logging
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Final

from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.core.errors import (
    EventDeskError,
    ServiceRefusedError,
    ServiceSilentError,
    StoreError,
)
from eventdesk.core.messages import msg
from eventdesk.documents.calendar import Party
from eventdesk.integrations.mail.account import MailAccount
from eventdesk.integrations.mail.line import Answer, MailLine, Verdict
from eventdesk.mailing.composing import letter_for
from eventdesk.mailing.pace import Pace
from eventdesk.mailing.queueing import BULK, LINK, MAIL
from eventdesk.mailing.turns import anybody_first, is_held
from eventdesk.services import (
    Dropped,
    Failed,
    Fate,
    Held,
    Later,
    Outgoing,
    Sent,
    SetUp,
    Told,
    Waits,
    pages_address,
)

log = logging.getLogger(__name__)

AT_ONCE: Final = 20
PATIENCE: Final = timedelta(days=3)
"""How long a mail is tried; mail servers do so for about as long (RFC 5321, 4.5.4.1: 4–5 days)."""

REFUSED_S: Final = 60
"""How long a server rests that takes nothing from us: somebody has to look at the log-in."""

SHORT_S: Final = 2.0
"""A turn that comes so soon is waited for."""

LOOKS: Final = 20
"""How often it is looked, in such a time, whether those that go first are out."""

_PACE: Final = Pace()


class MailSender:
    """Takes the mails of one kind of delivery to the mail service.

    Args:
        kind: The kind of deliveries.
        pace: When the next mail to a service may go.
        sleep: Waits for a turn, so many seconds.
    """

    service = "mail"
    patience = PATIENCE
    at_once = AT_ONCE

    def __init__(
        self, kind: str, pace: Pace = _PACE, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self.kind = kind
        self._pace, self._sleep = pace, sleep
        self._gives_way = kind == BULK

    def send(self, store: Store, service: SetUp, jobs: Sequence[Outgoing], told: Told) -> None:
        """Hand mails over on one line, and tell the fate of each at once.

        A line that breaks over a mail is opened once more for the others. Mails whose turn is
        too far off come back one after the other, and leave the turns to those that are here. One
        of many mails lets all others go first.

        Raises:
            ServiceSilentError: The server does not answer, or takes nothing from us just now.
        """
        account = MailAccount.of(service.values)
        broken, put_off = False, 0
        with MailLine(account) as line:
            for job in jobs:
                if self._gives_way and is_held(store, job.id):
                    told(job.id, Held())
                    continue
                if self._gives_way and not self._may_go(store, account.per_minute):
                    break
                wait_s = self._pace.wait_s(service.id, account.per_minute, most_s=SHORT_S)
                if wait_s > SHORT_S:
                    wait_s += put_off * 60.0 / account.per_minute
                    told(job.id, Waits(wait_s))
                    put_off += 1
                    continue
                self._sleep(wait_s)
                _open(line)
                try:
                    told(job.id, _sent(store, service, account, line, job))
                except ServiceSilentError as error:
                    # The mail may be out: it goes again under the same name.
                    told(job.id, Later(error.whole, error.wait_s))
                    if broken:
                        raise
                    broken = True

    def _may_go(self, store: Store, per_minute: int) -> bool:
        """Wait a little while others are first; say whether it is this one's turn."""
        ahead_s = 60.0 / per_minute if per_minute else 0.0
        for _ in range(LOOKS):
            if not anybody_first(store, within_s=ahead_s):
                return True
            self._sleep(SHORT_S / LOOKS)
        return False


def _open(line: MailLine) -> None:
    """Open the line; what the server refuses to all is trouble of the service, not of a mail.

    Raises:
        ServiceSilentError: It does not answer, or refuses us.
    """
    try:
        line.open()
    except ServiceRefusedError as error:
        raise ServiceSilentError(error.message, hint=error.advice, wait_s=REFUSED_S) from error


def _sent(
    store: Store, service: SetUp, account: MailAccount, line: MailLine, job: Outgoing
) -> Fate:
    """Compose a mail and hand it over; what is wrong with it alone is its own failure.

    Raises:
        ServiceSilentError: The line broke, or the server takes nothing from us.
        StoreError: The store cannot be read just now.
    """
    try:
        sender = Party(str(account.sender), account.sender_name)
        pages = pages_address(store, SYSTEM, typed=service.text("pages"))
        letter = letter_for(store, job, pages=pages, sender=sender)
        if letter is None:
            return Dropped()
        return _fate(line.send(letter), account)
    except (ServiceSilentError, StoreError):
        raise
    except ServiceRefusedError as error:
        raise ServiceSilentError(error.message, hint=error.advice, wait_s=REFUSED_S) from error
    except EventDeskError as error:
        return Failed(error.whole)
    except Exception:
        log.exception("The mail %s met an unexpected error", job.id)
        line.close()  # nobody knows how far it came on it
        return Failed(msg("It met an unexpected error; the log says which."))


def _fate(verdict: Verdict, account: MailAccount) -> Fate:
    match verdict.answer:
        case Answer.ACCEPTED:
            return Sent(account.place, str(verdict.said))
        case Answer.DELAYED:
            return Later(verdict.said)
        case Answer.REFUSED:
            return Failed(verdict.said)


MAILS: Final = MailSender(MAIL)
LINKS: Final = MailSender(LINK)
BULK_MAILS: Final = MailSender(BULK)
