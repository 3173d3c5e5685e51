"""The protocol of payment gateways.

A gateway is told of a payment by our own id and names it by its own reference. What became of it
arrives as notices: late, repeated and in any order. Gateways are never called inside a
transaction of the store.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable
from uuid import UUID

from eventdesk.core.messages import Message
from eventdesk.core.money import Money
from eventdesk.core.paying import PaymentState, RefundState


class Told(StrEnum):
    """States of a payment in a notice."""

    PENDING = "pending"
    PAID = "paid"
    FAILED = "failed"
    EXPIRED = "expired"
    PARTLY_REFUNDED = "partly_refunded"
    REFUNDED = "refunded"
    DISPUTED = "disputed"
    """Who paid wants the money back from their bank; nobody decided yet."""
    DISPUTE_WON = "dispute_won"
    CHARGED_BACK = "charged_back"
    """The bank decided for who paid, and took the money."""

    @property
    def payment_state(self) -> PaymentState:
        """What it means for the payment: what goes back had come in."""
        waiting = (Told.PENDING, Told.FAILED, Told.EXPIRED)
        return PaymentState(self.value) if self in waiting else PaymentState.PAID


@dataclass(frozen=True, slots=True)
class PaymentOrder:
    """What a gateway is asked to take; the same order twice is one payment.

    Attributes:
        payment_id: Our name for it.
        purpose: What for, as the person who pays reads it.
        expires_at: Until when it may be paid, aware UTC.
        created_at: When it was first asked for; the same each time.
        reference: The gateway's name for it; "" until it was heard.
        back_to: The path of the house's page where who paid comes back to.
        email: The address of who booked, for gateways that take no payment without one.
        reader: The card reader at which it is paid; "" is on a page.
    """

    payment_id: UUID
    amount: Money
    purpose: str
    expires_at: datetime | None
    created_at: datetime
    reference: str = ""
    back_to: str = "/"
    email: str = ""
    reader: str = ""


@dataclass(frozen=True, slots=True)
class Started:
    """A payment the gateway waits for.

    Attributes:
        reference: The gateway's name for it.
        show: What the person who pays is told to do.
        expires_at: Until when the gateway takes it, where it says so.
        address: The page where it is paid; "" where there is none.
        house: The address of the house that this gateway leads back to.
    """

    reference: str
    show: str
    expires_at: datetime | None = None
    address: str = ""
    house: str = ""


@dataclass(frozen=True, slots=True)
class OpenPayment:
    """A payment that waits for its answer.

    Attributes:
        reference: The gateway's name for it.
        wanted: Whether it still is to be paid; else it ended, or the booking needs it no more.
        presented: Whether it was put on a card reader: one that is not there any more is over.
    """

    payment_id: UUID
    reference: str
    amount: Money
    wanted: bool = True
    presented: bool = False


@dataclass(frozen=True, slots=True)
class PaymentNotice:
    """What a gateway tells of a payment.

    Attributes:
        notice: The gateway's own id of this notice; a repeated one has the same.
        payment_id: Our id of the payment; None where the gateway names one that is not ours.
        refunded: All that was given back so far, or what a dispute is about; None where it says
            nothing of it.
        reason: Why it failed, in a few words.
        receipt: How to tell the gateway that this notice was taken in.
        received: What came in; None where it says nothing of it.
        at_desk: Whether who pays stands at a desk, where it is said; nobody is written to.
    """

    notice: str
    payment_id: UUID | None
    state: Told
    refunded: Money | None = None
    reason: str = ""
    receipt: str = ""
    received: Money | None = None
    at_desk: bool = False


@dataclass(frozen=True, slots=True)
class CardReader:
    """A card reader that a service drives.

    Attributes:
        reference: The service's name for it.
        label: Its name for people.
        model: What it is, as the service calls it.
        online: Whether the service reaches it.
    """

    reference: str
    label: str
    model: str = ""
    online: bool = False


@dataclass(frozen=True, slots=True)
class RefundOrder:
    """What a gateway is asked to give back; the same order twice is one refund.

    Attributes:
        refund_id: Our name for it.
        reference: The gateway's name of the payment.
    """

    refund_id: UUID
    payment_id: UUID
    reference: str
    amount: Money


@dataclass(frozen=True, slots=True)
class RefundAnswer:
    """What a gateway says to a refund; pending is to be asked again."""

    state: RefundState
    reference: str = ""
    reason: str = ""


class PaymentGateway(Protocol):
    """A service that takes payments; one that does not answer raises `ServiceSilentError`.

    What it tells comes in three ways, and each gateway has one or two of them: it keeps notices
    until they are fetched (`poll`), it sends them (`hear`), or it answers when asked (`ask`).
    """

    @property
    def name(self) -> str:
        """The name under which payments keep it."""
        ...

    @property
    def title(self) -> Message:
        """Its name for people."""
        ...

    def start(self, order: PaymentOrder) -> Started:
        """Ask for a payment; the same order again answers the same.

        Raises:
            ServiceSilentError: No answer; it may have been taken all the same.
            ServiceRefusedError: It will not take it.
        """
        ...

    def poll(self) -> Sequence[PaymentNotice]:
        """Read new notices; one comes again until it is acknowledged."""
        ...

    def acknowledge(self, notice: PaymentNotice) -> None:
        """Confirm that a notice was taken in."""
        ...

    def ask(self, payment: OpenPayment) -> Sequence[PaymentNotice]:
        """Ask what became of a payment, for notices get lost; nothing new is no notice.

        One that is not wanted any more is closed first, where that can be done. One that was
        paid and has yet to come in is told as pending: its deadline does not end it.

        Raises:
            ServiceSilentError: No answer.
            GatewayRefusedError: It knows no such payment.
        """
        ...

    def hear(
        self, headers: Mapping[str, str], body: bytes, *, now: datetime
    ) -> Sequence[PaymentNotice]:
        """Read what somebody sent as this gateway's notice.

        Args:
            headers: By their names in small letters.
            body: As it came, byte for byte.
            now: The house's clock.

        Raises:
            NoticeRefusedError: The gateway did not send it, or not a moment ago.
        """
        ...

    def refund(self, order: RefundOrder) -> RefundAnswer:
        """Ask to give money back; the same order again answers how that one stands.

        Raises:
            ServiceSilentError: No answer; it may have been done all the same.
            ServiceRefusedError: It will not, or knows no such payment.
        """
        ...


@runtime_checkable
class ReaderGateway(PaymentGateway, Protocol):
    """A gateway that also takes cards at readers; `start` with a reader only prepares a payment.

    It is paid once it was presented. To ask about one that is not wanted any more takes it off its
    reader, and tells what became of it: what ended so can never be paid later.
    """

    def readers(self) -> Sequence[CardReader]:
        """Read which card readers there are.

        Raises:
            ServiceError: The service does not say.
        """
        ...

    def is_at_reader(self, reference: str) -> bool:
        """Whether a reference is of a payment at a reader, or of the reader itself."""
        ...

    def present(self, reference: str, reader: str) -> None:
        """Show a payment that was started on its reader, which waits for a card then.

        Raises:
            ServiceSilentError: No answer; the reader may show it all the same.
            ServiceRefusedError: The reader does not show it: offline, busy, unknown.
        """
        ...
