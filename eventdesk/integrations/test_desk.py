"""The test desk: a gateway that moves no money and misbehaves on demand.

It lives in a folder of the home, where a person in another terminal drives it:

    test-desk/script.txt        what it does by itself, by the last two digits of an amount
    test-desk/payments/REF.json what was ordered
    test-desk/refunds/ID.json   what it said to refunds
    test-desk/notices/          what it tells, until it is taken in
    test-desk/told/             what was taken in

The folder is also the switch: where there is none, nobody can pay without money.
"""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from eventdesk.core.errors import (
    GatewayRefusedError,
    GatewaySilentError,
    InvalidInputError,
    NotFoundError,
    NoticeRefusedError,
)
from eventdesk.core.ids import new_code, new_id, read_code
from eventdesk.core.messages import _, msg
from eventdesk.core.money import Money
from eventdesk.core.paying import RefundState
from eventdesk.core.private_file import create_private, read_private, replace_private
from eventdesk.core.remedies import Remedy, ShownList, advise
from eventdesk.integrations.payments import (
    OpenPayment,
    PaymentNotice,
    PaymentOrder,
    RefundAnswer,
    RefundOrder,
    Started,
    Told,
)

FOLDER = "test-desk"
SCRIPT = "script.txt"
MAX_BYTES = 65_536

ANSWERS = ("paid", "failed", "expired", "twice", "late", "refunded")
"""What a person may let it tell: `twice` tells paid twice, `late` failed and then paid."""

FIRST_SCRIPT = """\
# What the test desk does by itself, by the last two digits of an amount; * is all others.
#   wait     a person answers: eventdesk gateway answer REF paid|failed|expired|twice|late
#   paid     failed     expired     twice     late
#   refuse   it does not take the order
#   silent   it does not answer the order, though it took it
# Lines that begin with "refund" say the same of refunds: paid, failed, wait or silent.
01 failed
02 silent
03 twice
04 late
05 refuse
06 expired
* wait
refund 07 failed
refund 08 wait
refund * paid
"""


@dataclass(frozen=True, slots=True)
class Ordered:
    """A payment the test desk was asked for."""

    reference: str
    payment_id: UUID
    amount: Money
    purpose: str


class TestDeskGateway:
    """A payment gateway in a folder; see the module."""

    __test__ = False  # no test of pytest, whatever its name
    name = "test-desk"
    title = msg("Test desk (no money moves)")

    def __init__(self, home: Path) -> None:
        self.folder = home / FOLDER

    @property
    def enabled(self) -> bool:
        """Whether its folder is there."""
        return self.folder.is_dir()

    def enable(self) -> None:
        """Make its folder and its first script; nothing is changed where they are."""
        with _reached():
            if not (self.folder / SCRIPT).exists():
                create_private(self.folder / SCRIPT, FIRST_SCRIPT.encode())

    def start(self, order: PaymentOrder) -> Started:
        """Write the order down and do what the script says of its amount."""
        answer = self._scripted(order.amount)
        if answer == "refuse":
            raise GatewayRefusedError(msg("The test desk refuses this amount."))
        with _reached():
            reference = self.reference(order.payment_id) or self._write_order(order)
        if answer in ANSWERS:
            self.answer(reference, answer)
        if answer == "silent":
            raise GatewaySilentError(msg("The test desk does not answer."))
        show = _(
            "Nothing is charged. In another terminal:\n{command}",
            command=f"eventdesk gateway answer {reference} paid",
        )
        return Started(reference, show)

    def poll(self) -> list[PaymentNotice]:
        """Read the notices that were not taken in yet, the oldest first."""
        notices = []
        with _reached():
            for path in sorted((self.folder / "notices").glob("*.json")):
                try:
                    notices.append(_notice(path))
                except (ValueError, KeyError, TypeError):
                    path.rename(path.with_suffix(".broken"))
                except FileNotFoundError:  # another desk took it in
                    continue
        return notices

    def acknowledge(self, notice: PaymentNotice) -> None:
        """Move a notice to those that were taken in."""
        with _reached():
            told = self.folder / "told"
            told.mkdir(mode=0o700, exist_ok=True)
            source = self.folder / "notices" / Path(notice.receipt).name
            if source.exists():
                os.replace(source, told / source.name)

    def ask(self, payment: OpenPayment) -> list[PaymentNotice]:
        """Nothing: what it has to say lies in its folder."""
        return []

    def hear(
        self, headers: Mapping[str, str], body: bytes, *, now: datetime
    ) -> list[PaymentNotice]:
        """Nothing: it sends no notices.

        Raises:
            NoticeRefusedError: Always.
        """
        raise NoticeRefusedError(msg("The test desk sends no notices."))

    def refund(self, order: RefundOrder) -> RefundAnswer:
        """Give back as the script says of the amount; a refused refund may be asked for again."""
        path = self.folder / "refunds" / f"{order.refund_id}.json"
        with _reached():
            if path.exists():
                content = json.loads(read_private(path, limit=MAX_BYTES)[0])
                return RefundAnswer(RefundState.PAID, content["reference"])
        answer = self._scripted(order.amount, refund=True)
        if answer == "silent":
            raise GatewaySilentError(msg("The test desk does not answer."))
        if answer == "failed":
            return RefundAnswer(RefundState.FAILED, reason="The test desk refused.")
        if answer == "wait":
            return RefundAnswer(RefundState.PENDING)
        reference = new_code(6)
        with _reached():
            create_private(path, json.dumps({"reference": reference}).encode())
        return RefundAnswer(RefundState.PAID, reference)

    def answer(self, typed: str, answer: str, *, refunded_minor: int | None = None) -> Ordered:
        """Let it tell one of `ANSWERS` of a payment, as a person does from another terminal.

        Args:
            typed: The payment's reference, in any case.
            answer: What it tells.
            refunded_minor: For `refunded`: how much went back so far; None is all.

        Raises:
            NotFoundError: There is no such payment.
        """
        ordered = self.ordered(typed)
        if answer not in ANSWERS:
            raise InvalidInputError(
                msg("There is no answer {answer!r}.", answer=answer),
                hint=msg("Choose one: {answers}.", answers=", ".join(ANSWERS)),
            )
        words = {"twice": ("paid",), "late": ("failed", "paid")}.get(answer, (answer,))
        for word in words:
            content: dict[str, Any] = {
                "notice": f"{ordered.reference}-{new_code(6)}",
                "payment_id": str(ordered.payment_id),
                "state": word,
                "reason": "The test desk declined." if word == "failed" else "",
            }
            if word == "refunded":
                amount = ordered.amount
                back = amount.minor if refunded_minor is None else refunded_minor
                content["state"] = "refunded" if back >= amount.minor else "partly_refunded"
                content["refunded"] = [back, amount.currency, amount.exponent]
            for _time in range(2 if answer == "twice" else 1):
                self._tell(content)
        return ordered

    def reference(self, payment_id: UUID) -> str:
        """The reference of a payment that was ordered before, or ""."""
        path = self._index(payment_id)
        return read_private(path, limit=MAX_BYTES)[0].decode() if path.exists() else ""

    def ordered(self, typed: str) -> Ordered:
        """Read what was ordered.

        Raises:
            NotFoundError: There is no such payment.
        """
        reference = read_code(typed)
        path = self.folder / "payments" / f"{reference}.json"
        if not reference.isalnum() or not path.is_file():
            raise NotFoundError(
                msg("The test desk knows no such payment."),
                hint=advise(Remedy.OPEN_LIST, of=ShownList.TEST_PAYMENTS),
            )
        with _reached():
            return _ordered(path)

    def orders(self) -> list[Ordered]:
        """Read all that was ordered, the latest first."""
        with _reached():
            paths = list((self.folder / "payments").glob("*.json"))
            paths.sort(key=lambda path: path.stat().st_mtime_ns, reverse=True)
            return [_ordered(path) for path in paths]

    def _write_order(self, order: PaymentOrder) -> str:
        reference = new_code(6)
        content = {
            "payment_id": str(order.payment_id),
            "amount": [order.amount.minor, order.amount.currency, order.amount.exponent],
            "purpose": order.purpose,
        }
        create_private(self.folder / "payments" / f"{reference}.json", json.dumps(content).encode())
        replace_private(self._index(order.payment_id), reference.encode())
        return reference

    def _index(self, payment_id: UUID) -> Path:
        return self.folder / "payments" / f"{payment_id}.reference"

    def _tell(self, content: dict[str, Any]) -> None:
        with _reached():
            path = self.folder / "notices" / f"{new_id().hex}.json"
            create_private(path, json.dumps(content).encode())

    def _scripted(self, amount: Money, *, refund: bool = False) -> str:
        """What the script says of an amount; the last line that fits counts, * where none does."""
        with _reached():
            script = self.folder / SCRIPT
            if not script.exists():
                return "paid" if refund else "wait"
            text = read_private(script, limit=MAX_BYTES)[0].decode(errors="replace")
        found = ""
        for line in text.splitlines():
            words = line.split()
            if refund:
                words = words[1:] if words[:1] == ["refund"] else []
            if len(words) == 2 and words[0] in ("*", f"{amount.minor % 100:02d}"):
                found = words[1] if words[0] != "*" else found or words[1]
        return found


def _ordered(path: Path) -> Ordered:
    content = json.loads(read_private(path, limit=MAX_BYTES)[0])
    return Ordered(
        path.stem, UUID(content["payment_id"]), Money(*content["amount"]), content["purpose"]
    )


def _notice(path: Path) -> PaymentNotice:
    content = json.loads(read_private(path, limit=MAX_BYTES)[0])
    return PaymentNotice(
        str(content["notice"]),
        UUID(content["payment_id"]) if content.get("payment_id") else None,
        Told(content["state"]),
        Money(*content["refunded"]) if content.get("refunded") else None,
        str(content.get("reason", "")),
        path.name,
    )


@contextmanager
def _reached() -> Iterator[None]:
    """Turn errors of the disk into a gateway that does not answer."""
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        raise GatewaySilentError(
            msg("The folder of the test desk cannot be used: {strerror}.", strerror=error.strerror),
            hint=msg("Check who owns it, and whether the disk is full."),
        ) from error
