"""Labels that layouts may use as {word.…}, in the languages of the guests."""

from collections.abc import Mapping
from typing import Final

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
"""By language and name."""
