"""Commands in German: what was named wrongly is refused in German, whatever kind of thing it is."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from eventdesk.cli import cli
from eventdesk.cli.help_words import speak
from eventdesk.core.messages import reader


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("demo") / "home"
    made = CliRunner().invoke(cli, ["--home", str(home), "demo", "--size", "3"])
    assert made.exit_code == 0, made.output
    return home


@pytest.fixture(autouse=True)
def only_here() -> Iterator[None]:
    before = reader().locale
    yield
    speak(before)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("status", "Einlassliste"),
        ("status --list Nowhere", "Einlassliste 'Nowhere' gibt es nicht."),
        ("find Ada --event Nowhere", "'Nowhere' gibt es nicht."),
        ("statistics --gate Nowhere", "'Nowhere' gibt es nicht."),
        ("book Ada --type Nowhere", "'Nowhere' gibt es nicht."),
        ("announce send Hi --text Hi --session Nowhere", "'Nowhere' gibt es nicht."),
        ("announce send Hi --text Hi --type Nowhere", "'Nowhere' gibt es nicht."),
        ("list add Hall --rule Nowhere:x", ""),
        ("code end Nowhere", ""),
        ("question remove Nowhere", ""),
        ("programme cancel Nowhere", "'Nowhere' gibt es nicht."),
        ("venue remove Nowhere", "'Nowhere' gibt es nicht."),
        ("room remove Nowhere", "'Nowhere' gibt es nicht."),
        ("speaker remove Nowhere", "'Nowhere' gibt es nicht."),
        ("sponsor remove Nowhere", "'Nowhere' gibt es nicht."),
        ("printer remove Nowhere", ""),
    ],
)
def test_what_is_not_there_is_refused_in_german(demo: Path, words: str, said: str) -> None:
    done = CliRunner().invoke(cli, ["--language", "de", "--home", str(demo), *words.split()])
    assert done.exit_code == 2, done.output
    assert said in done.output
    assert "There is" not in done.output
    assert "Which" not in done.output


def test_what_programs_read_is_the_same_in_each_language(demo: Path, tmp_path: Path) -> None:
    """People read German; JSON says the same words to a program, whoever calls it."""
    people = tmp_path / "people.csv"
    people.write_text("Name,E-mail,Ticket type\nAda,ada@example.org,Regular\n,bad,Nope\n")

    def said(language: str, *words: str) -> str:
        return CliRunner().invoke(cli, ["--language", language, "--home", str(demo), *words]).stdout

    reading = ("import", str(people), "--dry-run")
    for words, german in (
        (("event", "show"), "Bankverbindung"),
        (reading, "Ticketart"),
        (("statistics",), "Alle Eingänge"),
        (("doctor",), "ist heil"),
    ):
        assert german not in said("de", *words, "--json")
        if words[0] != "statistics":
            assert german in said("de", *words)
    assert said("de", *reading, "--json") == said("en", *reading, "--json")


def test_words_with_two_meanings_have_the_one_that_is_meant(tmp_path: Path) -> None:
    def said(*words: str) -> str:
        home = ("--home", str(tmp_path / "home"))
        done = CliRunner().invoke(cli, ["--language", "de", *home, *words])
        assert done.exit_code == 0, done.output
        return done.output

    said("init")
    assert "fertig" in said("layout", "list")
    assert "bereit" not in said("layout", "list")
    times = ("--from", "2030-06-01 09:00", "--until", "2030-06-01 18:00")
    code = said("event", "create", "Fair", *times).split()[0]
    assert "abgesagt" in said("event", "cancel", code, "--reason", "Sturm")
    assert "(abgesagt)" in said("event", "show", code)
