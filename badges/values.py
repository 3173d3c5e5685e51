"""Values and labels a layout can name in braces: {name}, {answer.…}, {word.…}."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final

from badges.badge import Badge
from badges.layout_parts import Layout, Part
from eventdesk.core.folding import fold
from eventdesk.core.plain_text import plain

MAX_NAME: Final = 120
"""Characters of a name that are looked at; more than any name that fits on a badge."""

LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
"""A language as BCP 47 writes it."""

VALUES: Final = (
    "name", "line_two", "pronouns", "organization", "type", "event", "code", "seat", "session",
    "sessions", "sponsors", "mark",
)  # fmt: skip
"""Names of the values; beside them `answer.QUESTION` is the answer to a question."""

_ATTRIBUTES = {"type": "ticket_type", "code": "ticket_code"}
_ANSWER, _WORD = "answer.", "word."
_BRACES = re.compile(r"\{([^{}]*)\}")
_BETWEEN = " · "


def said(template: str, badge: Badge, layout: Layout) -> str:
    """Return what a text of the layout says on this badge, made harmless; "" for nothing.

    A text that names values says nothing when all of them are missing. What stands around a
    missing one between two " · " goes with it.
    """
    named = [name for name in _names(template) if not name.startswith(_WORD)]
    if named and not any(value_of(name, badge) for name in named):
        return ""

    def filled(piece: str) -> str:
        return _BRACES.sub(lambda hit: _filled(hit[1].strip(), badge, layout), piece)

    pieces = [
        filled(piece).strip(" ") for piece in template.split(_BETWEEN) if _is_said(piece, badge)
    ]
    lines = _BETWEEN.join(filter(None, pieces)).split("\n")
    return "\n".join(filter(None, (plain(line, limit=400) for line in lines[:40])))


def value_of(name: str, badge: Badge) -> str:
    """Return a value of the badge by its name in a layout, made harmless; "" when missing."""
    if name.startswith(_ANSWER):
        asked = _folded(name.removeprefix(_ANSWER))
        answers = (answer for question, answer in badge.extra.items() if _folded(question) == asked)
        return plain(next(answers, ""))
    if name == "name":
        return plain(badge.name, limit=MAX_NAME) or "-"
    text = str(getattr(badge, _ATTRIBUTES.get(name, name)))
    if name == "sessions":
        return "\n".join(filter(None, (plain(line) for line in text.split("\n")[:40])))
    return plain(text)


def unknown_value(text: str, *, whole: bool = False) -> str:
    """Return the first name in a text, or the text as a name, that is no value; "" for none."""
    names = [text] if whole and text else _names(text)
    return next((name for name in names if not _is_known(name)), "")


def is_for(part: Part, badge: Badge) -> bool:
    """Whether a part's conditions let it be on this badge."""
    kinds = {_folded(badge.ticket_type), badge.ticket_type_id}
    if part.types and kinds.isdisjoint(map(_folded, part.types)):
        return False
    if not kinds.isdisjoint(map(_folded, part.not_types)):
        return False
    if part.when and not value_of(part.when, badge):
        return False
    return not (part.unless and value_of(part.unless, badge))


def _names(template: str) -> list[str]:
    return [name.strip() for name in _BRACES.findall(template)]


def _is_known(name: str) -> bool:
    return name in VALUES or any(
        name.startswith(kind) and len(name) > len(kind) for kind in (_ANSWER, _WORD)
    )


def _is_said(piece: str, badge: Badge) -> bool:
    """Whether a piece between two dots names no value, or one that is there."""
    named = [name for name in _names(piece) if not name.startswith(_WORD)]
    return not named or any(value_of(name, badge) for name in named)


def _filled(name: str, badge: Badge, layout: Layout) -> str:
    if name.startswith(_WORD):
        return _word(name.removeprefix(_WORD), layout.language or badge.language, layout.words)
    return value_of(name, badge)


def _word(name: str, language: str, own: Mapping[str, Mapping[str, str]]) -> str:
    """Return a label in a language: the layout's own, the built-in one, or in English."""
    for code in (*_from_narrow_to_wide(language), "", "en"):
        for words in (own, WORDS):
            if name in words.get(code, {}):
                return words[code][name]
    return name


def _from_narrow_to_wide(language: str) -> Iterator[str]:
    """Return zh-Hant-TW, zh-Hant, zh."""
    while language:
        yield language
        language = language.rpartition("-")[0]


@lru_cache(maxsize=1024)
def _folded(text: str) -> str:
    return fold(text)


_NAMES = ("seat", "ticket", "session", "programme")

_BY_LANGUAGE = {
    "ar": ("المقعد", "التذكرة", "الجلسة", "البرنامج"),
    "bg": ("Място", "Билет", "Сесия", "Програма"),
    "cs": ("Místo", "Vstupenka", "Přednáška", "Program"),
    "da": ("Plads", "Billet", "Session", "Program"),
    "de": ("Platz", "Ticket", "Vortrag", "Programm"),
    "el": ("Θέση", "Εισιτήριο", "Συνεδρία", "Πρόγραμμα"),
    "en": ("Seat", "Ticket", "Session", "Programme"),
    "es": ("Asiento", "Entrada", "Sesión", "Programa"),
    "fi": ("Paikka", "Lippu", "Esitys", "Ohjelma"),
    "fr": ("Place", "Billet", "Session", "Programme"),
    "he": ("מושב", "כרטיס", "מפגש", "תוכנית"),
    "hi": ("सीट", "टिकट", "सत्र", "कार्यक्रम"),
    "hu": ("Hely", "Jegy", "Előadás", "Program"),
    "it": ("Posto", "Biglietto", "Sessione", "Programma"),
    "ja": ("座席", "チケット", "セッション", "プログラム"),
    "ko": ("좌석", "티켓", "세션", "프로그램"),
    "nb": ("Plass", "Billett", "Sesjon", "Program"),
    "nl": ("Plaats", "Ticket", "Sessie", "Programma"),
    "pl": ("Miejsce", "Bilet", "Sesja", "Program"),
    "pt": ("Lugar", "Ingresso", "Sessão", "Programa"),
    "ro": ("Loc", "Bilet", "Sesiune", "Program"),
    "ru": ("Место", "Билет", "Сессия", "Программа"),
    "sv": ("Plats", "Biljett", "Session", "Program"),
    "th": ("ที่นั่ง", "บัตร", "ช่วง", "กำหนดการ"),
    "tr": ("Koltuk", "Bilet", "Oturum", "Program"),
    "uk": ("Місце", "Квиток", "Сесія", "Програма"),
    "vi": ("Chỗ ngồi", "Vé", "Phiên", "Chương trình"),
    "zh": ("座位", "门票", "场次", "日程"),
    "zh-Hant": ("座位", "門票", "場次", "議程"),
}

WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    language: dict(zip(_NAMES, words, strict=True)) for language, words in _BY_LANGUAGE.items()
}
"""Labels that layouts may use as {word.…}, by language and name."""
