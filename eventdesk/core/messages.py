"""Messages: sentences for people with named placeholders, in the reader's language.

English is the source. `_("{count} of {total} are in", count=3, total=5)` is a sentence at once, in
the language of who reads it here; `msg(…)` is the same sentence before anybody reads it, which
errors, values and tables of words hold: `str(…)` of it, or its place in another sentence, formats
it.

Whose language it is is said at the edge: `use_language` for the whole program, `reading` for what
happens in a context. The words of a language stand in `eventdesk/locale/LANGUAGE/LC_MESSAGES`, in
gettext's PO format, and are read when they are first asked for.
"""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cached_property, lru_cache
from pathlib import Path
from string import Formatter
from typing import Any, Final, Protocol
from zoneinfo import ZoneInfo

__all__ = [
    "ENGLISH",
    "GUEST_LANGUAGES",
    "LANGUAGES",
    "PSEUDO",
    "SPOKEN",
    "Count",
    "Message",
    "Reader",
    "_",
    "_n",
    "_p",
    "as_message",
    "in_english",
    "is_spoken",
    "kept_text",
    "kept_texts",
    "language_of_environment",
    "msg",
    "msg_n",
    "msg_p",
    "reader",
    "reading",
    "several",
    "speak_to_guest",
    "translated",
    "use_language",
]

ENGLISH: Final = "en"

PSEUDO: Final = "qps"
"""A language nobody speaks: each message is longer, in brackets and with accents."""

FOLDER: Final = Path(__file__).parent.parent / "locale"

LANGUAGES: Final = {ENGLISH: "English", "de": "Deutsch", PSEUDO: "⟦Ƥšéûðö⟧"}
"""The languages there are, by their ISO 639 codes, as their speakers call them."""

SPOKEN: Final = tuple(each for each in LANGUAGES if each != PSEUDO)
"""The languages that people choose from."""

GUEST_LANGUAGES: Final = {
    ENGLISH: "English",
    "de": "Deutsch",
    "fr": "Français",
    "es": "Español",
    "ar": "العربية",
    "zh": "中文",
}
"""The languages in which there is all that a guest meets at a kiosk."""


class Translations(Protocol):
    """The words of one language."""

    def one(self, context: str, text: str) -> str:
        """The words for a message; the message itself where there are none."""

    def several(self, context: str, one: str, many: str, count: int) -> str:
        """The words for a count."""


@dataclass(frozen=True)
class Reader:
    """Who reads: the language of sentences, and how figures and dates are written.

    Attributes:
        language: A key of `LANGUAGES`.
        locale: A locale as Babel and CLDR name it: `de_AT`.
    """

    language: str
    locale: str

    @cached_property
    def translations(self) -> Translations | None:
        """The words of the language; None is English, which needs none."""
        return _translations_of(self.language)


_source = Reader(ENGLISH, ENGLISH)
_program = _house = _source
_here: ContextVar[Reader | None] = ContextVar("reader", default=None)


def reader() -> Reader:
    """Who reads what is formatted here and now."""
    return _here.get() or _program


def use_language(tag: str) -> None:
    """Set the language of this program, wherever `reading` sets no other.

    Args:
        tag: A language or a locale: `de`, `de-AT`, `de_AT.UTF-8`. What there are no words for is
            English.
    """
    global _program, _house
    _program = _house = _reader_of(tag)


def house_locale() -> str:
    """The locale of this program, whoever reads what is formatted here and now."""
    return _house.locale


def speak_to_guest(language: str) -> None:
    """Speak to the guest at a kiosk in their language, until it is set anew.

    Args:
        language: A key of `GUEST_LANGUAGES`; "" is that of the program again.
    """
    global _program
    _program = _reader_of(language, GUEST_LANGUAGES) if language else _house


@contextmanager
def reading(tag: str) -> Iterator[None]:
    """Format what is said inside for somebody else; tasks that begin inside keep it."""
    token = _here.set(_reader_of(tag))
    try:
        yield
    finally:
        _here.reset(token)


def language_of_environment(environ: Mapping[str, str] = os.environ) -> str:
    """The locale that the environment names for messages, by POSIX: LC_ALL, LC_MESSAGES, LANG.

    >>> language_of_environment({"LANG": "de_DE.UTF-8", "LC_ALL": ""})
    'de_DE.UTF-8'
    """
    names = ("LC_ALL", "LC_MESSAGES", "LANG")
    return next((environ[name] for name in names if environ.get(name)), ENGLISH)


def is_spoken(tag: str) -> bool:
    """Whether there are words for a language, or that of a locale."""
    return _reader_of(tag) is not _source or re.match(f"{ENGLISH}(?![a-z])", tag) is not None


@lru_cache
def _spoken_by(languages: tuple[str, ...], tag: str) -> Reader:
    locale = re.split(r"[.@]", tag.strip())[0].replace("-", "_")
    language, _sep, region = locale.partition("_")
    language = language.casefold()
    if language not in languages or language == ENGLISH:
        return _source
    return Reader(language, f"{language}_{region.upper()}" if region else language)


def _reader_of(tag: str, languages: Mapping[str, str] = LANGUAGES) -> Reader:
    return _spoken_by(tuple(languages), tag)


def _(text: str, /, **values: object) -> str:
    """Say a sentence to who reads it here.

    Args:
        text: The sentence in English, with `{names}` for what is put in. A literal: the catalogue
            is made of what stands in the code.
        **values: What is put in; never looked at for placeholders itself. Figures and money are
            written as the reader writes them.

    >>> _("{name} is in", name="{Ada}")
    '{Ada} is in'
    """
    translations = (_here.get() or _program).translations
    if translations is None:
        return text.format(**values) if values else text
    return _filled(translations.one("", text), text, values)


def _p(context: str, text: str, /, **values: object) -> str:
    """Say a sentence where the same English means two things; the context says which."""
    translations = (_here.get() or _program).translations
    if translations is None:
        return text.format(**values) if values else text
    return _filled(translations.one(context, text), text, values)


def _n(one: str, many: str, count: int, /, **values: object) -> str:
    """Say a sentence about a count, in the plural form of the reader's language.

    Args:
        one: The sentence in English about one.
        many: The same about several, or none.
        count: How many; `{count}` in the sentence, its thousands set apart.
        **values: What else is put in.

    >>> _n("{count} ticket", "{count} tickets", 1), _n("{count} ticket", "{count} tickets", 1200)
    ('1 ticket', '1,200 tickets')
    """
    return str(Message(one, values, many=many, count=count))


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence that nobody has read yet: `str(message)` says it to who reads it then.

    Attributes:
        text: The sentence in English, with `{names}` for what is put in.
        arguments: What is put in, by name.
        many: The sentence about several, where it is about a count.
        count: How many there are of what is counted.
        context: Which meaning of the English text it is; "" where it has one.

    >>> str(msg("{name} is in.", name="Ada")), msg("Ada") == msg("Ada")
    ('Ada is in.', True)
    """

    text: str
    arguments: Mapping[str, object] = field(default_factory=dict)
    many: str = ""
    count: int | None = None
    context: str = ""

    def __str__(self) -> str:
        translations = (_here.get() or _program).translations
        source = self.text if self.count in (None, 1) else self.many
        if translations is None:
            words = source
        elif self.count is None:
            words = translations.one(self.context, self.text)
        else:
            words = translations.several(self.context, self.text, self.many, self.count)
        values = dict(self.arguments)
        if self.count is not None:
            values.setdefault("count", Count(self.count))
        return _filled(words, source, values)

    def as_json(self) -> dict[str, Any]:
        """The English text and what is put in, as JSON that `from_json` reads."""
        values = {name: _as_json(value) for name, value in self.arguments.items()}
        kept = {"arguments": values, "many": self.many, "count": self.count}
        kept |= {"context": self.context}
        return {"text": self.text} | {name: each for name, each in kept.items() if each}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Message":
        """The message that `as_json` wrote.

        Raises:
            AttributeError, LookupError, OSError, TypeError, ValueError: It is no message of ours.
        """
        values = {name: _of_json(value) for name, value in kept.get("arguments", {}).items()}
        text, many = str(kept["text"]), str(kept.get("many", ""))
        places = Formatter().parse(text + many) if values else ()
        for _words, name, _format, _conversion in places:
            if name is not None and not name.isidentifier():
                raise ValueError(name)
        count = int(kept.get("count", 0)) if many else None
        return cls(text, values, many=many, count=count, context=str(kept.get("context", "")))

    def __format__(self, specification: str) -> str:
        return format(str(self), specification)

    def __bool__(self) -> bool:
        return bool(self.text)

    def __hash__(self) -> int:
        return hash((self.text, tuple(self.arguments), self.count, self.context))


def msg(text: str, /, **values: object) -> Message:
    """A sentence to be read later; see `_` for what is put in."""
    return Message(text, values)


def msg_n(one: str, many: str, count: int, /, **values: object) -> Message:
    """A sentence about a count, to be read later; see `_n`."""
    return Message(one, values, many=many, count=count)


def msg_p(context: str, text: str, /, **values: object) -> Message:
    """A sentence to be read later, of English that means two things; see `_p`."""
    return Message(text, values, context=context)


def as_message(said: "str | Message") -> Message:
    """What is words already, as a message that is the same in each language."""
    return said if isinstance(said, Message) else Message("{said}" if said else "", {"said": said})


def in_english(said: object) -> str:
    """Say a message or an error for the store and the log, whose readers are not known yet."""
    with reading(ENGLISH):
        return str(said)


def translated(text: str) -> str:
    """Say a sentence that stands elsewhere: in a table of keys, in the help of a command.

    It is found for the catalogue where it stands; `_` is for what stands here.
    """
    translations = (_here.get() or _program).translations
    return text if translations is None or not text else translations.one("", text)


def several(one: str, many: str, count: int) -> str:
    """Say the form for a count of a sentence that stands elsewhere, with nothing put in."""
    translations = (_here.get() or _program).translations
    if translations is None:
        return one if count == 1 else many
    return translations.several("", one, many, count)


class Count(int):
    """A figure in a message, which is written with its thousands set apart."""

    def __format__(self, specification: str) -> str:
        return format(int(self), specification or ",")


def kept_texts(**texts: "str | Message") -> dict[str, Any]:
    """The columns of a row that keeps texts for whoever reads them later.

    Returns:
        The English text of each column, and as `said` the messages among them as JSON.
    """
    said = {name: text.as_json() for name, text in texts.items() if isinstance(text, Message)}
    return {name: in_english(text) for name, text in texts.items()} | {"said": said or None}


def kept_text(said: Mapping[str, Any] | None, name: str, text: str) -> str:
    """Say a text that `kept_texts` kept to who reads it now.

    Args:
        said: The column `said` of its row; None where only words were kept.
        name: Its own column.
        text: The English words, said where there is no message or none that can be read.
    """
    try:
        return str(Message.from_json(said[name])) if text and said and name in said else text
    except (AttributeError, LookupError, OSError, TypeError, ValueError):
        return text


def _as_json(value: object) -> object:
    """A value of a message as JSON; what has no form of its own is kept as text."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Message):
        return {"message": value.as_json()}
    if isinstance(value, datetime):
        return {"at": value.isoformat(), "zone": getattr(value.tzinfo, "key", "")}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    if isinstance(value, time):
        return {"time": value.isoformat()}
    from eventdesk.core.money import Money

    if isinstance(value, Money):
        return {"money": [value.minor, value.currency, value.exponent]}
    return str(value)


def _of_json(kept: Any) -> object:
    """A value of a message that `_as_json` wrote."""
    match kept:
        case {"message": message}:
            return Message.from_json(message)
        case {"at": at, "zone": zone}:
            instant = datetime.fromisoformat(at)
            return instant.astimezone(ZoneInfo(zone)) if zone else instant
        case {"date": day}:
            return date.fromisoformat(day)
        case {"time": clock}:
            return time.fromisoformat(clock)
        case {"money": [minor, currency, exponent]}:
            from eventdesk.core.money import Money

            return Money(int(minor), str(currency), int(exponent))
        case dict() | list():
            raise ValueError(kept)
    return kept


def _filled(words: str, source: str, values: Mapping[str, object]) -> str:
    """Put values into words; a translation that cannot take them is not used."""
    if not values:
        return words
    if reader() is _source:
        return words.format(**values)
    from eventdesk.core.formats import filled

    try:
        return filled(words, values)
    except (LookupError, ValueError):
        return filled(source, values)


def _translations_of(language: str) -> Translations | None:
    if language == ENGLISH:
        return None
    if language == PSEUDO:
        from eventdesk.core.pseudo import PseudoTranslations

        return PseudoTranslations()
    from eventdesk.core.translations import PoTranslations

    return PoTranslations.read(FOLDER / language / "LC_MESSAGES" / "eventdesk.po")
