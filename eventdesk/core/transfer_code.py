"""The code of a bank transfer in euros, as banks' apps read it off a screen or a bill.

Format: European Payments Council, EPC069-12, Quick Response Code: Guidelines to Enable Data
Capture for the Initiation of a SEPA Credit Transfer, version 002. IBAN: ISO 13616-1, its check
digits by ISO 7064, MOD 97-10.
"""

import re
from collections.abc import Sequence
from typing import Final

from eventdesk.core.money import Money

MOST_MINOR: Final = 99_999_999_999
"""999999999.99 euros."""

MAX_NAME, MAX_PURPOSE, MAX_BYTES = 70, 140, 331

_IBAN: Final = re.compile(r"\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]){11,30}\b")
_BIC: Final = re.compile(r"\bBIC\b[ :]*([A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?)\b")


def iban_in(text: str) -> str:
    """The first valid IBAN in a text, without spaces; "" where there is none.

    >>> iban_in("Harbour Hall GmbH, IBAN DE02 1203 0000 0000 2020 51")
    'DE02120300000000202051'
    """
    for found in _IBAN.finditer(text):
        words = found[0].split(" ")
        while words:  # what stands behind may look like a part of it
            iban = "".join(words)
            if 15 <= len(iban) <= 34 and _is_right(iban):
                return iban
            words.pop()
    return ""


def transfer_code(bank: Sequence[str], amount: Money, purpose: str) -> str:
    """What a QR code says of a transfer; "" where banks' apps could not take it.

    Args:
        bank: The lines of somebody's bank details; the first that names no account is the payee.
        amount: What is to be sent; only euros have such codes.
        purpose: What the payee knows it by.
    """
    text = "\n".join(bank)
    iban = iban_in(text)
    payee = next((line.strip() for line in bank if _is_name(line)), "")
    if not iban or not payee or amount.currency != "EUR" or amount.exponent != 2:
        return ""
    if not 0 < amount.minor <= MOST_MINOR:
        return ""
    bic = _BIC.search(text)
    lines = (
        *("BCD", "002", "1", "SCT", bic[1] if bic else "", payee[:MAX_NAME], iban),
        *(f"EUR{amount.minor // 100}.{amount.minor % 100:02d}", "", "", purpose[:MAX_PURPOSE]),
    )
    code = "\n".join(lines)
    return code if len(code.encode()) <= MAX_BYTES else ""


def _is_name(line: str) -> bool:
    return bool(line.strip()) and not re.search(r"\b(IBAN|BIC)\b", line) and not iban_in(line)


def _is_right(iban: str) -> bool:
    """Whether the check digits are right."""
    moved = iban[4:] + iban[:4]
    return int("".join(str(int(each, 36)) for each in moved)) % 97 == 1
