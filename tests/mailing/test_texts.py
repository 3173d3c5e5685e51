"""The words of an event's mails: changed by organizers, harmless whatever they write."""

import pytest

from eventdesk.acts import SYSTEM
from eventdesk.core.errors import InvalidInputError, NotAllowedError
from eventdesk.mailing import (
    MailKind,
    change_mail_text,
    list_mail_texts,
    preview_mail,
    reset_mail_text,
    try_mail,
)
from tests.build import ATTENDEE, SUPERVISOR, Fair
from tests.integrations.mail.post_office import PostOffice
from tests.mailing.office import deliver
from tests.orders import order_for, person, set_type

HERE = SUPERVISOR


def change(fair: Fair, subject: str = "Hi {{ name }}", text: str = "See you, {{ name }}.") -> None:
    change_mail_text(fair.store, HERE, fair.event.id, MailKind.BOOKING, "en", subject, text)


def test_every_kind_reads_well_in_every_language(fair: Fair) -> None:
    texts = list_mail_texts(fair.store, HERE, fair.event.id)
    assert {each.language for each in texts} == {"en", "de"}
    for each in texts:
        look = preview_mail(fair.store, HERE, fair.event.id, each.kind, each.language)
        assert look.subject
        assert "{" not in look.subject + look.text
        assert "Demo Days" in look.text
        assert "<p" in look.html


def test_mails_read_as_the_organizer_wrote_them_and_as_usual_again(
    fair: Fair, office: PostOffice
) -> None:
    change(fair)
    order_for(fair, person(fair.store, "Ada"))
    reset_mail_text(fair.store, HERE, fair.event.id, MailKind.BOOKING, "en")
    order_for(fair, person(fair.store, "Kim"))
    change(fair)
    deliver(fair.store)
    assert [each["Subject"] for each in office.letters] == ["Hi Ada", "Hi Kim"]
    reset_mail_text(fair.store, HERE, fair.event.id, MailKind.BOOKING, "en")
    assert not any(each.own for each in list_mail_texts(fair.store, HERE, fair.event.id))


def test_words_may_depend_on_the_ticket_type_and_on_being_online(fair: Fair) -> None:
    text = (
        "{% if online %}Watch: {{ online }}{% else %}Come.{% endif %} {% if types == 'Regular' %}R"
    )
    change(fair, text=f"{text}{{% endif %}}")
    look = preview_mail(fair.store, HERE, fair.event.id, MailKind.BOOKING, "en")
    assert look.text.strip() == "Come. R"


@pytest.mark.parametrize(
    "text",
    [
        "{{ name.__class__ }}",
        "{{ ''.__class__.__mro__ }}",
        "{% for a in range(10**9) %}x{% endfor %}",
        "{{ 'x' * 1000000000 }}",
        "{{ name|center(1000000000) }}",
        "{% set x = 1 %}{{ x }}",
        "{% include 'etc/passwd' %}",
        "{% import 'os' as os %}",
        "{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}",
        "{{ config }}",
        "{{ self }}",
        "{{ lipsum(n=1000) }}",
        "{{ name",
        "{% if name %}",
        "{{ name|upper|attr('x') }}",
        "(" * 5000,
        "{{ " + "(" * 3000 + "name" + ")" * 3000 + " }}",
        "x" * 20_001,
        "   ",
    ],
)
def test_words_can_neither_call_anything_nor_grow(fair: Fair, text: str) -> None:
    if text == "(" * 5000:
        change(fair, text=text)  # plain words
        return
    with pytest.raises(InvalidInputError):
        change(fair, text=text)


@pytest.mark.parametrize(
    "text",
    [
        "{% if tickets > 2 %}many{% endif %}",
        "{% if tickets <= 2 %}few{% endif %}",
        "{% if 2 in tickets %}two{% endif %}",
        "{% if online %}{% if 2 in tickets %}two{% endif %}{% endif %}",
        "{% if not title %}{% if 2 in name %}two{% endif %}{% endif %}",
        "{{ name if (name == event) in text else event }}",
    ],
)
def test_words_that_could_not_be_sent_are_refused(fair: Fair, text: str) -> None:
    with pytest.raises(InvalidInputError):
        change(fair, text=f"Hello {text}")


def test_a_test_mail_goes_to_who_asks(fair: Fair, office: PostOffice) -> None:
    from eventdesk.acts import Role
    from tests.people import make_staff

    boss = make_staff(fair, Role.ORGANIZER)
    said = try_mail(fair.store, boss, fair.event.id, MailKind.TICKET, "en")
    assert "is on its way" in str(said)
    assert "Demo Days" in office.letters[0]["Subject"]


def test_only_who_writes_to_guests_changes_words(fair: Fair) -> None:
    for verb in (list_mail_texts,):
        with pytest.raises(NotAllowedError):
            verb(fair.store, ATTENDEE, fair.event.id)
    with pytest.raises(NotAllowedError):
        change_mail_text(
            fair.store, ATTENDEE, fair.event.id, MailKind.BOOKING, "en", "Hello", "You"
        )


def test_without_a_mail_service_a_test_mail_says_so(fair: Fair) -> None:
    set_type(fair, fair.regular, price_minor=0)
    with pytest.raises(InvalidInputError, match="No mail service"):
        try_mail(fair.store, SYSTEM, fair.event.id, MailKind.TICKET, "en")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{% if name %}Hi", "What begins with {{ or {% if %} is not ended."),
        ("{{ name", "What begins with {{ or {% if %} is not ended."),
        ("{% sing %}", "Only {% if %}, {% elif %}, {% else %}, {% endif %} are known here."),
        ("{% for a in name %}x{% endfor %}", "Only values and {% if %} are known here."),
        ("{{ name name }}", "What stands between the braces cannot be read."),
    ],
)
def test_a_slip_is_told_in_words_of_this_program(fair: Fair, text: str, said: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        change(fair, text=text)
    assert str(refused.value) == said
