"""Every use case tried by every role with things that are there, and its checks taken away."""

import ast
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self
from unittest.mock import patch
from uuid import UUID, uuid4

from sqlalchemy import Connection, insert, update

from data.schema import EventRoleRow, EventRow
from data.store import Store
from eventdesk.accounts.bans import ban, make_admin
from eventdesk.accounts.sign_in import at_event, standing
from eventdesk.accounts.sign_up import insert_account
from eventdesk.acts import permission
from eventdesk.acts.actor import GRANTABLE, SYSTEM, Actor, ActorKind, Permission, Role
from eventdesk.acts.catalogue import AREAS, use_cases
from eventdesk.acts.permission import Allowed, at, need_here, roles_that_may
from eventdesk.core.errors import (
    EventDeskError,
    NotAllowedError,
    NotFoundError,
    SupervisorNeededError,
)
from eventdesk.printing.layout_files import is_own, put, take_away
from tests.acts.dummies import arguments
from tests.acts.subjects import Subjects, make_subjects
from tests.build import empty_store, make_fair
from tests.door.undoing import taken_back
from tests.orders import EARLY

SELF_ONLY = {"change_profile", "at_event"}
"""What is one's own here is whoever asks, so that nobody else can be named."""

OWNERS = {"remove_member": Role.STAFF, "set_desk_pin": Role.ORGANIZER}
"""Whose the subject is, where it is not the attendee's."""

Site = tuple[str, int, str]
"""Where a check is asked for: file, line and function."""


@dataclass(frozen=True)
class Try:
    """Somebody who tries a use case.

    Attributes:
        who: In words.
        actor: As they are in memory; the store may know better.
        granted: What the co-host is granted meanwhile.
        is_banned: Whether the account is closed meanwhile.
        is_own: Whether it is about what is theirs.
        given: What it is tried with instead of the ordinary.
    """

    use_case: Callable[..., Any]
    line: Allowed
    who: str
    actor: Actor
    granted: tuple[Permission, ...] = GRANTABLE
    is_banned: bool = False
    is_own: bool = False
    given: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.line.module}.{self.line.verb} by {self.who}"


@dataclass(frozen=True)
class House:
    """A store with two events, an account for each role at one, and something of each kind."""

    store: Store
    event_id: UUID
    elsewhere_id: UUID
    accounts: dict[Role, UUID]
    bystander_id: UUID
    stranger_id: UUID
    subjects: Subjects

    @classmethod
    def build(cls, home: Path) -> Self:
        """Make it in a fresh folder."""
        store = empty_store(home)
        fair, other = make_fair(store), make_fair(store, "Elsewhere")
        people = {
            role: _add_person(store, f"Some {role}", fair.event.id, role)
            for role in (Role.ORGANIZER, Role.COHOST, Role.STAFF)
        }
        people[Role.ATTENDEE] = _add_person(store, "Some attendee")
        people[Role.ADMIN] = _add_admin(store)
        _add_admin(store)
        with store.write() as connection:
            connection.execute(
                update(EventRow)
                .where(EventRow.id == fair.event.id)
                .values(owner_id=people[Role.ORGANIZER])
            )
        for number, account_id in enumerate(people.values()):
            fair.sell(f"Somebody {number}", account_id=account_id)
        return cls(
            store,
            fair.event.id,
            other.event.id,
            people,
            _add_person(store, "Somebody else"),
            _add_person(store, "A stranger", other.event.id, Role.ORGANIZER),
            make_subjects(fair, people),
        )

    def rights(self, use_case: Callable[..., Any], line: Allowed) -> Iterator[Try]:
        """Those who may, with their own or with what they manage."""
        yield from self._rights(use_case, line)
        for variant in self.subjects.variants.get(f"{line.module}.{line.verb}", ()):
            narrow = replace(line, permissions=variant.permissions, own=False)
            for one in self._rights(use_case, narrow):
                yield replace(one, given=variant.given)

    def _rights(self, use_case: Callable[..., Any], line: Allowed) -> Iterator[Try]:
        for role, cell in roles_that_may(line).items():
            if cell in ("yes", "granted"):
                actor = self._as_known(self.accounts[role], role)
                yield Try(use_case, line, str(role), actor, _grants(line))
        if line.own and line.verb not in SELF_ONLY:
            role = OWNERS.get(line.verb, Role.ATTENDEE)
            owner = self._as_known(self.accounts[role], role)
            yield Try(use_case, line, "its owner", owner, is_own=True)

    def wrongs(self, use_case: Callable[..., Any], line: Allowed) -> Iterator[Try]:
        """Those who may not: as they are, and with a memory that says they are an admin."""
        yield from self._wrongs(use_case, line)
        for variant in self.subjects.variants.get(f"{line.module}.{line.verb}", ()):
            narrow = replace(line, permissions=variant.permissions, own=False)
            for one in self._wrongs(use_case, narrow):
                yield replace(one, given=variant.given)

    def _wrongs(self, use_case: Callable[..., Any], line: Allowed) -> Iterator[Try]:
        for one in self._outsiders(use_case, line):
            yield one
            grand = replace(one.actor, role=Role.ADMIN, event_id=None, granted=None)
            yield replace(one, who=f"{one.who} who remembers being an admin", actor=grand)
        boss = self._as_known(self.accounts[Role.ADMIN], Role.ADMIN)
        yield Try(use_case, line, "a banned admin", boss, is_banned=True)

    def _outsiders(self, use_case: Callable[..., Any], line: Allowed) -> Iterator[Try]:
        for role, cell in roles_that_may(line).items():
            account_id = self.accounts[role]
            if cell == "own":
                owner = OWNERS.get(line.verb, Role.ATTENDEE)
                if line.verb in SELF_ONLY or role is owner is not Role.ATTENDEE:
                    continue
                if role is Role.ATTENDEE:
                    account_id = self.bystander_id
            elif cell == "granted":
                others = tuple(each for each in GRANTABLE if each not in line.permissions)
                if others:
                    actor = self._as_known(account_id, role)
                    yield Try(use_case, line, "a co-host without the grant", actor, others)
            if cell in ("", "own"):
                yield Try(use_case, line, str(role), self._as_known(account_id, role))
        if Permission.ATTEND not in line.permissions and line.verb not in SELF_ONLY:
            known = self._signed_in(self.stranger_id, "A stranger")
            there = at_event(self.store, standing(self.store, known), self.elsewhere_id)
            yield Try(use_case, line, "an organizer elsewhere", there)

    def outcome(self, one: Try) -> EventDeskError | None:
        """What comes of a try; None is that it was done. Nothing stays of it but files."""
        self._put_files(one)
        given = {
            **self.subjects.of(one.line.module, one.line.verb, own=one.is_own),
            **one.given,
        }
        with taken_back(self.store):
            actor = one.actor
            _grant(self.store, self.accounts[Role.COHOST], one.granted)
            if actor.role is Role.COHOST:
                actor = replace(actor, granted=frozenset(one.granted))
            if one.is_banned:
                assert one.actor.id is not None
                ban(self.store, SYSTEM, one.actor.id, reason="A test", now=EARLY)
            try:
                one.use_case(self.store, actor, **arguments(one.use_case, **given))
            except EventDeskError as error:
                return error
        return None

    def _put_files(self, one: Try) -> None:
        """Put back what another try did to files."""
        if one.line.module == "badge_layouts":
            home, given = self.store.home, self.subjects.special["badge_layouts"]
            put(home, given["name"], self.subjects.layout_text)
            if is_own(home, given["new_name"]):
                take_away(home, given["new_name"])

    def _as_known(self, account_id: UUID, role: Role) -> Actor:
        here = standing(self.store, self._signed_in(account_id, f"Some {role}"))
        return here if role is Role.ATTENDEE else at_event(self.store, here, self.event_id)

    def _signed_in(self, account_id: UUID, name: str) -> Actor:
        device_id = self.store.device_id
        return Actor(ActorKind.ACCOUNT, account_id, name, Role.ATTENDEE, device_id)


def _add_person(store: Store, name: str, event_id: UUID | None = None, role: str = "") -> UUID:
    with store.write() as connection:
        address = f"{name.replace(' ', '-')}-{uuid4().hex}@example.org".lower()
        account_id = insert_account(connection, address, name, "password", "unusable", EARLY)
        if event_id is not None:
            connection.execute(
                insert(EventRoleRow).values(event_id=event_id, account_id=account_id, role=role)
            )
    return account_id


def _add_admin(store: Store) -> UUID:
    account_id = _add_person(store, "An admin")
    make_admin(store, SYSTEM, account_id, now=EARLY)
    return account_id


def _grants(line: Allowed) -> tuple[Permission, ...]:
    """What a co-host needs for a use case; any, where it is not a matter of grants."""
    return tuple(each for each in GRANTABLE if each in line.permissions) or GRANTABLE


def _grant(store: Store, cohost_id: UUID, permissions: tuple[Permission, ...]) -> None:
    with store.write() as connection:
        connection.execute(
            update(EventRoleRow)
            .where(EventRoleRow.account_id == cohost_id)
            .values(permissions=[str(each) for each in permissions])
        )


def is_no(error: EventDeskError | None) -> bool:
    """Whether somebody was refused; who only lacks a supervisor's word was not."""
    return isinstance(error, NotAllowedError) and not isinstance(error, SupervisorNeededError)


def is_yes(error: EventDeskError | None) -> bool:
    """Whether somebody may; a thing that is not there says nothing about that."""
    return not isinstance(error, NotFoundError) and not is_no(error)


class Checks:
    """The places that ask for a permission: which were reached, and which are taken away."""

    def __init__(self) -> None:
        """Take none away yet."""
        self.reached: set[Site] = set()
        self.taken: Callable[[Site], bool] = lambda site: False

    @contextmanager
    def watched(self) -> Iterator[Self]:
        """Notice who asks, everywhere."""
        list(use_cases())  # all modules are loaded then
        with ExitStack() as patches:
            for name, module in list(sys.modules.items()):
                if (
                    name.startswith(tuple(f"eventdesk.{area}." for area in AREAS))
                    and module is not permission
                ):
                    for check in (need_here, at):
                        if getattr(module, check.__name__, None) is check:
                            patches.enter_context(
                                patch.object(module, check.__name__, self._asking(check))
                            )
            yield self

    def _asking(self, check: Callable[..., Actor]) -> Callable[..., Actor]:
        def asked(connection: Connection, actor: Actor, *args: Any, **kwargs: Any) -> Actor:
            caller = sys._getframe(1)
            site = (caller.f_code.co_filename, caller.f_lineno, caller.f_code.co_name)
            self.reached.add(site)
            if not self.taken(site):
                return check(connection, actor, *args, **kwargs)
            if check is at:
                return actor
            try:
                return check(connection, actor, *args, **kwargs)
            except NotAllowedError:
                return actor

        return asked


def sites() -> list[Site]:
    """Every place in the use cases that asks for a permission."""
    found = []
    for path in sorted(FOLDER.rglob("*.py")):
        if path == Path(permission.__file__):
            continue
        nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
        checks = {
            name.name
            for node in nodes
            if isinstance(node, ast.ImportFrom) and node.module == permission.__name__
            for name in node.names
        } & {need_here.__name__, at.__name__}
        found += [
            (str(path), node.lineno, function.name)
            for function in nodes
            if isinstance(function, ast.FunctionDef)
            for node in ast.walk(function)
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in checks
        ]
    return found


FOLDER = Path(permission.__file__).parent
