"""How the characters of a text file are encoded: told by the file, chosen, or guessed aloud.

UTF-8 tells of itself: hardly any other text is valid in it. The code pages from before do not; most
bytes are some letter in most of them. Which one is meant is guessed by how its words would read,
and whoever shows the guess shows the words, so that a person can say no.
"""

import codecs
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import _, msg, msg_n
from eventdesk.core.plain_text import plain

MAX_WORDS: Final = 8
"""Words that are shown as they would read."""

MAX_OTHERS: Final = 5

MAX_LINES: Final = 8
"""Lines that a refusal names."""

_BLOCK: Final = 1 << 20
_LOOKED_AT: Final = 40_000
"""Bytes of lines beyond ASCII from which a code page is guessed."""

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

_RUSSIAN: Final = "оеаинтсрвлкмдпуягьызбчйхжшюцщэфОЕАИНТСРВЛКМДПУЯГЗБЧЮЖШЭФХЦ"
_UKRAINIAN: Final = "іїєґІЇЄ"
_WESTERN: Final = "äöüßéèêëàâçñóíáúãõåæøœîïôûùÄÖÜÉÅØÇÑÁ"
_CENTRAL: Final = "ąćęłńóśźżčďěéíáúňřšťůýžőűöüăâîŁŚŻŽŠČŘĆÁÉÓ"
_TURKISH: Final = "ğışçöüâîİŞÇÖÜ"
_GREEK: Final = "αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ"
_HEBREW: Final = "יולהמראבתשנדכעחקפגסזטצםןךףץ"
_ARABIC: Final = "ابتثجحخدذرزسشصضطظعغفقكلمنهويةىأإآئءؤ"
_BALTIC: Final = "āčēģīķļņšūžąęėįųõäöüĀČĒŠŪŽ"

CODE_PAGES: Final = {
    "cp1252": (msg("Western European (Windows)"), _WESTERN),
    "cp1250": (msg("Central European (Windows)"), _CENTRAL),
    "cp1251": (msg("Cyrillic (Windows)"), _RUSSIAN + _UKRAINIAN),
    "koi8-r": (msg("Cyrillic (KOI8-R)"), _RUSSIAN),
    "koi8-u": (msg("Cyrillic (KOI8-U)"), _RUSSIAN + _UKRAINIAN),
    "cp932": (msg("Japanese (Shift-JIS)"), ""),
    "euc-jp": (msg("Japanese (EUC-JP)"), ""),
    "gb18030": (msg("Chinese, simplified (GB 18030)"), ""),
    "big5": (msg("Chinese, traditional (Big5)"), ""),
    "cp949": (msg("Korean (EUC-KR)"), ""),
    "cp1253": (msg("Greek (Windows)"), _GREEK),
    "cp1254": (msg("Turkish (Windows)"), _TURKISH),
    "cp1255": (msg("Hebrew (Windows)"), _HEBREW),
    "cp1256": (msg("Arabic (Windows)"), _ARABIC),
    "cp1257": (msg("Baltic (Windows)"), _BALTIC),
    "iso8859-2": (msg("Central European (ISO 8859-2)"), _CENTRAL),
    "iso8859-5": (msg("Cyrillic (ISO 8859-5)"), _RUSSIAN + _UKRAINIAN),
    "mac-roman": (msg("Western European (Macintosh)"), _WESTERN),
    "cp850": (msg("Western European (DOS)"), _WESTERN),
    "cp852": (msg("Central European (DOS)"), _CENTRAL),
    "cp866": (msg("Cyrillic (DOS)"), _RUSSIAN),
    "latin-1": (msg("Western European (ISO 8859-1)"), _WESTERN),
}
"""Code pages that are tried, what people call them, and the letters that are usual in them."""

_USUAL: Final = "".join(usual for _title, usual in CODE_PAGES.values())
"""What is usual in any of them."""

_TOLD: Final = {
    "utf-8": "UTF-8", "utf-8-sig": "UTF-8", "utf-16": "UTF-16", "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16", "utf-32": "UTF-32",
}  # fmt: skip

ENCODINGS: Final = ("utf-8", "utf-16-le", "utf-16-be", *CODE_PAGES)
"""What may be chosen."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """How a file's characters are encoded, and what speaks for it.

    Attributes:
        name: As Python and `--encoding` call it.
        guessed: Whether the file does not tell and nobody chose.
        words: The first words with characters beyond ASCII, as they read.
        others: Code pages that may be meant instead, the likeliest first: name, and the same
            words as they would read.
    """

    name: str
    guessed: bool = False
    words: tuple[str, ...] = ()
    others: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def title(self) -> str:
        """What people call it."""
        return title_of(self.name)

    @property
    def sentence(self) -> str:
        """What is to be said of a guess: the code page, and how its words read; else ""."""
        if not self.guessed:
            return ""
        words = _shown(self.words)
        return _(
            "Its characters were guessed to be {title}: {words}.", title=self.title, words=words
        )


def as_guessed_before(path: Path, encoding: Encoding) -> Callable[[str], str]:
    """How a text of the file was read by versions that knew two code pages only.

    Lines of statements are known by a digest of their text, which must not change with the code
    page that somebody chose.
    """
    if encoding.name.startswith(("utf-", "utf_")):
        return str
    old = "cp1252" if _trouble(path, "cp1252") is None else "latin-1"
    return lambda text: text.encode(encoding.name, "replace").decode(old, "replace")


def choices(encoding: Encoding) -> list[tuple[str, str]]:
    """What a guess may be corrected to: names, and how the words would read in each.

    Returns:
        The encoding itself first, then the likely others, then all the rest without words.
    """
    likely = {encoding.name: encoding.words, **dict(encoding.others)}
    named = {
        name: f"{title_of(name)}: {_shown(words)}" if words else title_of(name)
        for name, words in likely.items()
    }
    rest = {name: title_of(name) for name in ENCODINGS}
    return list(
        {**named, **{name: title for name, title in rest.items() if name not in named}}.items()
    )


def _shown(words: tuple[str, ...]) -> str:
    return plain(" ".join(words), limit=60)


def title_of(name: str) -> str:
    """What people call an encoding.

    >>> title_of("cp1252"), title_of("utf-8-sig")
    ('Western European (Windows)', 'UTF-8')
    """
    return str(CODE_PAGES[name][0]) if name in CODE_PAGES else _TOLD.get(name, name)


def encoding_of(path: Path, chosen: str = "") -> Encoding:
    """Say how a file's characters are encoded; "" as what was chosen finds out.

    Raises:
        InvalidInputError: There is no such encoding, the file is not in it, or it is put together
            of lines in UTF-8 and of others.
        OSError: It cannot be read.
    """
    name = _known(chosen) if chosen else _told(path)
    if name:
        _need_whole(path, name, chosen=bool(chosen))
        return Encoding(name, words=_words(b"\n".join(_lines(path, name)), name))
    sample = b"".join(_lines(path, but_utf_8=True))
    ranked = sorted(
        (name for name in CODE_PAGES if _decoded(sample, name) is not None),
        key=lambda name: -_likelihood(_decoded(sample, name) or "", CODE_PAGES[name][1]),
    )
    _need_one(path, ranked[0])
    fitting = (name for name in ranked if _trouble(path, name) is None)
    name = next(fitting)  # Latin-1 fits every file
    others: dict[tuple[str, ...], str] = {}
    words = _words(sample, name)
    for other in fitting:
        reads = _words(sample, other)
        if reads != words:
            others.setdefault(reads, other)
        if len(others) >= MAX_OTHERS:
            break
    return Encoding(name, True, words, tuple((other, reads) for reads, other in others.items()))


def _known(chosen: str) -> str:
    """The name of an encoding as it is kept here."""
    try:
        name = codecs.lookup(chosen.strip()).name
        "".encode(name)  # base64 and the like are no text
    except (LookupError, ValueError) as error:
        raise InvalidInputError(
            msg("There is no encoding {chosen!r}.", chosen=chosen[:40]),
            hint=msg("Such as utf-8, {names}.", names=", ".join(CODE_PAGES)),
        ) from error
    ours = {codecs.lookup(each).name: each for each in (*CODE_PAGES, *_TOLD)}
    return "utf-8-sig" if name in ("utf-8", "utf-8-sig") else ours.get(name, name)


def _told(path: Path) -> str:
    """What a file says of itself: by a mark, by its zeros, by being valid UTF-8; "" is nothing."""
    with path.open("rb") as file:
        beginning = file.read(4096)
    for mark, encoding in _MARKS:
        if beginning.startswith(mark):
            return encoding
    if beginning.count(0) * 4 > len(beginning):
        return "utf-16-le" if beginning[1::2].count(0) > beginning[::2].count(0) else "utf-16-be"
    trouble = _trouble(path, "utf-8")
    return "" if trouble is not None else "utf-8"


def _need_whole(path: Path, name: str, *, chosen: bool) -> None:
    trouble = _trouble(path, name)
    if trouble is None:
        return
    raise InvalidInputError(
        msg(
            "{name}, line {line}: this is no text in {encoding}.",
            name=path.name,
            line=trouble,
            encoding=title_of(name),
        ),
        hint=msg("Choose another encoding.")
        if chosen
        else msg("The file is damaged or was put together of two; save it anew as UTF-8."),
    )


def _trouble(path: Path, name: str) -> int | None:
    """The line in which a file stops being text of an encoding; None where all of it is."""
    decoder = codecs.getincrementaldecoder(name)()
    line = 1
    with path.open("rb") as file:
        while True:
            block = file.read(_BLOCK)
            try:
                line += decoder.decode(block, final=not block).count("\n")
            except UnicodeError as error:  # some codecs do not say where
                sound = (
                    error.object[: error.start] if isinstance(error, UnicodeDecodeError) else b""
                )
                return line + sound.count(b"\n")
            if not block:
                return None


def _need_one(path: Path, name: str) -> None:
    """Refuse a file of which some lines are words in UTF-8 and none in what was guessed."""
    lines: dict[str, list[int]] = {"utf-8": [], name: []}
    number = 1
    with path.open("rb") as file:
        while line := file.readline(_BLOCK):
            if not line.isascii():
                lines["utf-8" if _contradicts(line, name) else name].append(number)
            number += line.endswith(b"\n")
    if not lines["utf-8"]:
        return
    odd, rest = sorted(lines, key=lambda each: len(lines[each]))
    named = ", ".join(map(str, lines[odd][:MAX_LINES]))
    raise InvalidInputError(
        msg_n(
            "{name}, line {lines}: it is {odd}, the others are {rest}.",
            "{name}, lines {lines}: they are {odd}, the others are {rest}.",
            len(lines[odd]),
            name=path.name,
            lines=named if len(lines[odd]) <= MAX_LINES else f"{named}, …",
            odd=title_of(odd),
            rest=title_of(rest),
        ),
        hint=msg("The file is damaged or was put together of two; save it anew as UTF-8."),
    )


def _contradicts(line: bytes, guessed: str) -> bool:
    """Whether a line reads as words in UTF-8, and as none in the code page that was guessed."""
    text = _decoded(line, "utf-8")
    reads = _likelihood(line.decode(guessed, "replace"), CODE_PAGES[guessed][1])
    return text is not None and reads < 0 < _likelihood(text, _USUAL)


def _lines(path: Path, told: str = "", *, but_utf_8: bool = False) -> Iterator[bytes]:
    """The first lines with bytes beyond ASCII; nothing of those that are not bytes of ASCII.

    Args:
        path: The file.
        told: The encoding that it tells of.
        but_utf_8: Whether lines are left out that are UTF-8 in a file that is not.
    """
    taken = 0
    if told.startswith(("utf-16", "utf-32")):
        return
    with path.open("rb") as file:
        while taken < _LOOKED_AT and (line := file.readline(4096)):
            if not line.isascii() and not (but_utf_8 and _decoded(line, "utf-8") is not None):
                taken += len(line)
                yield line


def _decoded(sample: bytes, name: str) -> str | None:
    try:
        # The last line may be cut in the middle of a character.
        return codecs.getincrementaldecoder(name)().decode(sample)
    except UnicodeDecodeError:
        return None


def _words(sample: bytes, name: str) -> tuple[str, ...]:
    text = _decoded(sample, name) or ""
    return tuple(dict.fromkeys(_beyond_ascii(text)))[:MAX_WORDS]


def _beyond_ascii(text: str) -> Iterator[str]:
    for found in re.finditer(r'[^\s,;|"]+', text):
        if not found[0].isascii():
            yield found[0][:30]


def _likelihood(text: str, usual: str) -> float:
    """How much the words beyond ASCII look like words of usual letters: from about -6 to 3."""
    points = count = 0.0
    for word in _beyond_ascii(text):
        before = ""
        for at, sign in enumerate(word):
            if not sign.isascii():
                count += 1
                points += _points(sign, usual, edge=at in (0, len(word) - 1))
            if before and before.islower() and sign.isupper():
                points -= 3
            if before.isalpha() and sign.isalpha() and _script(before) != _script(sign):
                points -= 2
            if _accented(before) and _accented(sign):
                points -= 1
            before = sign
    return points / count if count else 0.0


def _points(sign: str, usual: str, *, edge: bool) -> float:
    if not sign.isalpha() and not unicodedata.combining(sign):
        return 0.5 if edge and sign in "’‘“”„–—…€£§°«»" else -4
    if sign in usual:
        # Letters stand in the order of how often they are used.
        return 2 + 1 / (1 + usual.index(sign) / 8)
    code = ord(sign)
    if 0x3041 <= code <= 0x30FF:
        return 3
    if 0xAC00 <= code <= 0xD7A3:
        return 2.5 if _in_two(sign, "euc-kr") else -1
    if 0x4E00 <= code <= 0x9FFF:
        # The first level of each national set holds what is written every day.
        return 2.2 if _level_one(sign) else -0.5
    return -2 if 0xFF61 <= code <= 0xFF9F or code > 0xFFFF else -0.5


def _level_one(sign: str) -> bool:
    levels = (("shift_jis", 0x88, 0x97), ("gb2312", 0xB0, 0xD7), ("big5", 0xA4, 0xC6))
    return any(
        spelled and first <= spelled[0] <= last
        for encoding, first, last in levels
        if (spelled := sign.encode(encoding, "ignore"))
    )


def _in_two(sign: str, encoding: str) -> bool:
    return len(sign.encode(encoding, "ignore")) == 2


def _accented(sign: str) -> bool:
    """Whether it is a Latin letter beyond ASCII; two in a row are rare."""
    return bool(sign) and not sign.isascii() and _script(sign) == "LATIN"


def _script(sign: str) -> str:
    name = unicodedata.name(sign, "").partition(" ")[0]
    return "CJK" if name in ("HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA") else name
