"""VAT identification numbers, looked at for their form; nobody is asked whether they are in use.

Structures: European Commission, VIES, frequently asked questions, question 11,
https://ec.europa.eu/taxation_customs/vies/#/faq; those of CH, GB and NO by their tax authorities.
"""

import re
from typing import Final

from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import msg
from eventdesk.core.transfer_code import iban_in

_FORMS: Final = {
    "AT": r"U\d{8}",
    "BE": r"[01]\d{9}",
    "BG": r"\d{9,10}",
    "CY": r"\d{8}[A-Z]",
    "CZ": r"\d{8,10}",
    "DE": r"\d{9}",
    "DK": r"\d{8}",
    "EE": r"\d{9}",
    "EL": r"\d{9}",
    "ES": r"[A-Z]\d{7}[A-Z0-9]|\d{8}[A-Z]",
    "FI": r"\d{8}",
    "FR": r"[A-HJ-NP-Z0-9]{2}\d{9}",
    "HR": r"\d{11}",
    "HU": r"\d{8}",
    "IE": r"\d[A-Z0-9+*]\d{5}[A-Z]{1,2}",
    "IT": r"\d{11}",
    "LT": r"\d{9}|\d{12}",
    "LU": r"\d{8}",
    "LV": r"\d{11}",
    "MT": r"\d{8}",
    "NL": r"[A-Z0-9+*]{10}\d{2}",
    "PL": r"\d{10}",
    "PT": r"\d{9}",
    "RO": r"\d{2,10}",
    "SE": r"\d{12}",
    "SI": r"\d{8}",
    "SK": r"\d{10}",
    "XI": r"\d{9}|\d{12}|(GD|HA)\d{3}",
    "CH": r"E\d{9}(MWST|TVA|IVA)?",
    "GB": r"\d{9}|\d{12}|(GD|HA)\d{3}",
    "NO": r"\d{9}(MVA)?",
}

_COUNTRIES: Final = {"EL": "GR", "XI": "GB"}
"""Where the letters in front are not the country's of ISO 3166-1."""

_UNION: Final = frozenset(_FORMS) - {"XI", "CH", "GB", "NO"}
"""Countries of the EU; Northern Ireland belongs to it for goods alone, and tickets are none."""

MAX_TYPED: Final = 40

_SEPARATORS: Final = re.compile(r"[\s.\-/]")
_MAYBE: Final = re.compile(r"\b(?=([A-Z]{2}(?:[ .\-/]?[A-Z0-9+*]){2,30}))")


def vat_id(typed: str) -> str:
    """Read a VAT ID as a person typed it; "" for an empty one.

    Raises:
        InvalidInputError: No country has such.

    >>> vat_id("de 123.456.789"), vat_id("")
    ('DE123456789', '')
    """
    text = _SEPARATORS.sub("", typed[:MAX_TYPED]).upper()
    if not text or (len(typed) <= MAX_TYPED and _is_one(text)):
        return text
    raise InvalidInputError(
        msg("This is no VAT ID."),
        hint=msg("It begins with its country's two letters, such as DE123456789."),
        field="vat_id",
    )


def vat_id_in(lines: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """Find the VAT ID in the lines of an address: it, and the lines without its own.

    >>> vat_id_in(("House Ltd", "VAT ID: DE 123 456 789"))
    ('DE123456789', ('House Ltd',))
    """
    for at, line in enumerate(lines):
        if not iban_in(line) and (found := _found(line)):
            return found, lines[:at] + lines[at + 1 :]
    return "", lines


def country_of(vat_id: str) -> str:
    """The country of a VAT ID by ISO 3166-1, in two letters.

    >>> country_of("EL123456789")
    'GR'
    """
    return _COUNTRIES.get(vat_id[:2], vat_id[:2])


def is_of_the_union(vat_id: str) -> bool:
    """Whether a VAT ID is of a country of the EU.

    >>> is_of_the_union("EL123456789"), is_of_the_union("CHE123456789"), is_of_the_union("")
    (True, False, False)
    """
    return vat_id[:2] in _UNION


def is_across_the_union(seller: str, buyer: str) -> bool:
    """Whether two VAT IDs are of two countries of the EU.

    >>> is_across_the_union("DE123456789", "FR12345678901")
    True
    """
    return is_of_the_union(seller) and is_of_the_union(buyer) and seller[:2] != buyer[:2]


def _found(line: str) -> str:
    for maybe in _MAYBE.finditer(line):
        words = maybe[1].split(" ")
        while words:  # what stands behind may look like a part of it
            text = _SEPARATORS.sub("", "".join(words))
            if _is_one(text):
                return text
            words.pop()
    return ""


def _is_one(text: str) -> bool:
    form = _FORMS.get(text[:2])
    return text.isascii() and form is not None and re.fullmatch(form, text[2:]) is not None
