"""Hints that name a key, a flag, a command or an address are values, and each edge says them."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

import eventdesk
from eventdesk.acts.catalogue import AREAS
from eventdesk.cli import remedy_words as in_commands
from eventdesk.cli.command_table import COMMANDS
from eventdesk.cli.group import cli
from eventdesk.core.errors import NotFoundError
from eventdesk.core.messages import Message, msg
from eventdesk.core.remedies import WORDS, Advice, Remedy, ShownList, advise, phrasing, plainly
from eventdesk.wire import remedy_words as over_the_wire
from eventdesk.wire.addresses import routes
from eventdesk.wire.problem_members import error_of, told
from screens.core import remedy_words as on_screens

FOLDER = Path(eventdesk.__file__).parent
STILL = Path(__file__).with_name("hints_that_name_keys.txt")
MOST = 19
"""How many there were; it only becomes less."""

NAMES = re.compile(
    r"\bF[1-9][0-2]?\b|\bCtrl\b|(?<!\w)--[a-z]|\b(?:GET|POST|PUT|PATCH|DELETE) /"
    rf"|\beventdesk (?:{'|'.join(COMMANDS)}|pair)\b|\b(?:Enter|[A-Z]) on (?:its|the) line\b"
)
"""A key, a flag, an address or a command."""

SAYS = {"_", "_n", "_p", "msg", "msg_n", "msg_p"}


def sentences() -> Iterator[str]:
    """Each sentence of an area that names a key, a flag, a command or an address."""
    for area in ("core", "integrations", *AREAS):
        for path in sorted((FOLDER / area).rglob("*.py")):
            if path.name != "remedies.py":
                where = path.relative_to(FOLDER).as_posix()
                for said in _said(path):
                    if NAMES.search(said):
                        yield f"{where}: {said}"


def _said(path: Path) -> Iterator[str]:
    """The sentences of a file, and what is put into them where it is a command."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SAYS:
            for each in node.args:
                if isinstance(each, ast.Constant) and isinstance(each.value, str):
                    yield each.value
        said = node.value if isinstance(node, ast.Constant) else None
        if isinstance(said, str) and said.startswith("eventdesk ") and "\n" not in said:
            yield said


def test_no_more_sentences_of_areas_name_a_key_a_flag_a_command_or_an_address() -> None:
    still = STILL.read_text(encoding="utf-8").splitlines()
    assert len(still) <= MOST
    new = [each for each in sentences() if each not in still]
    assert new == [], "make it a Remedy (eventdesk/core/remedies.py)"
    assert set(still) == set(sentences()), f"take out of {STILL.name} what is not said any more"


@pytest.mark.parametrize("remedy", Remedy)
def test_a_remedy_has_words_for_who_has_neither_keys_nor_commands(remedy: Remedy) -> None:
    assert not NAMES.search(WORDS[remedy].text)
    assert WORDS[remedy].text.endswith(".")
    assert str(WORDS[remedy])


def test_each_edge_says_a_remedy_in_its_words() -> None:
    error = NotFoundError(msg("There is no such gate any more."), hint=advise(Remedy.READ_AGAIN))
    assert error.hint == "Read it again."
    with phrasing(on_screens.on_screens):
        assert error.hint == "Read it again (F5)."
        assert str(error.whole) == "There is no such gate any more. Read it again (F5)."
    with phrasing(in_commands.in_commands):
        assert error.hint == "List again what there is."
    assert error.hint == "Read it again."


def test_a_sentence_around_a_remedy_says_it_too() -> None:
    hint = msg("Nothing was erased. {remedy}", remedy=advise(Remedy.VERIFY_AUDIT))
    with phrasing(in_commands.in_commands):
        assert str(hint) == "Nothing was erased. Run `eventdesk audit verify`."
    assert str(hint) == "Nothing was erased. Verify the audit log."


@pytest.mark.parametrize("listed", ShownList)
def test_a_list_is_opened_by_a_key_a_command_or_an_address(listed: ShownList) -> None:
    advice = advise(Remedy.OPEN_LIST, of=listed)
    with phrasing(on_screens.on_screens):
        assert "F5" in str(advice)
    said = {
        str(phrase(advice)) for phrase in (in_commands.in_commands, over_the_wire.over_the_wire)
    }
    assert any(NAMES.search(each) for each in said)


def test_the_commands_that_remedies_name_are_there() -> None:
    told = [
        *(each.text for each in in_commands.WORDS.values()),
        *(f"`eventdesk {each}`" for each in in_commands.LISTS.values()),
    ]
    for line in [part for each in told for part in re.findall(r"`eventdesk ([^`]+)`", each)]:
        command: click.Command = cli
        for word in line.split():
            if isinstance(command, click.Group):
                found = command.get_command(click.Context(cli), word)
                assert found is not None, line
                command = found
            elif word.startswith("--"):
                assert any(word in each.opts for each in command.params), line


def test_the_addresses_that_remedies_name_are_there() -> None:
    known = {f"{route.method} {route.path}" for route in routes()}
    assert {f"GET {path}" for path in over_the_wire.LISTS.values()} <= known
    assert "POST /me/tokens" in known


def test_a_remedy_goes_over_the_wire_as_a_value_and_comes_back() -> None:
    error = NotFoundError(msg("There is none."), hint=advise(Remedy.OPEN_LIST, of=ShownList.TOKENS))
    members = told(error)
    assert members["remedy"] == {"name": "open_list", "of": "tokens"}
    assert members["hint"] == "List them: GET /api/v1/me/tokens."
    there = error_of({"code": error.code, "title": str(error), **members})
    assert isinstance(there, NotFoundError)
    assert there.advice == error.advice
    with phrasing(on_screens.on_screens):
        assert there.hint == "Choose one from the list; F5 reads it again."


@pytest.mark.parametrize("remedy", [None, "?", {"name": "?"}, {"of": "tokens"}, {"name": []}])
def test_a_remedy_that_is_not_known_here_is_said_as_it_came(remedy: object) -> None:
    members = {"code": "not_found", "title": "None.", "hint": "Do it.", "remedy": remedy}
    assert error_of(members).advice == Message("{said}", {"said": "Do it."})


def test_a_remedy_that_is_kept_stays_in_words_for_everybody() -> None:
    kept = Message.from_json(advise(Remedy.READ_AGAIN).as_json())
    assert not isinstance(kept, Advice)
    assert str(kept) == str(plainly(advise(Remedy.READ_AGAIN))) == "Read it again."
