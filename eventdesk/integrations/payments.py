"""The protocol of payment gateways.

A gateway is told of a payment by our own id and names it by its own reference. What became of it
arrives as notices: late, repeated and in any order. Gateways are never called inside a
transaction of the store.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
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

    @property
    def payment_state(self) -> PaymentState:
        """What it means for the payment: what was given back had come in."""
        if self in (Told.PARTLY_REFUNDED, Told.REFUNDED):
            return PaymentState.PAID
        return PaymentState(self.value)


@dataclass(frozen=True, slots=True)
class PaymentOrder:
    """What a gateway is asked to take; the same order twice is one payment.

    Attributes:
        payment_id: Our name for it.
        purpose: What for, as the person who pays reads it.
        expires_at: Until when it may be paid, aware UTC.
    """

    payment_id: UUID
    amount: Money
    purpose: str
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Started:
    """A payment the gateway waits for.

    Attributes:
        reference: The gateway's name for it.
        show: What the person who pays is shown: an address, or what to do.
    """

    reference: str
    show: str


@dataclass(frozen=True, slots=True)
class PaymentNotice:
    """What a gateway tells of a payment.

    Attributes:
        notice: The gateway's own id of this notice; a repeated one has the same.
        payment_id: Our id of the payment; None where the gateway names one that is not ours.
        refunded: All that was given back so far; None where it says nothing of it.
        reason: Why it failed, in a few words.
        receipt: How to tell the gateway that this notice was taken in.
    """

    notice: str
    payment_id: UUID | None
    state: Told
    refunded: Money | None = None
    reason: str = ""
    receipt: str = ""


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
    """A service that takes payments; one that does not answer raises GatewaySilentError."""

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
            GatewaySilentError: No answer; it may have been taken all the same.
            GatewayRefusedError: It will not take it.
        """
        ...

    def poll(self) -> Sequence[PaymentNotice]:
        """Read new notices; one comes again until it is acknowledged."""
        ...

    def acknowledge(self, notice: PaymentNotice) -> None:
        """Confirm that a notice was taken in."""
        ...

    def refund(self, order: RefundOrder) -> RefundAnswer:
        """Ask to give money back; the same order again answers how that one stands.

        Raises:
            GatewaySilentError: No answer; it may have been done all the same.
        """
        ...
