"""Roles by the groups of a provider: given and taken away at each sign-in.

Only roles that the mapping names are given, and only those that were given so are taken away: what
the team or an admin gave by hand stays. A link notes what it gave, as `staff ID-of-event`.
"""

from collections.abc import Collection, Iterator
from typing import Final
from uuid import UUID

from sqlalchemy import delete, select

from data.rows import AnyRow, count_rows, insert_row, update_row
from data.schema import AccountRow, EventRoleRow, EventRow, LinkedIdentityRow
from eventdesk.accounts.resets import admins
from eventdesk.acts import Act, Role
from eventdesk.integrations.oidc.roles import read_roles

ADMIN: Final = "admin"
_HIGHER_FIRST: Final = (Role.ORGANIZER.value, Role.STAFF.value)


def follow_groups(
    act: Act, account: AnyRow, link: AnyRow, *, groups: Collection[str], mapping: str
) -> None:
    """Bring the roles that came by a link up to the groups its person is in now.

    Args:
        account: The person's.
        link: The link, with what it gave before.
        groups: As the provider calls them.
        mapping: What an admin typed; see `read_roles`.
    """
    wanted = set(_wanted(act, groups, mapping)) if account.secret_kind == "password" else set()
    before = set(link.given)
    kept = {each for each in before - wanted if not _take(act, account, each)}
    given = {each for each in wanted - before if _give(act, account, each)}
    now = (before & wanted) | kept | given
    if now != before:
        update_row(act.connection, LinkedIdentityRow, link.id, given=sorted(now))


def named_groups(groups: Collection[str], *, mapping: str) -> list[str]:
    """Those of the groups that the mapping names: all that a browser needs to carry."""
    return sorted({each.group for each in read_roles(mapping)} & set(groups))


def _wanted(act: Act, groups: Collection[str], mapping: str) -> Iterator[str]:
    """What the groups are here; at one event the highest role alone."""
    by_event: dict[UUID, set[str]] = {}
    for each in read_roles(mapping):
        if each.group not in groups:
            continue
        if each.role == ADMIN:
            yield ADMIN
            continue
        code = select(EventRow.id).where(EventRow.code == each.event_code)
        for event_id in act.connection.execute(code).scalars():
            by_event.setdefault(event_id, set()).add(each.role)
    for event_id, roles in by_event.items():
        yield f"{next(each for each in _HIGHER_FIRST if each in roles)} {event_id}"


def _give(act: Act, account: AnyRow, what: str) -> bool:
    """Give a role, unless somebody gave one already."""
    if what == ADMIN:
        if account.is_admin:
            return False
        update_row(act.connection, AccountRow, account.id, is_admin=True)
        act.as_system().record("make_admin", ("account", account.id), by="group")
        return True
    role, event_id = _read(what)
    if _role(act, account.id, event_id) is not None:
        return False
    insert_row(
        act.connection,
        EventRoleRow,
        event_id=event_id,
        account_id=account.id,
        role=role,
        permissions=[],
    )
    subject = ("account", account.id)
    act.as_system().record("add_member", subject, event_id=event_id, role=role, by="group")
    return True


def _take(act: Act, account: AnyRow, what: str) -> bool:
    """Take a role away that was given so; False where it has to stay for now."""
    if what == ADMIN:
        if not account.is_admin:
            return True
        if not set(admins(act.connection)) - {account.id}:
            return False  # nobody else could look after the house
        update_row(act.connection, AccountRow, account.id, is_admin=False)
        act.as_system().record("end_admin", ("account", account.id), by="group")
        return True
    role, event_id = _read(what)
    if _role(act, account.id, event_id) != role:
        return True  # somebody gave another one by hand
    if _is_needed(act, account.id, event_id, role):
        return False
    act.connection.execute(
        delete(EventRoleRow).where(
            EventRoleRow.event_id == event_id, EventRoleRow.account_id == account.id
        )
    )
    subject = ("account", account.id)
    act.as_system().record("remove_member", subject, event_id=event_id, role=role, by="group")
    return True


def _is_needed(act: Act, account_id: UUID, event_id: UUID, role: str) -> bool:
    """Whether the event is theirs, or has no other organizer."""
    owned = count_rows(act.connection, EventRow.id == event_id, EventRow.owner_id == account_id)
    others = count_rows(
        act.connection,
        EventRoleRow.event_id == event_id,
        EventRoleRow.role == Role.ORGANIZER,
        EventRoleRow.account_id != account_id,
    )
    return bool(owned) or (role == Role.ORGANIZER and not others)


def _role(act: Act, account_id: UUID, event_id: UUID) -> str | None:
    wanted = select(EventRoleRow.role).where(
        EventRoleRow.event_id == event_id, EventRoleRow.account_id == account_id
    )
    return act.connection.execute(wanted).scalar_one_or_none()


def _read(what: str) -> tuple[str, UUID]:
    role, _, event_id = what.partition(" ")
    return role, UUID(event_id)
