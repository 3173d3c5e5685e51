"""Teams: who works for an event, in which role, and who owns it."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import Connection, delete, select

from data.rows import AnyRow, count_rows, insert_row, update_row
from data.schema import AccountRow, EventRoleRow, EventRow
from eventdesk.accounts.credential import hash_secret
from eventdesk.accounts.people import Added
from eventdesk.accounts.resets import CODE_LENGTH, insert_code
from eventdesk.accounts.signing_up import account_row, account_with, insert_account, name_of
from eventdesk.accounts.wrong_tries import address_of
from eventdesk.acts import (
    GRANTABLE,
    Act,
    Permission,
    Role,
    Steps,
    event_row,
    granted_of,
    reads,
    role_at_event,
    steps,
    writes,
)
from eventdesk.core.errors import InvalidInputError, NotAllowedError, need_found
from eventdesk.core.ids import new_code
from eventdesk.core.messages import Message, msg

TEAM_ROLES = (Role.ORGANIZER, Role.COHOST, Role.STAFF)
"""What somebody may be in a team, the most first."""


@dataclass(frozen=True, slots=True)
class TeamMember:
    """A member of the team of an event.

    Attributes:
        permissions: What a co-host was allowed; empty for the others.
        is_owner: Whether the event is theirs.
        waits: Whether they have not chosen a password yet.
    """

    account_id: UUID
    name: str
    email: str
    role: Role
    permissions: frozenset[Permission]
    is_owner: bool
    is_banned: bool
    waits: bool


@reads(Permission.EVENT, about="event_id")
def list_team(act: Act, event_id: UUID) -> list[TeamMember]:
    """Read who works for an event: organizers first, then by name."""
    act.need(event_id, Permission.EVENT)
    event_row(act.connection, event_id)
    rows = act.connection.execute(
        _MEMBERS.where(EventRoleRow.event_id == event_id).order_by(
            AccountRow.folded_name, AccountRow.id
        )
    ).all()
    return sorted((_member(row) for row in rows), key=lambda one: TEAM_ROLES.index(one.role))


@steps(Permission.EVENT, about="event_id")
def add_member(
    steps: Steps,
    event_id: UUID,
    *,
    email: str,
    role: Role,
    permissions: Collection[Permission] = (),
    name: str = "",
) -> Added:
    """Take somebody into the team, with the account they have or a new one.

    A new account gets a one-time code with which its person chooses a password.

    Raises:
        InvalidInputError: They are in the team, have a PIN only, or something cannot be used.
    """
    granted = _granted(role, permissions)
    address, code = address_of(email), new_code(CODE_LENGTH)
    kept_hash = hash_secret(code)
    with steps.write() as act:
        act.need(event_id, Permission.EVENT)
        event = event_row(act.connection, event_id)
        account_id = account_with(act.connection, address)
        if account_id is None:
            account_id = insert_account(act, address, name_of(name))
            insert_code(act, account_id, kept_hash)
        else:
            code = ""
            _need_able(act.connection, account_id)
        _need_new(act.connection, event_id, account_id)
        _put(act.connection, event_id, account_id, role, granted)
        title = replace(_AS[role], arguments={"event": event.name})
        body = msg(
            "{name} took you into the team. You can leave it under your profile.",
            name=act.actor.name,
        )
        _tell(act, event_id, account_id, title, body)
        _note(act, "add_member", event_id, account_id, role, granted)
        called = account_row(act.connection, account_id).name
    return Added(account_id, called, code)


@writes(Permission.EVENT, about="event_id")
def change_member(
    act: Act,
    event_id: UUID,
    account_id: UUID,
    *,
    role: Role,
    permissions: Collection[Permission] = (),
) -> None:
    """Give a member of the team another role, or a co-host other permissions; it holds at once.

    Raises:
        NotFoundError: They are not in the team.
        InvalidInputError: They own the event or are its last organizer.
    """
    granted = _granted(role, permissions)
    act.need(event_id, Permission.EVENT)
    event = event_row(act.connection, event_id)
    before = _in_team(act.connection, event_id, account_id)
    if role is not Role.ORGANIZER:
        _need_other_organizer(act.connection, event_id, before)
    _put(act.connection, event_id, account_id, role, granted)
    if before.role is not role:
        title = replace(_AS[role], arguments={"event": event.name})
        _tell(act, event_id, account_id, title, msg("{name} said so.", name=act.actor.name))
    _note(act, "change_member", event_id, account_id, role, granted)


@writes(Permission.EVENT, own=True, about="event_id")
def remove_member(act: Act, event_id: UUID, account_id: UUID) -> None:
    """Take somebody out of the team; people may leave by themselves.

    Raises:
        NotAllowedError: It is somebody else and the actor is no organizer of this event.
        NotFoundError: They are not in the team.
        InvalidInputError: They own the event or are its last organizer.
    """
    act.need(event_id, Permission.EVENT, owner_id=account_id)
    event = event_row(act.connection, event_id)
    before = _in_team(act.connection, event_id, account_id)
    _need_other_organizer(act.connection, event_id, before)
    _take_out(act.connection, event_id, account_id)
    if act.actor.id != account_id:
        title = msg("You are no longer in the team of {event}", event=event.name)
        _tell(act, event_id, account_id, title, msg("{name} said so.", name=act.actor.name))
    _note(act, "remove_member", event_id, account_id, before.role, [])


@writes(Permission.EVENT, about="event_id")
def transfer_event(act: Act, event_id: UUID, account_id: UUID) -> None:
    """Make another member of the team the owner of an event; both are its organizers then.

    Raises:
        NotAllowedError: The actor is neither the owner nor an admin.
        InvalidInputError: The account was closed.
    """
    act.need(event_id, Permission.EVENT)
    event = event_row(act.connection, event_id)
    if event.owner_id != act.actor.id and act.known_at(event_id).role is not Role.ADMIN:
        raise NotAllowedError(
            msg("Only the owner may hand an event over."), hint=msg("Ask the owner, or an admin.")
        )
    member = _in_team(act.connection, event_id, account_id)
    if member.is_banned:
        raise InvalidInputError(msg("This account was closed."), hint=msg("Choose somebody else."))
    _put(act.connection, event_id, account_id, Role.ORGANIZER, [])
    update_row(act.connection, EventRow, event_id, owner_id=account_id)
    title = msg("{event} is yours now", event=event.name)
    _tell(act, event_id, account_id, title, msg("{name} handed it over.", name=act.actor.name))
    _note(act, "transfer_event", event_id, account_id, Role.ORGANIZER, [])


_MEMBERS = (
    select(
        AccountRow.id,
        AccountRow.name,
        AccountRow.email,
        EventRoleRow.role,
        EventRoleRow.permissions,
        (AccountRow.id == EventRow.owner_id).label("is_owner"),
        AccountRow.banned_at,
        AccountRow.secret_hash,
    )
    .join(EventRoleRow, EventRoleRow.account_id == AccountRow.id)
    .join(EventRow, EventRow.id == EventRoleRow.event_id)
    .where(EventRoleRow.role.in_(TEAM_ROLES))
)


def _member(row: AnyRow) -> TeamMember:
    return TeamMember(
        row.id,
        row.name,
        row.email,
        role_at_event(row.role),
        granted_of(row.permissions),
        bool(row.is_owner),
        row.banned_at is not None,
        not row.secret_hash,
    )


def _in_team(connection: Connection, event_id: UUID, account_id: UUID) -> TeamMember:
    """One member of a team."""
    wanted = _MEMBERS.where(EventRoleRow.event_id == event_id, AccountRow.id == account_id)
    row = connection.execute(wanted).one_or_none()
    missing = msg("They are not in the team of this event.")
    return _member(need_found(row, missing, hint=msg("Add them first.")))


def _need_other_organizer(connection: Connection, event_id: UUID, member: TeamMember) -> None:
    """Require that the event keeps its owner and an organizer."""
    if member.is_owner:
        raise InvalidInputError(
            msg("The event is {name}'s.", name=member.name),
            hint=msg("Hand it over to another organizer first."),
        )
    others = count_rows(
        connection,
        EventRoleRow.event_id == event_id,
        EventRoleRow.role == Role.ORGANIZER,
        EventRoleRow.account_id != member.account_id,
    )
    if member.role is Role.ORGANIZER and not others:
        raise InvalidInputError(
            msg("{name} is the last organizer.", name=member.name),
            hint=msg("Make somebody else organizer first."),
        )


def _granted(role: Role, permissions: Collection[Permission]) -> list[str]:
    """The permissions to keep with a role, in the order in which they are offered."""
    if role not in TEAM_ROLES:
        raise InvalidInputError(msg("In a team one is organizer, co-host or staff."))
    if role is not Role.COHOST:
        return []
    granted = [str(each) for each in GRANTABLE if each in permissions]
    if not granted or not set(permissions) <= set(GRANTABLE):
        raise InvalidInputError(
            msg("Choose what the co-host may do."), hint=", ".join(map(str, GRANTABLE))
        )
    return granted


def _need_able(connection: Connection, account_id: UUID) -> None:
    """Require an account that is open and has a password."""
    row = account_row(connection, account_id)
    if row.banned_at is not None:
        raise InvalidInputError(
            msg("This account was closed."), hint=msg("Ask an admin to restore it.")
        )
    if row.secret_kind != "password":
        raise InvalidInputError(
            msg("This person signs in with a PIN; who works for an event needs a password."),
            hint=msg("They choose one under their profile; then add them again."),
        )


def _need_new(connection: Connection, event_id: UUID, account_id: UUID) -> None:
    there = count_rows(
        connection,
        EventRoleRow.event_id == event_id,
        EventRoleRow.account_id == account_id,
        EventRoleRow.role != Role.ATTENDEE,
    )
    if there:
        raise InvalidInputError(
            msg("They are in the team already."), hint=msg("Change their role there.")
        )


def _put(
    connection: Connection, event_id: UUID, account_id: UUID, role: Role, granted: list[str]
) -> None:
    _take_out(connection, event_id, account_id)
    insert_row(
        connection,
        EventRoleRow,
        event_id=event_id,
        account_id=account_id,
        role=role,
        permissions=granted,
    )


def _take_out(connection: Connection, event_id: UUID, account_id: UUID) -> None:
    connection.execute(
        delete(EventRoleRow).where(
            EventRoleRow.event_id == event_id, EventRoleRow.account_id == account_id
        )
    )


def _tell(act: Act, event_id: UUID, account_id: UUID, title: Message, body: Message) -> None:
    subject = ("event", event_id)
    act.tell(account_id, "account", title, body, event_id=event_id, subject=subject)


def _note(
    act: Act, verb: str, event_id: UUID, account_id: UUID, role: Role, granted: list[str]
) -> None:
    subject = ("account", account_id)
    act.record(verb, subject, event_id=event_id, role=role, permissions=granted)


_AS = {
    Role.ORGANIZER: msg("You are an organizer of {event} now"),
    Role.COHOST: msg("You are co-host of {event} now"),
    Role.STAFF: msg("You are staff of {event} now"),
}
