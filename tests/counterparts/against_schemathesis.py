"""The running server against its own description, by a program of others: Schemathesis.

Run by `make contract`, which `make test-long` and `make check` do before their tests: it is put
into a folder of its own. Its program is $SCHEMATHESIS_PROGRAM or `st` on the path. It sends what
the description allows and what it does not, the same on every run, and compares the answers: no
status, type or shape that is not described, and no error of the server.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from eventdesk.acts import Role
from eventdesk.web.rates import Rates
from tests.acts.trials import House
from tests.web.serving import Served, served

PROGRAM = shutil.which(os.environ.get("SCHEMATHESIS_PROGRAM") or "st")
MOST_S = {"visitor": 20, "organizer": 110}

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
)

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="Schemathesis is not installed")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    house = House.build(tmp_path_factory.mktemp("contract") / "home")
    yield house
    house.store.close()


@pytest.fixture(scope="module")
def there(house: House) -> Iterator[Served]:
    with served(house.store, rates=Rates(known=10**9, unknown=10**9)) as there:
        yield there


def found(there: Served, who: str, tmp_path: Path, *options: str) -> tuple[int, str]:
    """The status of a run, and what it says."""
    assert PROGRAM is not None
    command: Sequence[str] = (
        *(PROGRAM, "run", f"{there.url}/api/v1/openapi.json", "--seed", "1", "--no-shrink"),
        *("--continue-on-failure", "--warnings", "off", "--max-time", str(MOST_S[who])),
        *("--checks", ",".join(CHECKS)),
        *options,
    )
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    return ended.returncode, ended.stdout + ended.stderr


def test_a_visitor_meets_nothing_that_is_not_described(there: Served, tmp_path: Path) -> None:
    options = ("--phases", "fuzzing", "--max-examples", "1")
    status, said = found(there, "visitor", tmp_path, *options)
    assert status == 0, said


def test_an_organizer_meets_nothing_that_is_not_described(
    house: House, there: Served, tmp_path: Path
) -> None:
    by = there.as_(house.as_known(house.accounts[Role.ORGANIZER], Role.ORGANIZER))
    header = f"Authorization: {by['authorization']}"
    status, said = found(there, "organizer", tmp_path, "--phases", "coverage", "--header", header)
    assert status == 0, said
