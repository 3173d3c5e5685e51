"""Sentences in the reader's language, and figures as the reader writes them."""

import pickle
import threading
from datetime import date, datetime

import pytest

from eventdesk.core.errors import NotFoundError, PrinterOfflineError
from eventdesk.core.formats import listed, money, number, when, without_currency
from eventdesk.core.messages import (
    Message,
    Reader,
    _,
    _n,
    _p,
    as_message,
    is_spoken,
    language_of_environment,
    msg,
    msg_n,
    msg_p,
    reader,
    reading,
    translated,
)
from eventdesk.core.money import Money
from eventdesk.core.translations import PoTranslations

WORDS = r"""
msgid ""
msgstr ""
"Plural-Forms: nplurals=2; plural=(n != 1);\n"

#. Comes with a hint.
msgid "{name} is not here."
msgstr "{name} ist nicht da."

msgid "{count} guest of {total}"
msgid_plural "{count} guests of {total}"
msgstr[0] "{count} Gast von {total}"
msgstr[1] "{count} Gäste von {total}"

#, fuzzy
msgid "Leave"
msgstr "Urlaub"

msgctxt "a shop"
msgid "Open"
msgstr "Offen"

msgid "Open"
msgstr "Öffnen"

msgid "Two\nlines: "
"and more"
msgstr "Zwei\n"
"Zeilen: \"mehr\""

msgid "{left} left"
msgstr "noch {rest}"

msgid "Due: {price}, until {until:%d %b %H:%M}"
msgstr "Fällig: {price}, bis {until:%d %b %H:%M}"

#~ msgid "Old"
#~ msgstr "Alt"
"""


@pytest.fixture
def german(monkeypatch: pytest.MonkeyPatch) -> None:
    translations = PoTranslations.parse(WORDS)
    monkeypatch.setattr("eventdesk.core.messages._translations_of", lambda language: translations)
    spoken = Reader("de", "de")
    monkeypatch.setattr("eventdesk.core.messages._program", spoken)


def test_a_sentence_is_said_in_the_readers_language(german: None) -> None:
    assert _("{name} is not here.", name="Ada") == "Ada ist nicht da."


@pytest.mark.parametrize("name", ["{total}", "{0}", "{name.__class__}", "[bold]", "100 %s", "}{"])
def test_what_somebody_typed_is_never_looked_at_for_placeholders(german: None, name: str) -> None:
    assert _("{name} is not here.", name=name) == f"{name} ist nicht da."


def test_a_count_takes_the_plural_form_of_the_language(german: None) -> None:
    said = [_n("{count} guest of {total}", "{count} guests of {total}", n, total=9) for n in (0, 1)]
    assert said == ["0 Gäste von 9", "1 Gast von 9"]
    many = _n("{count} guest of {total}", "{count} guests of {total}", 1200, total=1500)
    assert many == "1.200 Gäste von 1500"


def test_what_is_fuzzy_old_or_unknown_is_said_in_english(german: None) -> None:
    assert [_("Leave"), _("Old"), _("New")] == ["Leave", "Old", "New"]


def test_the_context_tells_two_meanings_apart(german: None) -> None:
    assert (_p("a shop", "Open"), _("Open")) == ("Offen", "Öffnen")


def test_words_over_several_lines_are_read_whole(german: None) -> None:
    assert _("Two\nlines: and more") == 'Zwei\nZeilen: "mehr"'


def test_a_translation_that_cannot_take_its_values_is_not_used(german: None) -> None:
    assert _("{left} left", left=3) == "3 left"


def test_money_and_dates_are_written_as_the_reader_writes_them(german: None) -> None:
    said = _(
        "Due: {price}, until {until:%d %b %H:%M}",
        price=Money(123450, "EUR"),
        until=datetime(2026, 6, 1, 9, 30),  # noqa: DTZ001 - as a clock on a wall
    )
    assert said == "Fällig: 1.234,50\u00a0€, bis 1. Juni 09:30"
    assert without_currency(Money(-123450, "EUR")) == "-1234,50"


def test_a_message_is_formatted_by_who_reads_it() -> None:
    message = msg("There is no such scan.")
    with reading("qps"):
        there = str(message)
    assert str(message) == "There is no such scan."
    assert there != str(message)


def test_messages_compare_travel_and_can_be_keys() -> None:
    message = msg_n("{count} ticket", "{count} tickets", 2, event="Fair")
    assert pickle.loads(pickle.dumps(message)) == message
    assert {message: 1}[msg_n("{count} ticket", "{count} tickets", 2, event="Fair")] == 1
    assert message != msg("{count} ticket")
    assert not msg("")


def test_a_message_in_a_message_is_said_in_one_language(german: None) -> None:
    inner = msg_p("a shop", "Open")
    assert _("{name} is not here.", name=inner) == "Offen ist nicht da."
    assert str(msg("{name} is not here.", name=inner)) == "Offen ist nicht da."


def test_words_that_are_no_message_are_said_as_they_are(german: None) -> None:
    assert str(as_message("{name} is not here.")) == "{name} is not here."
    assert str(as_message(msg("Open"))) == "Öffnen"


def test_an_error_is_said_in_the_readers_language_and_keeps_its_code(german: None) -> None:
    error = NotFoundError(msg("{name} is not here.", name="Ada"), hint=msg("Open"))
    assert (str(error), error.hint) == ("Ada ist nicht da.", "Öffnen")
    assert (error.code, error.arguments) == ("not_found", {"name": "Ada"})


def test_an_error_of_words_is_said_as_it_was_raised(german: None) -> None:
    error = NotFoundError("Open", hint="Leave {now}")
    assert (str(error), error.hint, error.arguments["said"]) == ("Open", "Leave {now}", "Open")


def test_an_error_travels() -> None:
    error = pickle.loads(pickle.dumps(NotFoundError(msg("{n} is gone.", n=1), hint=msg("Wait."))))
    assert (str(error), error.hint) == ("1 is gone.", "Wait.")


def test_a_printer_says_why_it_does_not_answer() -> None:
    assert str(PrinterOfflineError("Hall")) == "Printer 'Hall' does not answer."
    assert str(PrinterOfflineError("Hall", "no paper", answers=True)) == (
        "Printer 'Hall' cannot print just now: no paper."
    )


def test_a_thread_speaks_the_language_of_the_program(german: None) -> None:
    said: list[str] = []
    thread = threading.Thread(target=lambda: said.append(_("Open")))
    thread.start()
    thread.join()
    assert said == ["Öffnen"]


@pytest.mark.parametrize(
    ("tag", "language", "locale"),
    [
        ("de", "de", "de"),
        ("de_AT.UTF-8", "de", "de_AT"),
        ("de-ch", "de", "de_CH"),
        ("DE_DE@euro", "de", "de_DE"),
        ("en_GB.UTF-8", "en", "en"),
        ("C", "en", "en"),
        ("", "en", "en"),
        ("xx_YY", "en", "en"),
        ("../../etc", "en", "en"),
    ],
)
def test_a_locale_names_the_language(tag: str, language: str, locale: str) -> None:
    with reading(tag):
        assert (reader().language, reader().locale) == (language, locale)


def test_the_environment_names_the_language() -> None:
    assert language_of_environment({"LANG": "de_DE.UTF-8", "LC_MESSAGES": "en_GB"}) == "en_GB"
    assert language_of_environment({}) == "en"


@pytest.mark.parametrize(
    ("tag", "there"), [("de_DE", True), ("en", True), ("fr", False), ("enx", False), ("", False)]
)
def test_only_languages_with_words_may_be_asked_for(tag: str, there: bool) -> None:
    assert is_spoken(tag) is there


def test_figures_are_written_by_the_locale() -> None:
    with reading("de_DE"):
        assert number(1234567) == "1.234.567"
        assert number(2.5, ".2f") == "2,50"
        assert number(0.125, ".1%") == "12,5%"
    with reading("de_CH"):
        assert number(1234567) == "1’234’567"


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (Money(12050, "EUR"), "120,50\u00a0€"),
        (Money(-500, "EUR"), "-5,00\u00a0€"),
        (Money(123456, "JPY", 0), "123.456\u00a0¥"),
        (Money(1500, "KWD", 3), "1,500\u00a0KWD"),
        (Money(1500, "HUF", 0), "1.500 HUF"),
    ],
)
def test_money_is_written_by_the_locale(amount: Money, words: str) -> None:
    with reading("de"):
        assert money(amount) == words


@pytest.mark.parametrize(
    ("specification", "english", "german"),
    [
        ("%Y-%m-%d", "2026-06-01", "01.06.2026"),
        ("%Y-%m-%d %H:%M", "2026-06-01 09:30", "01.06.2026 09:30"),
        ("%d %b %H:%M", "1 Jun 09:30", "1. Juni 09:30"),
        ("%a %d %b %Y %H:%M", "Mon 1 Jun 2026 09:30", "Mo., 1. Juni 2026 09:30"),
        ("%A, %d %B", "Monday, 1 June", "Montag, 1. Juni"),
        ("%H:%M", "09:30", "09:30"),
        ("%A", "Monday", "Montag"),
        ("%H:%M:%S", "09:30:00", "09:30:00"),
    ],
)
def test_dates_are_written_by_the_locale(specification: str, english: str, german: str) -> None:
    at = datetime(2026, 6, 1, 9, 30)  # noqa: DTZ001 - as a clock on a wall
    assert when(at, specification) == english
    with reading("de"):
        assert when(at, specification) == german
        assert when(date(2026, 6, 1), "%d %b") == "1. Juni"


def test_a_region_nobody_knows_is_its_language() -> None:
    with reading("de_QQ"):
        assert number(1000) == "1.000"


def test_lists_have_the_word_of_the_language() -> None:
    with reading("de"):
        assert listed(["Ada", "Grace", "Alan"]) == "Ada, Grace und Alan"
        assert listed(["bar", "Karte"], "or") == "bar oder Karte"
        assert (listed(["Ada"]), listed([])) == ("Ada", "")


def test_a_text_that_stands_elsewhere_is_translated_where_it_is_shown(german: None) -> None:
    assert (translated("Open"), translated("")) == ("Öffnen", "")


def test_the_message_of_nothing_is_no_message() -> None:
    assert Message("") == msg("")
