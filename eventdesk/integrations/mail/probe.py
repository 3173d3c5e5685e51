"""The test of a mail server: looks for bounces, asks whether it takes our sender, sends a mail."""

from collections.abc import Mapping

from eventdesk.core.errors import ServiceRefusedError, ServiceSilentError
from eventdesk.core.ids import new_id
from eventdesk.core.messages import Message, _, msg, reader
from eventdesk.integrations.mail.account import MailAccount
from eventdesk.integrations.mail.letter import Letter
from eventdesk.integrations.mail.line import Answer, MailLine
from eventdesk.integrations.mail.mailbox import BounceBox, look_into


def probe(values: Mapping[str, object]) -> Message:
    """Try a mail server as it was set up; a mail goes out where an address for tests is set.

    Raises:
        ServiceError: Something is wrong, and what.
        InvalidInputError: An address is none.
    """
    account = MailAccount.of(values)
    box = BounceBox.of(values)
    if box is not None:
        look_into(box)
    with MailLine(account) as line:
        line.may_send()
        if not account.test_to:
            return msg(
                "{place} takes mail from {sender}.", place=account.place, sender=str(account.sender)
            )
        verdict = line.send(_test_letter(account))
    if verdict.answer is Answer.ACCEPTED:
        return msg("{place} took a test mail to {to}.", place=account.place, to=account.test_to)
    if verdict.answer is Answer.DELAYED:
        raise ServiceSilentError(verdict.said, hint=msg("Try again in a few minutes."))
    raise ServiceRefusedError(verdict.said, hint=msg("Check the address for tests."))


def _test_letter(account: MailAccount) -> Letter:
    return Letter(
        id=new_id(),
        to=account.test_to,
        name="",
        subject=_("eventdesk can send mail"),
        text=_("This is the test of the mail service of eventdesk. It works."),
        language=reader().language,
    )
