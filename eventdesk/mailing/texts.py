"""The words of an event's mails: read, changed, looked at, tried, and as usual again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import delete, select

from data.rows import insert_row
from data.schema import AccountRow, EventRow, MailTextRow, VenueRow
from eventdesk.acts import SYSTEM, Act, Permission, Steps, no_such_event, reads, steps, writes
from eventdesk.booking import MyTicket
from eventdesk.core.errors import InvalidInputError, ServiceRefusedError, ServiceSilentError
from eventdesk.core.ids import new_id
from eventdesk.core.messages import SPOKEN, Message, _, msg, reading
from eventdesk.integrations.mail.account import MailAccount
from eventdesk.integrations.mail.line import Answer, MailLine
from eventdesk.mailing.addressee import Addressee
from eventdesk.mailing.composing import Facts, composed, own_wording
from eventdesk.mailing.wording import KIND_NAMES, MailKind, Wording, checked, ready_wording
from eventdesk.services import pages_address, service_of

WHO: Final = Permission.MESSAGES

TOLD: Final = tuple(kind for kind in MailKind if kind not in (MailKind.ACCOUNT, MailKind.CODE))
"""The kinds of mails whose words are an event's."""


@dataclass(frozen=True, slots=True)
class MailText:
    """How a kind of mail of an event reads in a language.

    Attributes:
        own: Whether somebody changed it.
        changed_at: When; None where it is as usual.
    """

    kind: MailKind
    language: str
    subject: str
    text: str
    own: bool = False
    changed_at: datetime | None = None

    @property
    def kind_words(self) -> str:
        """What it is about, in a word."""
        return str(KIND_NAMES[self.kind])

    @property
    def wording(self) -> Wording:
        """The words alone."""
        return Wording(self.subject, self.text)


@dataclass(frozen=True, slots=True)
class MailLook:
    """How a mail would arrive."""

    subject: str
    text: str
    html: str


@reads(WHO, about="event_id")
def list_mail_texts(act: Act, event_id: UUID) -> list[MailText]:
    """Read how all kinds of mails of an event read, in all languages."""
    act.need(event_id, WHO)
    rows = act.connection.execute(
        select(MailTextRow.__table__).where(MailTextRow.event_id == event_id)
    )
    own = {(row.kind, row.language): row for row in rows}
    texts = []
    for kind in TOLD:
        for language in SPOKEN:
            row = own.get((kind.value, language))
            texts.append(
                _usual(kind, language)
                if row is None
                else MailText(kind, language, row.subject, row.text, True, row.changed_at)
            )
    return texts


@writes(WHO, about="event_id")
def change_mail_text(
    act: Act, event_id: UUID, kind: MailKind, language: str, subject: str, text: str
) -> None:
    """Change how a kind of mail of an event reads in a language.

    Raises:
        InvalidInputError: There is no such mail or language, it is too long, or names what mails
            do not know.
    """
    act.need(event_id, WHO)
    _need_known(kind, language)
    words = checked(Wording(subject, text))
    _forget(act, event_id, kind, language)
    insert_row(
        act.connection,
        MailTextRow,
        event_id=event_id,
        kind=kind.value,
        language=language,
        subject=words.subject,
        text=words.text,
        changed_at=act.now,
    )
    _record(act, "change_mail_text", event_id, kind, language)


@writes(WHO, about="event_id")
def reset_mail_text(act: Act, event_id: UUID, kind: MailKind, language: str) -> None:
    """Let a kind of mail of an event read as usual again.

    Raises:
        InvalidInputError: There is no such mail.
    """
    act.need(event_id, WHO)
    _need_known(kind, language)
    _forget(act, event_id, kind, language)
    _record(act, "reset_mail_text", event_id, kind, language)


@reads(WHO, about="event_id")
def preview_mail(
    act: Act, event_id: UUID, kind: MailKind, language: str, subject: str = "", text: str = ""
) -> MailLook:
    """Show how a mail would arrive, with a ticket that is made up.

    Args:
        event_id: The event.
        kind: What it is about.
        language: In which language.
        subject: Its subject as it is being written; with no text the words that hold now are shown.
        text: Its text.

    Raises:
        InvalidInputError: There is no such mail, or it has no subject or no text.
    """
    act.need(event_id, WHO)
    _need_known(kind, language)
    facts = _made_up(act, event_id, kind, language, Wording(subject, text) if text else None)
    letter = composed(facts, new_id(), pages="https://desk.example.org")
    return MailLook(letter.subject, letter.text, letter.html)


@steps(WHO, about="event_id")
def try_mail(
    steps: Steps, event_id: UUID, kind: MailKind, language: str, subject: str = "", text: str = ""
) -> Message:
    """Send a mail with a made-up ticket to whoever asks, now; see `preview_mail`.

    Raises:
        ServiceError: The mail server does not answer, or refuses it.
        InvalidInputError: No mail service is set up, or who asks has no account.
    """
    with steps.read() as act:
        here = act.need(event_id, WHO)
        _need_known(kind, language)
        email = act.connection.execute(
            select(AccountRow.email).where(AccountRow.id == here.id)
        ).scalar_one_or_none()
        facts = _made_up(act, event_id, kind, language, Wording(subject, text) if text else None)
    service = service_of(steps.store, SYSTEM, "mail")
    if service is None or not email:
        raise InvalidInputError(
            msg("No mail service is set up.") if service is None else msg("You have no address."),
            hint=msg("An admin sets it up under Services."),
        )
    facts = Facts(
        facts.kind,
        Addressee(email, facts.to.name, booker=True),
        facts.said,
        facts.event,
        facts.language,
        own=facts.own,
        booking_code=facts.booking_code,
        now=facts.now,
    )
    with MailLine(MailAccount.of(service.values)) as line:
        pages = pages_address(steps.store, SYSTEM, typed=service.text("pages"))
        verdict = line.send(composed(facts, new_id(), pages=pages))
    if verdict.answer is Answer.REFUSED:
        raise ServiceRefusedError(verdict.said)
    if verdict.answer is Answer.DELAYED:
        raise ServiceSilentError(verdict.said)
    return msg("A test mail is on its way to {address}.", address=email)


def _made_up(
    act: Act, event_id: UUID, kind: MailKind, language: str, words: Wording | None
) -> Facts:
    """What a mail of this event would be made of, for a guest that is made up."""
    event = act.connection.execute(
        select(EventRow.__table__, VenueRow.name.label("venue"), VenueRow.address)
        .outerjoin(VenueRow, VenueRow.id == EventRow.venue_id)
        .where(EventRow.id == event_id)
    ).one_or_none()
    if event is None:
        raise no_such_event()
    with reading(language):
        said = {"title": _("This is what happened"), "body": _("And this is what it means.")}
    ticket = MyTicket(
        id=new_id(),
        event_id=event_id,
        booking_id=new_id(),
        code="K7QW-3MPX",
        name="Ada Lovelace",
        line_two="",
        ticket_type="Regular",
        seat="A-12",
        event_name=event.name,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        time_zone=event.time_zone,
        where="",
        token="MADE-UP",
        why_no_code="",
        unpaid=False,
    )
    return Facts(
        kind,
        Addressee("ada@example.org", "Ada Lovelace", booker=True),
        said,
        event,
        language,
        own=checked(words) if words else own_wording(act.connection, event_id, kind, language),
        booking_code="H4TZK",
        tickets=(ticket,),
        link="edl_example",
        now=act.now,
    )


def _usual(kind: MailKind, language: str) -> MailText:
    with reading(language):
        words = ready_wording(kind)
    return MailText(kind, language, words.subject, words.text)


def _forget(act: Act, event_id: UUID, kind: MailKind, language: str) -> None:
    act.connection.execute(
        delete(MailTextRow).where(
            MailTextRow.event_id == event_id,
            MailTextRow.kind == kind.value,
            MailTextRow.language == language,
        )
    )


def _record(act: Act, verb: str, event_id: UUID, kind: MailKind, language: str) -> None:
    said = {"kind": kind.value, "language": language}
    act.record(verb, ("event", event_id), event_id=event_id, **said)


def _need_known(kind: MailKind, language: str) -> None:
    if kind not in TOLD or language not in SPOKEN:
        raise InvalidInputError(
            msg("There is no such mail."),
            hint=msg("Languages: {languages}.", languages=", ".join(SPOKEN)),
        )
