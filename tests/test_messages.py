"""The catalogues of messages: whole, sound, and found where people are spoken to."""

from collections.abc import Sequence
from string import Formatter

import pytest
from babel.messages.catalog import Catalog

from eventdesk.core.fields import LINE, MINOR, NUMBER, PAGE, SHARE, Field
from eventdesk.core.messages import ENGLISH, GUEST_LANGUAGES
from eventdesk.door import CHECK_IN_LIST, WORDING
from eventdesk.events import EVENT, ROOM, VENUE
from eventdesk.programme import SESSION, SPEAKER, SPONSOR
from eventdesk.sales import DISCOUNT, TICKET_TYPE
from tools.messages import (
    AT_THE_KIOSK,
    GUEST_TEXTS,
    TRANSLATED,
    brought_up,
    guest_messages,
    messages_in,
    messages_in_code,
    messages_in_template,
    read_catalogue,
    wanted_in,
    written,
    wrong_in,
)

all_messages = messages_in_code


LANGUAGES = [*TRANSLATED, *AT_THE_KIOSK]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogue_holds_the_messages_of_the_code(language: str) -> None:
    wanted = {(each.context or "", str(each.id)) for each in wanted_in(language) if each.id}
    held = {(each.context or "", str(each.id)) for each in read_catalogue(language) if each.id}
    assert wanted - held == set(), "run `make messages`"
    assert held - wanted == set(), "run `make messages`"


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_message_has_its_words(language: str) -> None:
    assert list(wrong_in(read_catalogue(language))) == []


@pytest.mark.parametrize(
    "entity",
    [CHECK_IN_LIST, DISCOUNT, EVENT, ROOM, SESSION, SPEAKER, SPONSOR, TICKET_TYPE, VENUE],
    ids=lambda entity: str(entity[0].name),
)
def test_the_words_of_each_field_are_found(entity: Sequence[Field]) -> None:
    found = {each.text for each in all_messages()}
    for each in entity:
        words = {each.label, each.hint, each.help, each.none}
        if each.check is None and each.kind in (LINE, PAGE, NUMBER, SHARE, MINOR):
            words.add(each.called.text)
        assert words - {""} <= found, each.name


def test_the_kiosk_says_all_of_itself_in_each_language_of_guests() -> None:
    found = {each.text for each in guest_messages()}
    assert found >= GUEST_TEXTS
    assert found >= {str(each.guest.text) for each in WORDING.values()}
    assert found >= {str(each.word.text) for each in WORDING.values()}
    assert {*GUEST_LANGUAGES} == {ENGLISH, *TRANSLATED, *AT_THE_KIOSK}


def test_placeholders_are_plain_names() -> None:
    for each in all_messages():
        if each.where.startswith("click/"):
            continue
        for text in filter(None, (each.text, each.many)):
            if text.count("{") != text.count("}"):
                continue  # a text without values
            names = [name for _words, name, _format, _conversion in Formatter().parse(text)]
            assert all(name is None or name.isidentifier() for name in names), each


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('_("Save")', [("Save", "", "")]),
        ('msg("Two " "parts", n=_("Inner"))', [("Two parts", "", ""), ("Inner", "", "")]),
        ('_n("{count} ticket", "{count} tickets", n)', [("{count} ticket", "{count} tickets", "")]),
        ('_p("a shop", "Open")', [("Open", "", "a shop")]),
        (
            'Binding("f1", "help", "Help", tooltip="All keys")',
            [("Help", "", ""), ("All keys", "", "")],
        ),
        ('click.option("--home", help="A folder.")', [("A folder.", "", "")]),
        ('print("Save", log("x"))', []),
        (
            '@click.command("x")\ndef x():\n'
            '    """Do it.\n\n    \\b\n    Example:\n      eventdesk x\n    """',
            [("Do it.", "", ""), ("Do it.", "", ""), ("Example:", "", "")],
        ),
    ],
)
def test_messages_are_found_where_they_stand(
    source: str, found: list[tuple[str, str, str]]
) -> None:
    assert [each[:3] for each in messages_in(source, "x.py")] == found


def test_messages_in_templates_are_found_and_are_literals() -> None:
    source = '{{ _("Save") }}<a title="{{ _p("page", "Next") }}">{% if _n("one", "some", n) %}'
    found = [each[:3] for each in messages_in_template(source + "{% endif %}", "x.html")]
    assert found == [("Save", "", ""), ("Next", "", "page"), ("one", "some", "")]
    with pytest.raises(ValueError, match="takes a literal"):
        list(messages_in_template("{{ _(name) }}", "x.html"))


@pytest.mark.parametrize("source", ['_(f"{name} is in")', "msg(text)", '_n("ticket", words, 2)'])
def test_a_message_that_is_no_literal_is_a_mistake(source: str) -> None:
    with pytest.raises(ValueError, match="takes a literal"):
        list(messages_in(source, "x.py"))


def catalogue(**words: str) -> Catalog:
    made = Catalog(locale="de")
    for text, said in words.items():
        made.add(text, said)
    return made


def test_bringing_up_keeps_words_and_drops_what_is_gone() -> None:
    brought = brought_up(catalogue(Save="Sichern", Gone="Weg"), catalogue(Save="", New=""))
    assert {each.id: each.string for each in brought if each.id} == {"Save": "Sichern", "New": ""}
    assert written(brought, "de") == written(brought_up(brought, brought), "de")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{name} is in", "{nam} ist da"),
        ("{name} is in", "jemand ist da"),
        ("Save", ""),
        ("{count} left ", "{count} übrig"),
    ],
)
def test_wrong_words_are_found(text: str, words: str) -> None:
    assert list(wrong_in(catalogue(**{"{count} left": "noch {count}"}))) == []
    assert len(list(wrong_in(catalogue(**{text: words})))) == 1
