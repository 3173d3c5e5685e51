import unicodedata
from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher, extract_parameters
from hypothesis import example, given, settings
from hypothesis import strategies as st

from eventdesk.accounts import check_pin, hash_secret, verify_secret
from eventdesk.accounts.credential import (
    MAX_SECRET_BYTES,
    check_password,
    dummy_verify,
    locked_until,
    needs_rehash,
)
from eventdesk.core.errors import InvalidInputError
from tests.histories import tries
from tests.quick import hashing_as_ever

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
with hashing_as_ever():
    KEPT = hash_secret("correct horse")

pytestmark = pytest.mark.usefixtures("dear_hashes")

any_text = st.text(st.characters(), max_size=40)


def test_knows_the_secret_again_and_no_other() -> None:
    assert verify_secret(KEPT, "correct horse")
    for wrong in ("correct horsf", "Correct horse", "correct horse ", "correct horse\0", ""):
        assert not verify_secret(KEPT, wrong)


def test_hashes_the_same_secret_differently_each_time() -> None:
    assert hash_secret("correct horse") != KEPT


def test_hashes_as_owasp_advises() -> None:
    parameters = extract_parameters(KEPT)
    cost = (parameters.memory_cost, parameters.time_cost, parameters.parallelism)
    assert (parameters.type.name, cost) == ("ID", (19 * 1024, 2, 1))


def test_takes_both_spellings_of_an_accent_for_one() -> None:
    kept = hash_secret(unicodedata.normalize("NFC", "crème brûlée"))
    assert verify_secret(kept, unicodedata.normalize("NFD", "crème brûlée"))


@settings(max_examples=tries(40), deadline=None)
@given(secret=any_text)
@example("\ud800")
@example("x" * 10_000_000)
@example("é" * MAX_SECRET_BYTES)
def test_takes_any_text_for_a_wrong_secret(secret: str) -> None:
    assert not verify_secret(KEPT, secret)


@settings(deadline=None)
@given(kept_hash=any_text | st.text("$argon2idv=19m,tp:/+ABC", max_size=90))
@example("$argon2id$v=19$m=4294967295,t=2,p=1$c29tZXNhbHQ$aGFzaA")
@example("$argon2id$v=19$m=19456,t=4294967295,p=1$c29tZXNhbHQ$aGFzaA")
@example("$argon2id$v=19$m=19456,t=2,p=99999$c29tZXNhbHQ$aGFzaA")
@example("$argon2id$v=19$m=-1,t=-1,p=-1$c29tZXNhbHQ$aGFzaA")
@example("$argon2id$v=19$m=19456,t=2,p=1$$")
@example(KEPT + "\0")
@example(KEPT[:-1])
@example(KEPT.replace("m=19456", "m=19456" + "0" * 5_000))
def test_takes_any_text_for_a_hash_nothing_matches(kept_hash: str) -> None:
    assert not verify_secret(kept_hash, "correct horse")
    needs_rehash(kept_hash)


def test_keeps_the_longest_secret_and_refuses_what_cannot_be_kept() -> None:
    longest = "x" * MAX_SECRET_BYTES
    assert verify_secret(hash_secret(longest), longest)
    for secret in ("", "x" * (MAX_SECRET_BYTES + 1), "é" * 600, "\ud800"):
        with pytest.raises(InvalidInputError, match="This secret is empty, too long or has"):
            hash_secret(secret)


def test_a_dummy_works_as_hard_as_the_real_thing(monkeypatch: pytest.MonkeyPatch) -> None:
    costs: list[str] = []
    real = PasswordHasher.hash

    def noted(hasher: PasswordHasher, password: bytes) -> str:
        costs.append(real(hasher, password))
        return costs[-1]

    monkeypatch.setattr(PasswordHasher, "hash", noted)
    dummy_verify()
    dummy_verify("whatever was typed")

    assert [extract_parameters(cost) for cost in costs] == [extract_parameters(KEPT)] * 2


def test_asks_for_a_new_hash_when_the_parameters_change() -> None:
    assert not needs_rehash(KEPT)
    assert needs_rehash(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("x"))
    assert needs_rehash("no hash")


@pytest.mark.parametrize("pin", ["135790", "112233", "00000001", "908172635445"])
def test_accepts_an_ordinary_pin(pin: str) -> None:
    check_pin(pin)


@pytest.mark.parametrize(
    "pin",
    [
        *("", "12345", "111111", "123456", "654321", "012345678", "890123", "210987", "7" * 2_000),
        *("12345a", " 135790", "135790\n", "١٣٥٧٩٠", "-135790", "1357.90", "13579²"),
    ],
    ids=lambda pin: ascii(pin[:12]),
)
def test_says_what_to_do_about_a_weak_pin(pin: str) -> None:
    with pytest.raises(InvalidInputError, match=r"A PIN has at least|This PIN is too easy") as weak:
        check_pin(pin)
    assert weak.value.hint


def test_accepts_a_password_for_its_length_alone() -> None:
    for password in ("ten chars!", "aaaaaaaaab", "ẞßẞßẞßẞßẞß", "correct horse battery staple"):
        check_password(password)


@pytest.mark.parametrize(
    "password", ["", "nine char", "aaaaaaaaaa", "\ud800" + "a" * 9, "ab" * 999]
)
def test_says_what_to_do_about_a_weak_password(password: str) -> None:
    with pytest.raises(InvalidInputError, match=r"A password has at|This password is too") as weak:
        check_password(password)
    assert weak.value.hint


@pytest.mark.parametrize(
    ("failures", "pause"),
    [
        (0, timedelta()),
        (2, timedelta()),
        (3, timedelta(seconds=30)),
        (4, timedelta(minutes=2)),
        (5, timedelta(minutes=10)),
        (6, timedelta(hours=1)),
        (10**12, timedelta(hours=1)),
    ],
)
def test_locks_longer_with_each_wrong_try_from_the_third(failures: int, pause: timedelta) -> None:
    until = NOON + pause
    assert locked_until(failures, NOON, NOON) == (until if pause else None)
    assert locked_until(failures, NOON, until) is None


@given(failures=st.integers(0, 50), waited=st.timedeltas(timedelta(), timedelta(hours=2)))
def test_a_lock_never_shortens_with_another_wrong_try(failures: int, waited: timedelta) -> None:
    now = NOON + waited
    fewer, more = (locked_until(count, NOON, now) for count in (failures, failures + 1))
    assert (fewer or now) <= (more or now) <= now + timedelta(hours=1)


def test_an_account_nobody_failed_on_is_open() -> None:
    assert locked_until(7, None, NOON) is None
