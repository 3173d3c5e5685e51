"""Which groups of a provider are which roles here: what an admin typed, line by line.

door-crew = staff at K7QM2X
planners = organizer at K7QM2X
it = admin
"""

import re
from dataclasses import dataclass
from typing import Final

from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import msg
from eventdesk.core.typed_text import page

ROLES: Final = ("staff", "organizer")
"""Roles at an event that a group may be; a co-host's permissions are granted one by one."""

_LINE: Final = re.compile(
    r"(?P<group>.+?)\s*=\s*(?:(?P<admin>admin)|(?P<role>\w+)\s+at\s+(?P<at>\S+))"
)


@dataclass(frozen=True, slots=True)
class GroupRole:
    """What one group is here.

    Attributes:
        role: `admin`, or one of `ROLES`.
        event_code: The event; "" is the house, for an admin.
    """

    group: str
    role: str
    event_code: str = ""


def read_roles(text: str) -> list[GroupRole]:
    """Read what was typed.

    >>> read_roles("door crew = staff at K7QM2X")
    [GroupRole(group='door crew', role='staff', event_code='K7QM2X')]

    Raises:
        InvalidInputError: A line makes no sense.
    """
    return [_read(line.strip()) for line in text.splitlines() if line.strip()]


def _read(line: str) -> GroupRole:
    found = _LINE.fullmatch(line)
    if found is None or (found["role"] or ROLES[0]) not in ROLES:
        raise InvalidInputError(
            msg("This line says no role: {line}", line=line[:80]),
            hint=msg("Such as: door-crew = staff at K7QM2X, or: it = admin. Roles: {roles}.",
                     roles=", ".join((*ROLES, "admin"))),
        )  # fmt: skip
    if found["admin"]:
        return GroupRole(found["group"], "admin")
    return GroupRole(found["group"], found["role"], found["at"].upper())


def check_roles(text: str) -> str:
    """Check what was typed, and trim it.

    Raises:
        InvalidInputError: A line makes no sense.
    """
    clean = page(text or "", msg("Roles of groups"))
    read_roles(clean)
    return clean
