"""Groups as roles: what an admin types."""

import pytest

from eventdesk.core.errors import InvalidInputError
from eventdesk.integrations.oidc.roles import GroupRole, check_roles, read_roles


def test_a_line_names_a_group_and_what_it_is() -> None:
    typed = "door crew = staff at k7qm2x\n\nplanners=organizer at DEMO\nit = admin\n"
    assert read_roles(typed) == [
        GroupRole("door crew", "staff", "K7QM2X"),
        GroupRole("planners", "organizer", "DEMO"),
        GroupRole("it", "admin"),
    ]
    assert check_roles(f" {typed}") == typed.strip()


@pytest.mark.parametrize(
    "line", ["crew", "crew = staff", "crew = boss at X", "= admin", "a = co-host at X"]
)
def test_a_line_that_says_no_role_is_refused(line: str) -> None:
    with pytest.raises(InvalidInputError, match="says no role"):
        check_roles(line)
