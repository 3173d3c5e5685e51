"""Errors meant for people: each class is one kind of trouble, with a stable code.

Every leaf is shown the same way at each edge: a toast, an exit status with a line on
stderr, or a JSON object.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar
from uuid import UUID

from eventdesk.core.messages import Message, as_message, msg

if TYPE_CHECKING:
    from eventdesk.core.refused import RefusedBooking

T = TypeVar("T")


class EventDeskError(Exception):
    """Base of every error meant to be shown to a person, in the language of who reads it.

    Attributes:
        code: Stable name for scripts, logs and tests; never translated.
        message: What is wrong; `str(error)` says it.
        advice: What the person can do about it, or an empty message; `hint` says it.
    """

    code: ClassVar[str] = "error"

    def __init__(self, message: str | Message, *, hint: str | Message = "") -> None:
        super().__init__(message)
        self.message, self.advice = as_message(message), as_message(hint)

    def __str__(self) -> str:
        return str(self.message)

    @property
    def whole(self) -> Message:
        """What is wrong and what can be done about it, in a row."""
        if not self.advice:
            return self.message
        return Message("{problem} {advice}", {"problem": self.message, "advice": self.advice})

    @property
    def hint(self) -> str:
        """What the person can do about it, or ""."""
        return str(self.advice)

    @property
    def arguments(self) -> Mapping[str, object]:
        """What the message is about, by name; for programs, beside the code."""
        return self.message.arguments


class StoreError(EventDeskError):
    """The store could not do what was asked; nothing was changed."""

    code = "store"


class StoreBusyError(StoreError):
    """Another process held the write lock too long. Nothing was written; it may be repeated."""

    code = "store_busy"


class StoreConflictError(StoreError):
    """Somebody changed the same rows at once. Nothing was written; it is done again by itself."""

    code = "store_conflict"


class StoreFullError(StoreError):
    """The disk is full. Nothing was written and the file is whole."""

    code = "store_full"


class StoreReadOnlyError(StoreError):
    """The file or its folder may not be written."""

    code = "store_read_only"


class StoreGoneError(StoreError):
    """The file was deleted, moved or replaced while it is open; it goes on when it is back."""

    code = "store_gone"

    @classmethod
    def missing(cls, path: Path) -> Self:
        """The error for a file that is no longer there."""
        return cls(
            msg("The store is gone: {path} is not there any more.", path=path),
            hint=msg(
                "Nothing was written. Put the folder {folder} back where it was; "
                "eventdesk goes on by itself.",
                folder=path.parent,
            ),
        )


class StoreCutError(StoreGoneError):
    """The log of the file was cut while it is open; it goes on when it was opened again."""

    code = "store_cut"


class StoreReplacedError(StoreError):
    """What lies in the place of the file is of another house, or without its keys."""

    code = "store_replaced"


class StoreNewerError(StoreError):
    """A newer eventdesk wrote this file."""

    code = "store_newer"


class StoreChangedError(StoreError):
    """Something was written since, which would be lost. Nothing was changed."""

    code = "store_changed"


class StoreBrokenError(StoreError):
    """The file is not an eventdesk database, or is damaged."""

    code = "store_broken"


class HubAwayError(StoreError):
    """The hub does not answer, or something else does; screens go on when it is back."""

    code = "hub_away"


class HubUnprovenError(HubAwayError):
    """What answers does not prove that it is the hub, which waiting does not change."""

    code = "hub_unproven"


class AuditBrokenError(StoreError):
    """The end of the audit is not the one sealed last: it was cut off, changed or put back."""

    code = "audit_broken"


class BackupError(StoreError):
    """A backup could not be made, checked or restored."""

    code = "backup"


class KeyFileError(EventDeskError):
    """The keys that open tickets cannot be used."""

    code = "key_file"


class KeyFileLostError(KeyFileError):
    """Tickets were sold with a key that is not in the key file."""

    code = "key_file_lost"


class KeyFileBrokenError(KeyFileError):
    """The key file is there but cannot be read as keys."""

    code = "key_file_broken"


class TokenError(EventDeskError):
    """The text is not a token of ours, or not for these keys and this event."""

    code = "token"


class MalformedTokenError(TokenError):
    """The text has not the length, alphabet or version of a ticket of ours."""

    code = "token_malformed"

    def __init__(self) -> None:
        super().__init__(
            msg("This code is not a ticket of this house."),
            hint=msg("Look for the code on the ticket itself, or search for the guest by name."),
        )


class ForgedTokenError(TokenError):
    """The text looks like a ticket of ours, but no key and event vouches for it.

    Attributes:
        key_id: The key the text claims to be sealed with; it may be one we never had.
    """

    code = "token_forged"

    def __init__(self, key_id: int) -> None:
        super().__init__(
            msg("This code looks like a ticket, but was not issued for this event."),
            hint=msg(
                "Search for the guest by name. If the ticket is genuine, check that the key "
                "folder is the one it was sold with."
            ),
        )
        self.key_id = key_id


class NotFoundError(EventDeskError):
    """What was named does not exist."""

    code = "not_found"


def need_found(thing: T | None, message: Message, *, hint: str | Message = "") -> T:
    """Return what a question found.

    Raises:
        NotFoundError: It is None.
    """
    if thing is None:
        raise NotFoundError(message, hint=hint)
    return thing


class NotAllowedError(EventDeskError):
    """This actor may not do that.

    Attributes:
        of_stranger: Whether the actor has no part in the event that it is about.
    """

    code = "not_allowed"
    of_stranger = False


class SupervisorNeededError(NotAllowedError):
    """Only a supervisor may do it, or who has the word of one; their PIN may be asked for."""

    code = "supervisor_needed"


class SignInError(EventDeskError):
    """The name or the secret is wrong, or this account is locked for a while."""

    code = "sign_in"


class AccessTokenError(SignInError):
    """An app's access token has ended, or was not given out here; the sign-in may still stand."""

    code = "access_token"


class CodeNeededError(SignInError):
    """The password is right, and the code of the second step is asked for.

    Attributes:
        begun: Goes on with the sign-in for some minutes, with the code alone; sealed.
    """

    code = "code_needed"

    def __init__(self, begun: str) -> None:
        super().__init__(
            msg("A code of your app is needed, too."),
            hint=msg("Type the six digits it shows now, or one of your recovery codes."),
        )
        self.begun = begun


class InvalidInputError(EventDeskError):
    """Something typed or passed in cannot be used.

    Attributes:
        field: The name of the one value of a form that is to be mended, or "".
    """

    code = "invalid_input"
    field: str = ""

    def __init__(
        self, message: str | Message, *, hint: str | Message = "", field: str = ""
    ) -> None:
        super().__init__(message, hint=hint)
        self.field = field


class FileTakenError(InvalidInputError):
    """A file would be written over, and nobody asked for that."""

    code = "file_taken"


class PriceNamedError(InvalidInputError):
    """What somebody wants to pay for a ticket cannot be its price.

    Attributes:
        ticket_type_id: The type of the ticket.
    """

    code = "price_named"

    def __init__(
        self, message: str | Message, *, ticket_type_id: UUID, hint: str | Message = ""
    ) -> None:
        super().__init__(message, hint=hint)
        self.ticket_type_id = ticket_type_id


class KeyReusedError(InvalidInputError):
    """The key of a call was used for another one before."""

    code = "key_reused"


class KeptInsideError(EventDeskError):
    """It is done on the machine that holds the files, and not from another one."""

    code = "kept_inside"


class CallCutOffError(EventDeskError):
    """A call was begun before, and how it ended is not known."""

    code = "call_cut_off"


class ChangedMeanwhileError(EventDeskError):
    """What was to be changed is not any more what the caller read."""

    code = "changed_meanwhile"


class TooManyCallsError(EventDeskError):
    """Too many calls came at once from one address or in one name.

    Attributes:
        wait_s: Seconds after which it may be asked again.
    """

    code = "too_many_calls"

    def __init__(self, message: str | Message, *, wait_s: int, hint: str | Message = "") -> None:
        super().__init__(message, hint=hint)
        self.wait_s = wait_s


class VoucherShortError(InvalidInputError):
    """A voucher does not cover what is due, and nobody said how the rest is paid.

    Attributes:
        rest: What is left to pay, with its currency.
    """

    code = "voucher_short"

    def __init__(self, message: str | Message, *, rest: str, hint: str | Message = "") -> None:
        super().__init__(message, hint=hint)
        self.rest = rest


class SalesError(EventDeskError):
    """What was wanted cannot be had, though it was asked for rightly; nothing was taken."""

    code = "sales"


class SoldOutError(SalesError):
    """There are fewer places left than were wanted.

    Attributes:
        ticket_type_id: The type that is sold out; None when the whole event is full.
        left: How many could still be had.
        refused: The booking that was refused, where it was one.
        waitlist: Whether one may wait for places: there is a waitlist, and it still gives some.
    """

    code = "sold_out"
    refused: "RefusedBooking | None" = None

    def __init__(
        self,
        message: str | Message,
        *,
        ticket_type_id: UUID | None = None,
        left: int = 0,
        waitlist: bool = False,
        hint: str | Message = "",
    ) -> None:
        super().__init__(message, hint=hint)
        self.ticket_type_id = ticket_type_id
        self.left = left
        self.waitlist = waitlist


class SalesClosedError(SalesError):
    """It is not on sale now: not yet, no more, or only with a code.

    Attributes:
        ticket_type_id: The type that was asked for.
    """

    code = "sales_closed"

    def __init__(
        self,
        message: str | Message,
        *,
        ticket_type_id: UUID | None = None,
        hint: str | Message = "",
    ) -> None:
        super().__init__(message, hint=hint)
        self.ticket_type_id = ticket_type_id


class TicketOverError(SalesError):
    """A ticket is none any more: given back, cancelled or expired; or it was sold out."""

    code = "ticket_over"


class LimitError(SalesError):
    """More tickets than one booking may hold.

    Attributes:
        most: How many it may.
    """

    code = "limit"

    def __init__(self, message: str | Message, *, most: int, hint: str | Message = "") -> None:
        super().__init__(message, hint=hint)
        self.most = most


class CodeError(SalesError):
    """The discount code does not exist, is over, used up, or for something else."""

    code = "discount_code"


class SeatTakenError(SalesError):
    """A seat is taken, held by somebody else, blocked, or not of the ticket's section.

    Attributes:
        labels: The seats that could not be had.
    """

    code = "seat_taken"

    def __init__(
        self, message: str | Message, *, labels: tuple[str, ...] = (), hint: str | Message = ""
    ) -> None:
        super().__init__(message, hint=hint)
        self.labels = labels


class EntryRefusedError(SalesError):
    """What was to be sold at the door would not be let in; nothing was sold.

    Attributes:
        outcome: The door's outcome, such as `incomplete` or `list_closed`.
        questions: What the check-in list wants answered first.
    """

    code = "entry_refused"

    def __init__(
        self,
        message: str | Message,
        *,
        outcome: str,
        questions: tuple[Any, ...] = (),
        hint: str = "",
    ) -> None:
        super().__init__(message, hint=hint)
        self.outcome = outcome
        self.questions = questions


class ServiceError(EventDeskError):
    """A service outside did not do what it was asked for."""

    code = "service"


class ServiceSilentError(ServiceError):
    """No answer, or none that makes sense: it may be tried again, and may have been done.

    Attributes:
        wait_s: Seconds after which the service wants to be asked again; None where it said nothing.
    """

    code = "service_silent"

    def __init__(
        self, message: str | Message, *, wait_s: int | None = None, hint: str | Message = ""
    ) -> None:
        super().__init__(message, hint=hint)
        self.wait_s = wait_s


class ServiceRefusedError(ServiceError):
    """The service answered and will not do it, however often it is asked; a person has to look.

    Attributes:
        status: The status of HTTP it answered with; None where it was something else.
    """

    code = "service_refused"

    def __init__(
        self, message: str | Message, *, status: int | None = None, hint: str | Message = ""
    ) -> None:
        super().__init__(message, hint=hint)
        self.status = status


class GatewayError(ServiceError):
    """A gateway did not take a payment or a refund."""

    code = "gateway"


class GatewaySilentError(GatewayError, ServiceSilentError):
    """The gateway does not answer; nobody knows yet whether it took the order."""

    code = "gateway_silent"


class GatewayRefusedError(GatewayError, ServiceRefusedError):
    """The gateway answered and refused; nothing was taken."""

    code = "gateway_refused"


class NoticeRefusedError(GatewayError):
    """A notice that no gateway sent, or that cannot be read; nothing was changed."""

    code = "notice_refused"


class CameraError(EventDeskError):
    """The source gives no pictures."""

    code = "camera"


class DecoderError(EventDeskError):
    """No library that reads codes could be loaded."""

    code = "decoder"


class PrinterError(EventDeskError):
    """The badge did not get out."""

    code = "printer"


class PrinterOfflineError(PrinterError):
    """The printer does not answer, or answers that it cannot print just now.

    Attributes:
        printer: Name of the printer as the settings spell it.
        reason: Why, without a full stop; may be empty.
        answers: Whether the printer said so itself.
        may_be_out: It had taken all or part of the badge, so paper may have come out.
    """

    code = "printer_offline"

    def __init__(
        self,
        printer: str,
        reason: str | Message = "",
        *,
        may_be_out: bool = False,
        answers: bool = False,
    ) -> None:
        about = {"printer": printer, "reason": reason}
        if answers and reason:
            message = msg("Printer '{printer}' cannot print just now: {reason}.", **about)
        elif answers:
            message = msg("Printer '{printer}' cannot print just now.", **about)
        elif reason:
            message = msg("Printer '{printer}' does not answer: {reason}.", **about)
        else:
            message = msg("Printer '{printer}' does not answer.", **about)
        super().__init__(
            message,
            hint=msg(
                "Check its cable and paper. The badge waits and prints when the printer is back."
            ),
        )
        self.printer, self.reason, self.answers = printer, as_message(reason), answers
        self.may_be_out = may_be_out


class PrinterRefusedError(PrinterError):
    """The printer answered and would not take the badge; repeating alone will not help."""

    code = "printer_refused"
