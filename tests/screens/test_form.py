"""Forms: what is typed becomes values, what is wrong is said, and nothing typed is lost."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from textual.events import Paste
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import Button

from eventdesk.core.errors import InvalidInputError
from screens.widgets.form import (
    ChoiceField,
    EmailField,
    Field,
    Form,
    MomentField,
    MoneyField,
    NoteField,
    NumberField,
    PercentField,
    SeveralField,
    TextField,
    YesNoField,
)
from tests.screens.bare import BareApp
from tests.screens.stage import page, reads, typed, until
from tests.screens.test_hostile_text import NAMES, is_harmless

BERLIN = "Europe/Berlin"
NINE = datetime(2026, 6, 1, 7, 0, tzinfo=UTC)


@pytest.fixture(params=[(80, 24), (160, 48)], ids=["small", "large"])
def form_size(request: pytest.FixtureRequest) -> tuple[int, int]:
    """The sizes at which a form has to do."""
    size: tuple[int, int] = request.param
    return size


class Listening(BareApp):
    """Notes which fields said that they changed."""

    names: list[str]

    def on_mount(self) -> None:
        self.names = []

    def on_form_changed(self, message: Form.Changed) -> None:
        assert message.control is message.form
        self.names.append(message.name)


@asynccontextmanager
async def form_of(
    *fields: Field[Any] | Callable[[], Field[Any]], size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[Pilot[None], Form]]:
    """Show a form; a field with a value can only be made while the program runs."""

    def make() -> Iterator[Widget]:
        yield Form(*(each if isinstance(each, Field) else each() for each in fields))
        yield Button("End")

    async with Listening(make).run_test(size=size) as pilot:
        await pilot.pause()
        yield pilot, pilot.app.query_one(Form)


def heard(pilot: Pilot[None]) -> list[str]:
    assert isinstance(pilot.app, Listening)
    return pilot.app.names


async def test_enter_goes_from_field_to_field_and_typing_fills_them() -> None:
    async with form_of(
        TextField("name", "Name"),
        MoneyField("price", "Price", currency="EUR"),
        PercentField("tax", "Tax"),
        NumberField("quota", "Quota"),
        MomentField("from", "From", zone=BERLIN),
    ) as (pilot, form):
        assert form.values == dict.fromkeys(("price", "tax", "quota", "from")) | {"name": ""}
        assert not form.changed
        form.fields["name"].focus()
        await pilot.press(*" Early bird ", "enter", *"12,5", "enter", *"7.5", "enter")
        await pilot.press(*"100", "enter", *"2026-06-01 09:00", "enter")
        assert form.values == {
            "name": "Early bird",
            "price": 1250,
            "tax": 750,
            "quota": 100,
            "from": NINE,
        }
        assert form.problems == {}
        assert form.changed
        assert isinstance(pilot.app.focused, Button)
        assert set(heard(pilot)) == set(form.values)
        assert "Monday" in page(pilot)


async def test_values_given_are_shown_and_are_no_change() -> None:
    async with form_of(
        lambda: TextField("name", "Name", value="Ada"),
        lambda: MoneyField("price", "Price", currency="JPY", exponent=0, value=900),
        lambda: PercentField("tax", "Tax", value=1900),
        lambda: NumberField("quota", "Quota", value=-5, least=-9),
        lambda: MomentField("from", "From", zone=BERLIN, value=NINE),
        lambda: ChoiceField("kind", "Kind", [(None, "none"), ("b", "Bee")], value="b"),
        lambda: SeveralField("days", "Days", [(1, "Fri"), (2, "Sat")], value=(2,)),
        lambda: YesNoField("hidden", "Hidden", value=True),
        lambda: NoteField("text", "Text", value="One\nTwo"),
        size=(80, 48),
    ) as (pilot, form):
        assert form.values == {
            "name": "Ada",
            "price": 900,
            "tax": 1900,
            "quota": -5,
            "from": NINE,
            "kind": "b",
            "days": (2,),
            "hidden": True,
            "text": "One\nTwo",
        }
        for shown in ("Ada", "900", "JPY", "19", "-5", "2026-06-01 09:00", "Bee", "[✓] Sat",
                      "[ ] Fri", "[✓] Yes", "Two"):  # fmt: skip
            assert shown in page(pilot)
        await pilot.pause()
        assert not form.changed
        assert heard(pilot) == []


async def test_says_what_is_wrong_while_one_types_and_keeps_what_was_typed() -> None:
    async with form_of(
        MoneyField("price", "Price", currency="EUR", required=True), TextField("name", "Name")
    ) as (pilot, form):
        assert "✗" not in page(pilot)  # an empty form accuses nobody
        form.fields["price"].focus()
        await pilot.press(*"12.345")
        await reads(pilot, "✗ There are at most 2 digits behind the decimal sign.")
        assert form.values["price"] is None
        assert form.fields["price"].raw == "12.345"
        await pilot.press("backspace")
        await until(pilot, lambda: "✗" not in page(pilot))
        assert form.values["price"] == 1234
        await pilot.press(*["backspace"] * 5)
        await reads(pilot, "✗ Please fill this in.")


def refused(text: str) -> None:
    raise InvalidInputError(f"Not {text}!")


@pytest.mark.parametrize(
    ("field", "typed", "problem"),
    [
        (NumberField("x", "X", least=3, most=9), "2", "This is at least 3."),
        (NumberField("x", "X", least=3, most=9), "10", "This is at most 9."),
        (NumberField("x", "X"), "1.5", "Please type a whole number."),
        (NumberField("x", "X"), "٣", "Please type a whole number."),
        (PercentField("x", "X"), "101", "A percentage is at most 100."),
        (MomentField("x", "X", zone=BERLIN), "2026-03-29 02:30", "02:30 does not come"),
        (MomentField("x", "X", zone=BERLIN), "soon", "This is no date and time."),
        (TextField("x", "X", check=refused), "me", "Not me!"),
        (NoteField("x", "X", max_length=3), "abcdef", "This is 3 characters too long."),
        (ChoiceField("x", "X", [(1, "One")]), "", "Please choose one."),
    ],
)
async def test_each_field_says_what_is_wrong(field: Field[Any], typed: str, problem: str) -> None:
    async with form_of(field) as (pilot, form):
        field.focus()
        await pilot.press(*typed)
        assert not form.is_sound()
        await reads(pilot, problem)
        assert problem in form.problems["x"]
        assert form.values == {"x": None}


async def test_an_unsound_form_shows_all_problems_and_goes_to_the_first() -> None:
    async with form_of(
        TextField("a", "First"),
        TextField("b", "Second", required=True),
        TextField("c", "Third", required=True),
    ) as (pilot, form):
        assert list(form.problems) == ["b", "c"]
        assert not form.is_sound()
        await until(pilot, lambda: page(pilot).count("✗ Please fill this in.") == 2)
        assert pilot.app.focused is form.fields["b"].editor
        form.fields["c"].display = False
        form.fields["b"].put("x")
        assert form.is_sound()


async def test_a_mark_stays_until_something_else_is_typed() -> None:
    async with form_of(lambda: TextField("name", "Name", value="Ada")) as (pilot, form):
        form.mark("name", "[b]Taken[/b] already.")
        await reads(pilot, "✗ [b]Taken[/b] already.")
        assert form.problems == {"name": "[b]Taken[/b] already."}
        form.fields["name"].focus()
        await pilot.press("end", "x")
        await until(pilot, lambda: "✗" not in page(pilot))
        assert form.problems == {}


async def test_a_moment_moves_by_days_and_hours() -> None:
    async with form_of(MomentField("at", "At", zone=BERLIN)) as (pilot, form):
        field = form.fields["at"]
        field.put(datetime(2026, 3, 28, 0, 30, tzinfo=UTC))
        field.focus()
        for key, shown in (
            ("up", "2026-03-29 01:30"),
            ("shift+up", "2026-03-29 03:30"),  # there is no 02:30 that day
            ("down", "2026-03-28 03:30"),
            ("shift+down", "2026-03-28 02:30"),
            ("up", "2026-03-29 03:30"),
        ):
            await pilot.press(key)
            await reads(pilot, shown)
        assert form.problems == {}
        field.put(datetime(2026, 10, 25, 1, 30, tzinfo=UTC))
        await reads(pilot, "2026-10-25 02:30 +01:00")
        await reads(pilot, "Sunday; the clocks go")
        field.put(None)
        assert form.values == {"at": None}
        await pilot.press("up")
        await until(pilot, lambda: field.raw.endswith("09:00"))


async def test_choices_are_made_with_the_keyboard() -> None:
    async with form_of(
        ChoiceField("kind", "Kind", [(1, "One"), (2, "Two"), (3, "Three")]),
        SeveralField("days", "Days", [(10, "Fri"), (20, "Sat"), (30, "Sun")]),
        YesNoField("hidden", "Hidden"),
    ) as (pilot, form):
        assert form.problems == {"kind": "Please choose one."}
        form.fields["kind"].focus()
        await pilot.press("enter", "down", "down", "enter")
        await until(pilot, lambda: form.values["kind"] is not None)
        assert form.values["kind"] in (2, 3)
        form.fields["days"].focus()
        await pilot.press("space", "down", "down", "enter")
        await until(pilot, lambda: form.values["days"] == (10, 30))
        await pilot.press("space")
        await until(pilot, lambda: form.values["days"] == (10,))
        await pilot.press("tab", "space")
        await until(pilot, lambda: form.values["hidden"] is True)
        await pilot.click(form.fields["hidden"].editor)
        await until(pilot, lambda: form.values["hidden"] is False)
        assert form.problems == {}
        assert set(heard(pilot)) == {"kind", "days", "hidden"}
        form.fields["kind"].put(1)
        form.fields["days"].put([20])
        await reads(pilot, "[✓] Sat")
        assert form.values == {"kind": 1, "days": (20,), "hidden": False}


async def test_what_was_saved_is_no_change_any_more() -> None:
    async with form_of(TextField("name", "Name")) as (_pilot, form):
        form.fields["name"].put("Ada")
        assert form.changed
        form.settle()
        assert not form.changed
        form.fields["name"].put("")
        assert form.changed


async def test_a_password_is_hidden_and_taken_as_it_is() -> None:
    field = TextField("secret", "Password", password=True)
    async with form_of(field) as (pilot, form):
        field.focus()
        await pilot.press(*" ab ")
        assert form.values == {"secret": " ab "}
        assert " ab " not in page(pilot)


async def test_hostile_words_are_shown_as_words() -> None:
    def fields(place: int, name: str) -> list[Callable[[], Field[Any]]]:
        return [
            lambda: TextField(f"t{place}", name, value=name, help=name),
            lambda: NoteField(f"n{place}", name, value=f"{name}\n{name}", height=2),
            lambda: ChoiceField(f"c{place}", name, [(1, name)], value=1),
            lambda: SeveralField(f"s{place}", name, [(1, name)], value=[1]),
        ]

    every = [field for place, name in enumerate(NAMES) for field in fields(place, name)]
    async with form_of(*every, size=(160, 300)) as (pilot, form):
        assert is_harmless(page(pilot))
        assert page(pilot).count("[/b] Mallory") >= 6
        form.fields["t0"].focus()
        pilot.app.post_message(Paste("".join(NAMES)))
        form.fields["n0"].focus()
        pilot.app.post_message(Paste("\n".join(NAMES)))
        await pilot.pause()
        assert is_harmless(page(pilot))
        form.fields["c0"].focus()
        await pilot.press("enter")
        await pilot.pause()
        assert is_harmless(page(pilot))


async def test_the_field_with_the_keyboard_is_on_show() -> None:
    fields = [TextField(f"f{place}", f"Field {place}", required=True) for place in range(40)]
    async with form_of(*fields) as (pilot, form):
        assert not form.is_sound()
        await pilot.pause()
        for place in (39, 20, 0):
            form.fields[f"f{place}"].focus()
            await pilot.pause()
            await reads(pilot, f"Field {place} *")
        await pilot.resize_terminal(40, 12)
        await pilot.pause()
        await until(pilot, lambda: form.has_class("-narrow"))


async def test_an_end_before_its_beginning_is_said_on_both(form_size: tuple[int, int]) -> None:
    async with form_of(
        MomentField("from", "From", zone=BERLIN),
        MomentField("to", "To", zone=BERLIN, after="from"),
        size=form_size,
    ) as (pilot, form):
        form.fields["from"].focus()
        await pilot.press(*"2026-06-01 09:00", "tab", *"2026-06-01 08:00")
        await reads(pilot, "✗ This is not after the beginning.")
        await reads(pilot, "✗ This is not before the end.")
        assert set(form.problems) == {"from", "to"}
        await pilot.press(*["backspace"] * 16, *"+90m", "tab")
        await until(pilot, lambda: "✗" not in page(pilot))
        assert form.fields["to"].raw == "2026-06-01 10:30"
        assert form.problems == {}


async def test_what_was_understood_stands_beside_the_words(form_size: tuple[int, int]) -> None:
    async with form_of(MomentField("at", "At", zone=BERLIN), size=form_size) as (pilot, form):
        form.fields["at"].focus()
        await reads(pilot, "F4: calendar")
        await pilot.press(*"12 dec 2026 9am")
        await reads(pilot, "Sat 12 Dec 2026 09:00")
        await pilot.press("tab")
        await until(pilot, lambda: form.fields["at"].raw == "2026-12-12 09:00")
        await reads(pilot, "Saturday")


async def test_a_calendar_takes_a_day_and_a_time(form_size: tuple[int, int]) -> None:
    field = MomentField("at", "At", zone=BERLIN)
    async with form_of(field, size=form_size) as (pilot, form):
        field.put(NINE)
        field.focus()
        await pilot.press("f4")
        await reads(pilot, "June 2026")
        await pilot.press("down", "right", "tab", "right", "right", "up", "enter")
        await until(pilot, lambda: field.raw == "2026-06-09 08:30")
        await pilot.press("f4", "pagedown", "escape")
        await reads(pilot, "2026-06-09 08:30")
        assert form.problems == {}


async def test_the_calendar_says_which_time_the_clocks_pass_over() -> None:
    field = MomentField("at", "At", zone=BERLIN)
    async with form_of(field) as (pilot, _form):
        field.put(datetime(2026, 3, 28, 1, 30, tzinfo=UTC))
        field.focus()
        await pilot.press("f4", "right")
        await reads(pilot, "02:30 does not come")
        await pilot.press("enter")
        await reads(pilot, "March 2026")
        await pilot.press("escape")


async def test_an_empty_moment_looks_empty() -> None:
    async with form_of(MomentField("at", "At", zone=BERLIN), TextField("x", "X")) as (pilot, form):
        form.fields["x"].focus()
        await pilot.pause()
        assert not any(letter.isdigit() for letter in page(pilot))


async def test_an_address_is_wrong_when_it_is_left_or_submitted_not_while_it_is_typed() -> None:
    wrong = "is not an e-mail address"
    address, name = EmailField("email", "E-mail"), TextField("name", "Name", required=True)
    async with form_of(address, name) as (pilot, form):
        address.focus()
        await typed(pilot, "Nora Newcomer")
        assert address.problem
        assert wrong not in page(pilot)
        await pilot.press("tab")
        await reads(pilot, wrong)
        address.put("nora@example.org")
        await until(pilot, lambda: wrong not in page(pilot))
        address.focus()
        await typed(pilot, " or nobody")
        assert wrong not in page(pilot)
        assert not form.is_sound()
        await reads(pilot, wrong)
