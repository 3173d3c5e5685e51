"""Ways to spoil a token: what a forger, a thumb or a bad print may do to it."""

from base64 import b32decode, b32encode
from collections.abc import Callable
from random import Random
from uuid import UUID

from eventdesk.core.token import TokenKey, seal

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

Mutation = Callable[[Random, str, str], str]
"""Makes a new text of a token and, where it needs one, another genuine token."""


def key(random: Random, key_id: int) -> TokenKey:
    """A key that follows from the seed."""
    return TokenKey(key_id, random.randbytes(64))


def token(random: Random, sealed_with: TokenKey, event_id: UUID) -> str:
    """A genuine token of a random ticket."""
    ticket_id, revision = UUID(bytes=random.randbytes(16)), random.getrandbits(32)
    return seal(sealed_with, ticket_id=ticket_id, revision=revision, event_id=event_id)


def flip_bits(random: Random, text: str, other: str) -> str:
    """Flip one to four bits and spell the bytes correctly again."""
    data = int.from_bytes(b32decode(text + "===")) ^ flipped_bits(random)
    return b32encode(data.to_bytes(38)).decode().rstrip("=")


def flipped_bits(random: Random) -> int:
    """A pattern of 304 bits in which up to four are set."""
    pattern = 0
    for _ in range(random.randint(1, 4)):
        pattern ^= 1 << random.randrange(304)
    return pattern


def substitute(random: Random, text: str, other: str) -> str:
    """Put other characters of the alphabet in one to three places."""
    letters = list(text)
    for _ in range(random.randint(1, 3)):
        letters[random.randrange(len(letters))] = random.choice(ALPHABET)
    return "".join(letters)


def respell_the_end(random: Random, text: str, other: str) -> str:
    """Set the bit that is left over: the same bytes, spelled differently."""
    return text[:-1] + ALPHABET[ALPHABET.index(text[-1]) | 1]


def truncate(random: Random, text: str, other: str) -> str:
    """Cut off an end."""
    cut = random.randrange(len(text))
    return text[:cut] if random.random() < 0.5 else text[cut:]


def lengthen(random: Random, text: str, other: str) -> str:
    """Put something in front, behind or in between."""
    place = random.randrange(len(text) + 1)
    extra = random.choice([" ", "\n", "\r\n", "=", "===", "\0", "A", "é", text])
    return text[:place] + extra + text[place:]


def splice(random: Random, text: str, other: str) -> str:
    """Begin with one genuine token and end with another."""
    cut = random.randrange(1, len(text))
    return text[:cut] + other[cut:]


def transpose(random: Random, text: str, other: str) -> str:
    """Swap two characters."""
    letters = list(text)
    first, second = random.sample(range(len(letters)), 2)
    letters[first], letters[second] = letters[second], letters[first]
    return "".join(letters)


def change_case(random: Random, text: str, other: str) -> str:
    """Write one letter small, or all of them."""
    place = random.randrange(len(text))
    return random.choice(
        [text.lower(), text.swapcase(), text[:place] + text[place:].lower(), text.capitalize()]
    )


def foreign_letter(random: Random, text: str, other: str) -> str:
    """Put a character that looks or counts alike: full width, Cyrillic, surrogate, digit."""
    place = random.randrange(len(text))
    return text[:place] + random.choice("ＡАⅯ０189\ud800\0 ") + text[place + 1 :]


MUTATIONS: list[Mutation] = [
    flip_bits,
    substitute,
    respell_the_end,
    truncate,
    lengthen,
    splice,
    transpose,
    change_case,
    foreign_letter,
]
