"""What a refusal offers to whoever named something on a command line."""

from dataclasses import dataclass, field
from uuid import UUID, uuid4

import pytest

from eventdesk.acts import the_one_named
from eventdesk.cli.remedy_words import in_commands
from eventdesk.core.errors import NotFoundError
from eventdesk.core.remedies import phrasing


@dataclass(frozen=True)
class Thing:
    name: str
    id: UUID = field(default_factory=uuid4)


def refusal(kind: str, typed: str, things: list[Thing]) -> str:
    with pytest.raises(NotFoundError) as refused:
        the_one_named(kind, typed, things, lambda one: one.name)
    return refused.value.hint


def test_things_of_one_name_are_told_apart_and_named_by_id() -> None:
    things = [Thing("Old Mill"), Thing("Harbour"), Thing("Old Mill")]
    hint = refusal("venue", "old mill", things)
    assert hint == f"Name one: Old Mill: {things[0].id}; Old Mill: {things[2].id}"
    assert the_one_named("venue", str(things[2].id), things, lambda one: one.name) is things[2]


def test_only_what_matches_is_offered_where_something_does() -> None:
    things = [Thing("Hall 1"), Thing("Hall 2"), Thing("Attic")]
    assert refusal("room", "hall", things) == "Name one: Hall 1; Hall 2"
    assert "Attic" in refusal("room", "cellar", things)


def test_a_long_choice_says_that_there_is_more() -> None:
    assert refusal("speaker", "x", [Thing(f"S{n}") for n in range(10)]).endswith("; and 2 more")


@pytest.mark.parametrize(
    ("kind", "command"),
    [("venue", "venue add"), ("session", "programme add"), ("ticket type", "type add")],
)
def test_the_first_of_a_kind_is_made_by_its_own_command(kind: str, command: str) -> None:
    with phrasing(in_commands):
        assert f"`eventdesk {command} --help`" in refusal(kind, "x", [])
