"""The doors of the areas: what they list is there, and nothing is loaded before it is asked for."""

import compileall
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from eventdesk.acts.catalogue import AREAS
from eventdesk.core.doors import opened


@pytest.mark.parametrize("area", AREAS)
def test_everything_a_door_lists_is_there(area: str) -> None:
    program = (
        f"import ast, eventdesk.{area} as door\n"
        "listed = [name.name for node in ast.walk(ast.parse(open(door.__file__).read()))\n"
        "          if isinstance(node, ast.ImportFrom) and node.module.startswith(door.__name__)\n"
        "          for name in node.names]\n"
        "assert listed\n"
        "found = [getattr(door, name) for name in listed]\n"
        "modules = [name for name, one in zip(listed, found) if type(one).__name__ == 'module']\n"
        "assert not modules, modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_a_door_loads_nothing_until_it_is_asked() -> None:
    program = (
        "import sys, eventdesk.money\n"
        "assert 'eventdesk.money.vouchers' not in sys.modules\n"
        "from eventdesk.money import list_vouchers\n"
        "assert 'eventdesk.money.vouchers' in sys.modules\n"
        "assert 'eventdesk.money.invoices' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_a_door_has_nothing_it_does_not_list() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        opened("eventdesk.money")("nothing")


@pytest.mark.parametrize("packed", [False, True])
def test_a_door_opens_without_its_source(tmp_path: Path, packed: bool) -> None:
    room = tmp_path / "room"
    room.mkdir()
    (room / "chair.py").write_text("def sit() -> str:\n    return 'sits'\n")
    (room / "__init__.py").write_text(
        "from typing import TYPE_CHECKING\n"
        "from eventdesk.core.doors import opened\n"
        "if TYPE_CHECKING:\n"
        "    from room.chair import sit\n"
        "else:\n"
        "    __getattr__ = opened(__name__)\n"
    )
    compileall.compile_dir(room, legacy=True, quiet=1)
    for source in room.glob("*.py"):
        source.unlink()
    place = Path(shutil.make_archive(str(tmp_path / "rooms"), "zip", tmp_path, "room"))
    program = "import room; assert room.sit() == 'sits'; assert not hasattr(room, 'TABLE')"
    path = os.pathsep.join([str(place if packed else tmp_path), os.getcwd()])
    environment = {**os.environ, "PYTHONPATH": path}
    subprocess.run([sys.executable, "-c", program], check=True, env=environment)
