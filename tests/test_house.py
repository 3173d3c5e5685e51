"""The house rules that no single room can keep: imports, packaging, the README."""

import importlib.util
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path

import click
import pytest

from data.migrate import BASE, HEAD
from eventdesk import __version__
from eventdesk.cli.command_table import COMMANDS
from eventdesk.cli.group import cli

ROOT = Path(__file__).parent.parent
PACKAGES = ("eventdesk", "screens", "kiosk", "data", "badges")


def loaded_by(statement: str) -> set[str]:
    """Top-level modules that a fresh interpreter has after a statement."""
    shown = subprocess.run(
        [sys.executable, "-c", f"{statement}\nimport sys\nprint(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    return {name.partition(".")[0] for name in shown.stdout.splitlines()[-1].split()}


@pytest.mark.parametrize("name", PACKAGES)
def test_each_package_lies_beside_eventdesk(name: str) -> None:
    spec = importlib.util.find_spec(name)
    assert spec is not None
    assert spec.origin is not None
    assert Path(spec.origin).parent.parent == ROOT


def test_the_command_line_loads_neither_screens_nor_camera_nor_database() -> None:
    loaded = loaded_by("import eventdesk.cli")
    assert not loaded & {"textual", "cv2", "sqlalchemy", "numpy", "PIL"}


def test_the_help_loads_no_command() -> None:
    loaded = loaded_by("from eventdesk.cli import cli\ncli.main(['-h'], standalone_mode=False)")
    assert not loaded & {"textual", "cv2", "sqlalchemy", "numpy", "PIL", "asyncio", "data"}


def test_checking_in_by_code_loads_neither_screens_nor_camera() -> None:
    loaded = loaded_by("import eventdesk.cli.door")
    assert not loaded & {"textual", "cv2", "numpy", "alembic", "argon2"}


def test_the_headless_door_loads_no_screen_library() -> None:
    assert "textual" not in loaded_by("import eventdesk.cli.scan")


def test_the_screens_open_before_the_camera_library_is_loaded() -> None:
    assert "cv2" not in loaded_by("import screens.app")


def test_every_command_of_the_readme_exists() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(?:\.venv/bin/)?eventdesk ([a-z][a-z-]*)", text))
    named |= set(re.findall(r"^\.venv/bin/eventdesk ([a-z][a-z-]*)", text, re.MULTILINE))
    assert named
    assert named <= set(COMMANDS)


def test_every_command_is_in_the_readme() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    missing = [name for name in COMMANDS if name != "open" and f"`{name}" not in text]
    missing = [name for name in missing if f" {name}" not in text]
    assert missing == []


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_loads(name: str) -> None:
    assert cli.get_command(click.Context(cli), name) is not None


def test_every_file_the_documents_link_to_is_there() -> None:
    for page in (*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")):
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name} → {target}"


FOLDERS = (*PACKAGES, "tests", "bench", "docs", "tools")
NAMED = re.compile(
    r"(?<![\w/.@<>{}~$*-])"
    rf"((?:[\w-]+/)*[\w-]+\.py|(?:{'|'.join(FOLDERS)})/[\w./-]*\w)"
    r"(?![\w*<{])"
)
"""A file of Python, wherever it is, or what begins with one of our folders."""

NOT_HERE = {"eventdesk/locale/eventdesk.pot", "eventdesk/locale/LANGUAGE/LC_MESSAGES"}
"""What a command makes, and a place with a blank in it."""


def prose() -> Iterator[tuple[Path, str]]:
    """The documents, and docstrings and comments of all modules."""
    for page in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/*.md")):
        yield page, page.read_text(encoding="utf-8")
    for folder in FOLDERS:
        for module in (ROOT / folder).rglob("*.py"):
            text = module.read_text(encoding="utf-8")
            comments = re.findall(r"^\s*#.*$", text, re.MULTILINE)
            docstrings = re.findall(r'^\s*"""(.*?)"""', text, re.MULTILINE | re.DOTALL)
            yield module, "\n".join((*comments, *docstrings))


def test_every_path_named_in_prose_is_there() -> None:
    there = NOT_HERE | {
        path.relative_to(ROOT).as_posix()
        for folder in FOLDERS
        for path in (ROOT / folder).rglob("*")
    }
    ends = {end for path in there for end in accumulate(path.split("/")[::-1], _before)}
    gone = [
        f"{page.relative_to(ROOT)}: {name}"
        for page, text in prose()
        for name in NAMED.findall(text)
        if name not in ends
    ]
    assert gone == []


def _before(path: str, folder: str) -> str:
    return f"{folder}/{path}"


def test_the_version_is_said_once() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["version"] == __version__


def test_migrations_are_numbered_up_to_the_one_the_program_knows() -> None:
    files = sorted((ROOT / "data" / "migrations" / "versions").glob("[0-9]*.py"))
    first = int(BASE)
    assert [file.name[:4] for file in files] == [f"{first + n:04d}" for n in range(len(files))]
    assert files[-1].name[:4] == HEAD


def test_the_locked_packages_are_those_the_project_names() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    locked = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    for line in (*project["project"]["dependencies"], *project["dependency-groups"]["dev"]):
        name = re.split(r"[>=\[;]", line)[0]
        assert re.search(rf"^{re.escape(name)}==", locked, re.MULTILINE), name
    assert "://" not in locked
