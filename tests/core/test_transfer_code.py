"""The code of a bank transfer, as EPC069-12 has it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventdesk.core.money import Money
from eventdesk.core.transfer_code import MAX_BYTES, iban_in, transfer_code

BANK = ("Harbour Hall GmbH", "IBAN: DE02 1203 0000 0000 2020 51", "BIC: BYLADEM1001")


def test_it_has_the_lines_that_banks_read() -> None:
    assert transfer_code(BANK, Money(1230, "EUR"), "Purpose: KTRX7P").split("\n") == [
        *("BCD", "002", "1", "SCT", "BYLADEM1001", "Harbour Hall GmbH"),
        *("DE02120300000000202051", "EUR12.30", "", "", "Purpose: KTRX7P"),
    ]


@pytest.mark.parametrize(
    ("text", "iban"),
    [
        ("DE02120300000000202051", "DE02120300000000202051"),
        ("IBAN GB33BUKB20201555555555 (Bank of London)", "GB33BUKB20201555555555"),
        ("NO93 8601 1117 947", "NO9386011117947"),
        ("MT31MALT01100000000000000000123", "MT31MALT01100000000000000000123"),
        ("DE02 1203 0000 0000 2020 51 BIC BYLADEM1001", "DE02120300000000202051"),
        ("DE03 1203 0000 0000 2020 51", ""),
        ("IBAN DE00 [/b] 1234", ""),
        ("", ""),
    ],
)
def test_only_an_iban_with_right_check_digits_is_one(text: str, iban: str) -> None:
    assert iban_in(text) == iban


@pytest.mark.parametrize(
    ("bank", "amount"),
    [
        (BANK, Money(1230, "CHF")),
        (BANK, Money(0, "EUR")),
        (BANK, Money(100_000_000_000, "EUR")),
        (BANK[1:], Money(1230, "EUR")),
        (("Harbour Hall GmbH", "Account 12345"), Money(1230, "EUR")),
    ],
)
def test_what_a_bank_could_not_take_has_no_code(bank: tuple[str, ...], amount: Money) -> None:
    assert transfer_code(bank, amount, "KTRX7P") == ""


@given(st.text(max_size=200), st.text(max_size=200))
def test_whatever_is_typed_it_is_never_too_long_nor_has_lines_of_its_own(
    name: str, purpose: str
) -> None:
    lines = name.splitlines()
    code = transfer_code((*lines, BANK[1]), Money(1, "EUR"), " ".join(purpose.split()))
    assert len(code.encode(errors="replace")) <= MAX_BYTES
    assert not code or code.count("\n") == 10
