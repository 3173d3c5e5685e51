from random import Random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventdesk.core.errors import ForgedTokenError, MalformedTokenError, TokenError
from eventdesk.core.token import (
    MAX_REVISION,
    TOKEN_LENGTH,
    Opened,
    TokenKey,
    looks_like_token,
    open_token,
    seal,
)
from tests.door.mutations import ALPHABET, MUTATIONS, Mutation, key, token

EVENT, OTHER_EVENT, LAST_EVENT = UUID(int=1), UUID(int=2), UUID(int=3)
KEY, OLD_KEY, FOREIGN_KEY = (key(Random(n), n) for n in (7, 8, 9))
KEYS = {KEY.key_id: KEY, OLD_KEY.key_id: OLD_KEY}
GENUINE = seal(KEY, ticket_id=UUID(int=4), revision=5, event_id=EVENT)

keys = st.builds(TokenKey, st.integers(1, 255), st.binary(min_size=64, max_size=64))
revisions = st.integers(0, MAX_REVISION)


@given(sealed_with=keys, ticket_id=st.uuids(), revision=revisions, event_id=st.uuids())
def test_says_what_was_sealed(
    sealed_with: TokenKey, ticket_id: UUID, revision: int, event_id: UUID
) -> None:
    text = seal(sealed_with, ticket_id=ticket_id, revision=revision, event_id=event_id)

    assert len(text) == TOKEN_LENGTH
    assert set(text) <= set(ALPHABET)
    assert looks_like_token(text)
    assert open_token(text, {sealed_with.key_id: sealed_with}, [event_id]) == Opened(
        ticket_id, revision, sealed_with.key_id, event_id
    )


def test_keeps_the_spelling_of_tickets_already_printed() -> None:
    printed = "AED2W7FVMFLCAVFQCHEUXNFKP7RRR4XEJ4ACHZJNP3RNHEJQXBLM76IV4ZCHC"
    fixed = TokenKey(7, bytes(range(64)))

    again = seal(fixed, ticket_id=UUID(int=1), revision=2, event_id=UUID(int=3))

    assert again == printed


def test_knows_an_old_key_and_each_of_several_events() -> None:
    for sealed_with in (KEY, OLD_KEY):
        for event_id in (EVENT, OTHER_EVENT, LAST_EVENT):
            text = token(Random(1), sealed_with, event_id)
            opened = open_token(text, KEYS, [EVENT, OTHER_EVENT, LAST_EVENT])
            assert (opened.key_id, opened.event_id) == (sealed_with.key_id, event_id)


def test_refuses_the_ticket_of_another_event() -> None:
    with pytest.raises(ForgedTokenError):
        open_token(GENUINE, KEYS, [OTHER_EVENT, LAST_EVENT])
    with pytest.raises(ForgedTokenError):
        open_token(GENUINE, KEYS, [])


def test_names_the_key_it_does_not_have() -> None:
    text = token(Random(1), FOREIGN_KEY, EVENT)

    with pytest.raises(ForgedTokenError) as refused:
        open_token(text, KEYS, [EVENT])

    assert refused.value.key_id == FOREIGN_KEY.key_id
    assert refused.value.code == "token_forged"


@given(secret=st.binary(min_size=64, max_size=64))
def test_refuses_a_foreign_secret_under_a_known_key_id(secret: bytes) -> None:
    text = seal(TokenKey(7, secret), ticket_id=UUID(int=4), revision=5, event_id=EVENT)

    with pytest.raises(ForgedTokenError):
        open_token(text, KEYS, [EVENT])


@pytest.mark.parametrize("mutate", MUTATIONS)
def test_never_accepts_a_spoiled_token(mutate: Mutation) -> None:
    random = Random(mutate.__name__)
    refused = 0
    for _ in range(1_500):
        text, other = token(random, KEY, EVENT), token(random, random.choice([KEY, OLD_KEY]), EVENT)
        spoiled = mutate(random, text, other)
        if spoiled in (text, other):
            continue
        refused += 1
        with pytest.raises(TokenError, match="This code"):
            open_token(spoiled, KEYS, [EVENT, OTHER_EVENT])
    assert refused > 1_000


def test_refuses_every_single_character_changed() -> None:
    for place in range(TOKEN_LENGTH):
        for letter in ALPHABET.replace(GENUINE[place], ""):
            with pytest.raises(TokenError, match="This code"):
                open_token(GENUINE[:place] + letter + GENUINE[place + 1 :], KEYS, [EVENT])


@given(st.text(st.characters(), max_size=70) | st.text(ALPHABET, min_size=61, max_size=61))
def test_answers_any_text_with_its_own_error(text: str) -> None:
    with pytest.raises(TokenError, match="This code is not a ticket of this house") as refused:
        open_token(text, KEYS, [EVENT])
    assert isinstance(refused.value, MalformedTokenError) is not looks_like_token(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "A" * 10_000_000,
        "\ud800" * TOKEN_LENGTH,
        "\0" * TOKEN_LENGTH,
        "=" * TOKEN_LENGTH,
        "А" * TOKEN_LENGTH,
        GENUINE.lower(),
        f" {GENUINE}",
        f"{GENUINE}\n",
        f"{GENUINE}===",
        GENUINE[:-1] + "B",
        "AA" + GENUINE[2:],
        "AI" + GENUINE[2:],
    ],
    ids=lambda text: ascii(text[:12]),
)
def test_tells_what_is_no_ticket_of_ours_from_a_forgery(text: str) -> None:
    assert not looks_like_token(text)
    with pytest.raises(MalformedTokenError):
        open_token(text, KEYS, [EVENT])


def test_makes_no_key_that_cannot_seal() -> None:
    for key_id, secret in [(0, bytes(64)), (256, bytes(64)), (1, bytes(63)), (1, b"")]:
        with pytest.raises(ValueError, match=r"no such key id|a secret has"):
            TokenKey(key_id, secret)
    with pytest.raises(ValueError, match="no such revision"):
        seal(KEY, ticket_id=UUID(int=4), revision=2**32, event_id=EVENT)


def test_hides_the_secret_when_a_key_is_shown() -> None:
    shown = repr(TokenKey(7, b"s" * 64))
    assert "ssss" not in shown
