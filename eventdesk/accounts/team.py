"""Teams: who works for an event, in which role, and who owns it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import reduce
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, delete, exists, select

from data.rows import AnyRow, count_rows, insert_row, update_row
from data.schema import AccountRow, EventRoleRow, EventRow, NoticeRow
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
from eventdesk.core.messages import Message, kept_text, msg, msg_p

TEAM_ROLES = (Role.ORGANIZER, Role.COHOST, Role.STAFF)
"""What somebody may be in a team, the most first."""


MAY: Final[Mapping[Permission, Message]] = {
    Permission.PROGRAMME: msg_p("permission", "programme"),
    Permission.TICKETS: msg_p("permission", "tickets"),
    Permission.MONEY: msg_p("permission", "money"),
    Permission.DOOR: msg_p("permission", "door"),
    Permission.MESSAGES: msg_p("permission", "messages"),
}
"""Permissions in short."""

NEWS: Final = "team"
"""What a notice is about that tells somebody of their own role in a team."""


@dataclass(frozen=True, slots=True)
class TeamNews:
    """An unread notice of having been taken into a team, or given another role in it."""

    notice_id: UUID
    event_id: UUID
    role: Role
    title: str
    body: str


@dataclass(frozen=True, slots=True)
class TeamMember:
    """A member of the team of an event.

    Attributes:
        permissions: What a co-host was allowed; empty for the others.
        is_owner: Whether the event is theirs.
        waits: Whether they have not chosen a password yet, so never signed in.
        has_seen: Whether they have read that they are in the team.
    """

    account_id: UUID
    name: str
    email: str
    role: Role
    permissions: frozenset[Permission]
    is_owner: bool
    is_banned: bool
    waits: bool
    has_seen: bool = True


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


@reads(Permission.ATTEND)
def team_news(act: Act) -> TeamNews | None:
    """Read the latest unread notice of a team that the signed-in person is in."""
    act.need(None, Permission.ATTEND)
    mine = EventRoleRow.account_id == act.actor.id
    row = act.connection.execute(
        select(NoticeRow.__table__, EventRoleRow.role)
        .join(EventRoleRow, (EventRoleRow.event_id == NoticeRow.event_id) & mine)
        .where(
            NoticeRow.account_id == act.actor.id,
            NoticeRow.read_at.is_(None),
            NoticeRow.subject_kind == NEWS,
            EventRoleRow.role.in_(TEAM_ROLES),
        )
        .order_by(NoticeRow.created_at.desc(), NoticeRow.id.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    title, body = kept_text(row.said, "title", row.title), kept_text(row.said, "body", row.body)
    return TeamNews(row.id, row.event_id, role_at_event(row.role), title, body)


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
            "{name} took you into the team. You may: {may}. You can leave it under your profile.",
            name=act.actor.name,
            may=may_words(role, granted),
        )
        _tell(act, event_id, account_id, title, body)
        _note(act, "add_member", event_id, account_id, role, granted)
        called = account_row(act.connection, account_id).name
    return Added(account_id, called, code)


@steps(Permission.EVENT, about="event_id")
def renew_code(steps: Steps, event_id: UUID, account_id: UUID) -> str:
    """Make another one-time code for a member of the team who has not chosen a password yet.

    Only for an account that came into being by this team: whoever gets the code has the account.

    Raises:
        NotFoundError: They are not in the team.
        InvalidInputError: They chose a password, are an admin, have a role elsewhere, or had
            their account before.
    """
    code = new_code(CODE_LENGTH)
    kept_hash = hash_secret(code)
    with steps.write() as act:
        act.need(event_id, Permission.EVENT)
        event_row(act.connection, event_id)
        member = _in_team(act.connection, event_id, account_id)
        elsewhere = count_rows(
            act.connection, EventRoleRow.account_id == account_id, EventRoleRow.event_id != event_id
        )
        account = account_row(act.connection, account_id)
        theirs = _made_here(act.connection, event_id, account) and not account.is_admin
        if not member.waits or member.is_banned or elsewhere or not theirs:
            raise InvalidInputError(
                msg("{name} needs no code from here.", name=member.name),
                hint=msg("Whoever forgot a password asks for a code at the sign-in."),
            )
        insert_code(act, account_id, kept_hash)
        act.record("renew_code", ("account", account_id), event_id=event_id)
    return code


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
        body = msg(
            "{name} said so. You may: {may}.", name=act.actor.name, may=may_words(role, granted)
        )
        _tell(act, event_id, account_id, title, body)
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


def may_words(role: Role, granted: Collection[str]) -> Message:
    """What somebody in this role may do, in short."""
    if role is Role.ORGANIZER:
        return msg("everything")
    if role is Role.STAFF:
        return msg("check people in")
    words = [MAY[each] for each in GRANTABLE if each in granted]
    return reduce(lambda some, more: msg("{some}, {more}", some=some, more=more), words)


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
        exists()
        .where(
            NoticeRow.account_id == AccountRow.id,
            NoticeRow.event_id == EventRoleRow.event_id,
            NoticeRow.subject_kind == NEWS,
            NoticeRow.read_at.is_(None),
        )
        .label("is_news"),
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
        not row.is_news,
    )


def _in_team(connection: Connection, event_id: UUID, account_id: UUID) -> TeamMember:
    """One member of a team."""
    wanted = _MEMBERS.where(EventRoleRow.event_id == event_id, AccountRow.id == account_id)
    row = connection.execute(wanted).one_or_none()
    missing = msg("They are not in the team of this event.")
    return _member(need_found(row, missing, hint=msg("Add them first.")))


def _made_here(connection: Connection, event_id: UUID, account: AnyRow) -> bool:
    """Whether an account was made by the very act that took its person into this team."""
    return bool(
        count_rows(
            connection,
            NoticeRow.account_id == account.id,
            NoticeRow.event_id == event_id,
            NoticeRow.created_at == account.created_at,
        )
    )


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
    subject = (NEWS, event_id)
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
