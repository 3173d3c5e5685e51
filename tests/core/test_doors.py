"""The doors of the areas: what they list is there, and nothing is loaded before it is asked for."""

import subprocess
import sys

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
