"""A letter, and how it is written as a message of mail (RFC 5322, MIME)."""

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from typing import Final
from uuid import UUID

from eventdesk.integrations.mail.account import MailAccount
from eventdesk.integrations.mail.addresses import (
    Mailbox,
    mailbox_of,
    name_in_header,
    words_in_header,
)

MAX_SUBJECT: Final = 160


@dataclass(frozen=True, slots=True)
class Part:
    """A file that goes with a letter.

    Attributes:
        mime: Such as `application/pdf`.
        shown_as: What the HTML calls it as `cid:`, where it is shown in the text; "" attaches it.
    """

    name: str
    mime: str
    content: bytes
    shown_as: str = ""


@dataclass(frozen=True, slots=True)
class Invite:
    """An entry of a calendar that goes with a letter.

    Attributes:
        name: Of the file.
        method: What a mail program does with it, as it stands in the content (RFC 5546).
    """

    name: str
    method: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail to one person, as it was composed.

    Attributes:
        id: The delivery; the Message-ID is made of it, so that a second copy is known as one.
        to: The address, as it was typed.
        name: Whose it is; may be "".
        html: The same as the text, to be looked at; "" sends text alone.
        language: The language it is written in.
        unsubscribe: An address of the web that takes an RFC 8058 request; "" for what is needed.
    """

    id: UUID
    to: str
    name: str
    subject: str
    text: str
    html: str = ""
    parts: tuple[Part, ...] = ()
    invites: tuple[Invite, ...] = ()
    language: str = "en"
    unsubscribe: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """A letter as it goes over the line.

    Attributes:
        in_utf8: Whether only servers that know SMTPUTF8 (RFC 6531) can take it.
    """

    to: Mailbox
    message: EmailMessage
    in_utf8: bool


def written(letter: Letter, account: MailAccount, now: datetime) -> Written:
    """Write a letter as a message.

    Raises:
        InvalidInputError: No mail can be sent to the address.
    """
    to = mailbox_of(letter.to)
    message = EmailMessage(policy=SMTPUTF8 if _in_utf8(to, account) else SMTP)
    message["From"] = _addressed(account.sender, account.sender_name)
    message["To"] = _addressed(to, letter.name)
    if account.reply_to is not None:
        message["Reply-To"] = _addressed(account.reply_to, "")
    message["Subject"] = words_in_header(letter.subject, limit=MAX_SUBJECT)
    message["Date"] = now
    message["Message-ID"] = message_id(letter.id, account)
    message["Auto-Submitted"] = "auto-generated"
    if letter.unsubscribe:
        message["List-Unsubscribe"] = f"<{letter.unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    _fill(message, letter)
    message["Content-Language"] = letter.language  # what is filled in drops it
    return Written(to, message, _in_utf8(to, account))


def _in_utf8(to: Mailbox, account: MailAccount) -> bool:
    """Whether one of the addresses is written in letters that headers only hold as UTF-8."""
    return to.needs_utf8 or account.sender.needs_utf8


def message_id(letter_id: UUID, account: MailAccount) -> str:
    """What a letter is called all over the world, each time it is sent."""
    return f"<{letter_id}@{account.sender.domain}>"


def _addressed(mailbox: Mailbox, name: str) -> Address:
    return Address(name_in_header(name), mailbox.local, mailbox.domain)


def _fill(message: EmailMessage, letter: Letter) -> None:
    message.set_content(letter.text, cte="quoted-printable")
    shown = [each for each in letter.parts if each.shown_as]
    if letter.html:
        message.add_alternative(letter.html, subtype="html", cte="quoted-printable")
        html = message.get_body(("html",))
        assert isinstance(html, EmailMessage)
        for each in shown:
            kind, _, form = each.mime.partition("/")
            html.add_related(
                each.content,
                kind,
                form,
                cid=f"<{each.shown_as}>",
                filename=each.name,
                disposition="inline",
            )
    # An invitation stands where mail programs look for it (RFC 6047): some only see an alternative
    # of the text, of which there may be one, others only a file. As CalConnect advises:
    # https://devguide.calconnect.org/iMIP/iMIPBest-Practices/
    for invite in letter.invites[:1]:
        said, method = invite.content.decode(), {"method": invite.method}
        message.add_alternative(said, subtype="calendar", cte="base64", params=method)
    for each in letter.parts:
        if not each.shown_as:
            kind, _, form = each.mime.partition("/")
            message.add_attachment(each.content, kind, form, filename=each.name)
    for invite in letter.invites:
        message.add_attachment(invite.content, "application", "ics", filename=invite.name)
