"""Sealed streams: what was changed, cut off or swapped does not open; and the recovery phrase."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eventdesk.core.errors import BackupError, InvalidInputError
from eventdesk.core.recovery import new_secret, phrase_of, secret_of
from eventdesk.core.sealed_stream import CHUNK, MAGIC, SALT, TAG, opened, sealed, sealed_size

SECRET = bytes(range(16))
HEAD = len(MAGIC) + SALT


def round_trip(size: int) -> bytes:
    return b"".join(sealed([bytes(size)], SECRET))


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_what_was_sealed_opens_and_is_as_long_as_said(size: int) -> None:
    plain = bytes(number % 251 for number in range(size))
    whole = b"".join(sealed([plain[:7], plain[7:]], SECRET))
    assert len(whole) == sealed_size(size)
    assert b"".join(opened([whole[:5], whole[5:]], SECRET)) == plain
    assert size < 64 or plain[:64] not in whole


def test_the_same_is_never_sealed_alike() -> None:
    assert round_trip(10) != round_trip(10)


@pytest.mark.parametrize("size", [0, 100, CHUNK, CHUNK + 5])
def test_what_was_cut_off_is_noticed(size: int) -> None:
    whole = round_trip(size)
    for end in (len(whole) - 1, HEAD + CHUNK + TAG, HEAD, HEAD - 1, 3):
        if end < len(whole):
            with pytest.raises(BackupError):
                list(opened([whole[:end]], SECRET))


@given(at=st.integers(0, HEAD + 2 * (50 + TAG) - 1), bit=st.integers(0, 7))
@settings(max_examples=60, deadline=None)
def test_one_changed_bit_is_noticed(at: int, bit: int) -> None:
    whole = bytearray(b"".join(sealed([bytes(100)], SECRET)))
    whole[at % len(whole)] ^= 1 << bit
    with pytest.raises(BackupError):
        list(opened([bytes(whole)], SECRET))


def test_swapped_chunks_are_noticed() -> None:
    whole, chunk = round_trip(2 * CHUNK), CHUNK + TAG
    first, second = whole[HEAD : HEAD + chunk], whole[HEAD + chunk : HEAD + 2 * chunk]
    with pytest.raises(BackupError):
        list(opened([whole[:HEAD], second, first, whole[HEAD + 2 * chunk :]], SECRET))


def test_another_secret_opens_nothing() -> None:
    with pytest.raises(BackupError, match="does not open"):
        list(opened([round_trip(10)], new_secret()))


@given(secret=st.binary(min_size=16, max_size=16))
@settings(max_examples=50, deadline=None)
def test_a_phrase_is_read_as_it_was_written(secret: bytes) -> None:
    phrase = phrase_of(secret)
    assert len(phrase) == 34
    assert secret_of(f"  {phrase.lower().replace('-', ' ')} ") == secret


@pytest.mark.parametrize("at", range(0, 34, 3))
def test_a_slip_of_the_pen_is_noticed(at: int) -> None:
    phrase = phrase_of(SECRET)
    if phrase[at] == "-":
        return
    other = "2" if phrase[at] != "2" else "3"
    with pytest.raises(InvalidInputError):
        secret_of(phrase[:at] + other + phrase[at + 1 :])


@pytest.mark.parametrize("typed", ["", "abc", "-" * 40, "0" * 28, "Ä" * 28, "Z" * 28])
def test_what_is_no_phrase_is_told(typed: str) -> None:
    with pytest.raises(InvalidInputError):
        secret_of(typed)
