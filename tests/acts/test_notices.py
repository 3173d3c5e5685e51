"""Notices are kept as messages: whoever reads one reads it in a language of their own."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from data.schema import NoticeRow
from eventdesk.acts import SYSTEM, Actor, NoticeView, Steps, my_notices
from eventdesk.core import messages
from eventdesk.core.messages import (
    Message,
    Reader,
    kept_text,
    kept_texts,
    msg,
    msg_n,
    msg_p,
    reading,
)
from eventdesk.core.money import Money
from eventdesk.core.translations import PoTranslations
from tests.build import Fair
from tests.people import make_guest

WORDS = r"""
msgid ""
msgstr ""
"Plural-Forms: nplurals=2; plural=(n != 1);\n"

msgid "{name} paid {amount}"
msgstr "{name} hat {amount} gezahlt"

msgid "{count} ticket for {event}"
msgid_plural "{count} tickets for {event}"
msgstr[0] "{count} Ticket für {event}"
msgstr[1] "{count} Tickets für {event}"

msgid "Pay until {until:%a %d %b %Y %H:%M}: {why}"
msgstr "Zahlbar bis {until:%a %d %b %Y %H:%M}: {why}"

msgid "your places go back"
msgstr "danach verfallen Ihre Plätze"

msgctxt "a shop"
msgid "Open"
msgstr "Offen"
"""


@pytest.fixture(autouse=True)
def german(monkeypatch: pytest.MonkeyPatch) -> None:
    german, real = Reader("de", "de_DE"), messages._reader_of
    vars(german)["translations"] = PoTranslations.parse(WORDS)
    monkeypatch.setattr(messages, "_reader_of", lambda tag: german if tag == "de" else real(tag))


@pytest.fixture
def guest(fair: Fair) -> Actor:
    return make_guest(fair.store, "Zoe")


def post(fair: Fair, guest: Actor, title: str | Message, body: str | Message = "") -> None:
    with Steps(fair.store, SYSTEM).write() as act:
        act.tell(guest.id, "payment", title, body, event_id=fair.event.id)


def read(fair: Fair, guest: Actor, language: str) -> NoticeView:
    with reading(language):
        (notice,), total = my_notices(fair.store, guest)
    assert total == 1
    return notice


def test_a_notice_of_an_english_program_is_read_in_german(fair: Fair, guest: Actor) -> None:
    until = datetime(2026, 6, 1, 9, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    title = msg("{name} paid {amount}", name="Zoe", amount=Money(1250, "EUR"))
    body = msg(
        "Pay until {until:%a %d %b %Y %H:%M}: {why}", until=until, why=msg("your places go back")
    )
    post(fair, guest, title, body)
    german = read(fair, guest, "de")
    assert german.title == "Zoe hat 12,50\xa0€ gezahlt"
    assert german.body == "Zahlbar bis Mo., 1. Juni 2026 09:30: danach verfallen Ihre Plätze"
    english = read(fair, guest, "en")
    assert english.title == "Zoe paid 12.50 EUR"
    assert english.body == "Pay until Mon 01 Jun 2026 09:30: your places go back"


def test_a_notice_of_a_german_program_is_kept_in_english_beside(fair: Fair, guest: Actor) -> None:
    with reading("de"):
        post(fair, guest, msg("{name} paid {amount}", name="Zoe", amount=Money(900, "JPY", 0)))
    with fair.store.read() as connection:
        assert connection.execute(select(NoticeRow.title)).scalar_one() == "Zoe paid 900 JPY"


@pytest.mark.parametrize(("count", "words"), [(1, "1 Ticket für X"), (1200, "1.200 Tickets für X")])
def test_a_count_is_read_in_its_plural_form(
    fair: Fair, guest: Actor, count: int, words: str
) -> None:
    one, many = "{count} ticket for {event}", "{count} tickets for {event}"
    post(fair, guest, msg_n(one, many, count, event="X"))
    assert read(fair, guest, "de").title == words


@pytest.mark.parametrize(
    "name", ["{amount}", "{0}", "{name.__class__}", "[b]x[/b]", "}{", '{"message": {}}', "\ud7ff"]
)
def test_what_somebody_typed_stays_what_it_is(fair: Fair, guest: Actor, name: str) -> None:
    post(fair, guest, msg("{name} paid {amount}", name=name, amount=Money(1, "EUR")))
    assert read(fair, guest, "de").title == f"{name} hat 0,01\xa0€ gezahlt"


def test_words_without_a_message_are_read_as_they_were_written(fair: Fair, guest: Actor) -> None:
    post(fair, guest, "{name} paid {amount}", "as typed")
    assert read(fair, guest, "de").title == "{name} paid {amount}"
    with fair.store.read() as connection:
        assert connection.execute(select(NoticeRow.said.is_(None))).scalar_one()


@pytest.mark.parametrize(
    "kept",
    [
        {"title": {}},
        {"title": "text"},
        {"title": {"text": "{name.__class__}", "arguments": {"name": "x"}}},
        {"title": {"text": "{name[0]}", "arguments": {"name": "x"}}},
        {"title": {"text": "{name} paid", "arguments": {"amount": 1}}},
        {"title": {"text": "{name} paid", "arguments": {"name": {"strange": 1}}}},
        {"title": {"text": "{name} paid", "arguments": {"name": {"money": ["x", "EUR", 2]}}}},
        {"title": {"text": "{name} paid", "arguments": [1]}},
        {"title": {"text": "{at}", "arguments": {"at": {"at": "2026-06-01", "zone": "America"}}}},
        {"body": {"text": "Other"}},
    ],
)
def test_a_message_that_cannot_be_read_leaves_the_words(
    fair: Fair, guest: Actor, kept: dict[str, object]
) -> None:
    post(fair, guest, msg("{name} paid {amount}", name="Zoe", amount=1))
    with fair.store.write() as connection:
        connection.execute(update(NoticeRow).values(said=kept))
    assert read(fair, guest, "de").title == "Zoe paid 1"


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        -3,
        0.25,
        "Ada",
        Money(-5, "KWD", 3),
        date(2026, 6, 1),
        time(9, 30),
        datetime(2026, 6, 1, 7, 30, tzinfo=UTC),
        datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"), fold=1),
        msg_p("a shop", "Open"),
        msg_n("{count} ticket for {event}", "{count} tickets for {event}", 0, event=msg("x")),
    ],
)
def test_a_value_comes_back_as_it_was(value: object) -> None:
    message = msg("{value}", value=value)
    assert Message.from_json(message.as_json()) == message


def test_a_value_without_a_form_of_its_own_comes_back_as_text() -> None:
    message = msg("{value}", value=Decimal("1.50"))
    assert Message.from_json(message.as_json()) == msg("{value}", value="1.50")


def test_what_was_taken_out_of_the_words_is_not_read_from_the_message() -> None:
    kept = kept_texts(reason=msg("{name} paid {amount}", name="Zoe", amount=1))
    assert kept_text(kept["said"], "reason", kept["reason"]) == "Zoe paid 1"
    assert kept_text(kept["said"], "reason", "") == ""
