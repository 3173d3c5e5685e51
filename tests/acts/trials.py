"""Every use case tried by every role with things that are there, and its checks taken away."""

import ast
import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field, fields, is_dataclass, replace
from pathlib import Path
from typing import Any, Self
from unittest.mock import patch
from uuid import UUID, uuid4

from sqlalchemy import insert, update

from data.schema import EventRoleRow, EventRow
from data.store import Store
from eventdesk.accounts import at_event, ban, make_admin, who_am_i
from eventdesk.accounts.signing_up import insert_account
from eventdesk.acts import (
    GRANTABLE,
    SYSTEM,
    Act,
    Actor,
    ActorKind,
    Permission,
    Reach,
    Role,
    Steps,
    Verb,
    in_request,
)
from eventdesk.acts import act as act_module
from eventdesk.acts.catalogue import roles_that_may, use_cases
from eventdesk.core.errors import (
    EventDeskError,
    KeptInsideError,
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

    verb: Verb[..., Any]
    who: str
    actor: Actor
    granted: tuple[Permission, ...] = GRANTABLE
    is_banned: bool = False
    is_own: bool = False
    given: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.verb.module}.{self.verb.name} by {self.who}"


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
            role: add_person(store, f"Some {role}", fair.event.id, role)
            for role in (Role.ORGANIZER, Role.COHOST, Role.STAFF)
        }
        people[Role.ATTENDEE] = add_person(store, "Some attendee")
        people[Role.ADMIN] = add_admin(store)
        add_admin(store)
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
            add_person(store, "Somebody else"),
            add_person(store, "A stranger", other.event.id, Role.ORGANIZER),
            make_subjects(fair, people),
        )

    def rights(self, verb: Verb[..., Any]) -> Iterator[Try]:
        """Those who may, with their own or with what they manage."""
        yield from self._rights(verb, verb)
        for variant in self.subjects.variants.get(f"{verb.module}.{verb.name}", ()):
            for one in self._rights(verb, _narrow(verb, variant.permissions)):
                yield replace(one, given=variant.given)

    def _rights(self, verb: Verb[..., Any], needs: Verb[..., Any]) -> Iterator[Try]:
        for role, cell in roles_that_may(needs).items():
            if cell in ("yes", "granted"):
                actor = self.as_known(self.accounts[role], role)
                yield Try(verb, str(role), actor, _grants(needs))
        if needs.own and verb.name not in SELF_ONLY:
            role = OWNERS.get(verb.name, Role.ATTENDEE)
            owner = self.as_known(self.accounts[role], role)
            yield Try(verb, "its owner", owner, is_own=True)

    def wrongs(self, verb: Verb[..., Any]) -> Iterator[Try]:
        """Those who may not: as they are, and with a memory that says they are an admin."""
        yield from self._wrongs(verb, verb)
        for variant in self.subjects.variants.get(f"{verb.module}.{verb.name}", ()):
            for one in self._wrongs(verb, _narrow(verb, variant.permissions)):
                yield replace(one, given=variant.given)

    def _wrongs(self, verb: Verb[..., Any], needs: Verb[..., Any]) -> Iterator[Try]:
        for one in self._outsiders(verb, needs):
            yield one
            grand = replace(one.actor, role=Role.ADMIN, event_id=None, granted=None)
            yield replace(one, who=f"{one.who} who remembers being an admin", actor=grand)
        boss = self.as_known(self.accounts[Role.ADMIN], Role.ADMIN)
        yield Try(verb, "a banned admin", boss, is_banned=True)

    def _outsiders(self, verb: Verb[..., Any], needs: Verb[..., Any]) -> Iterator[Try]:
        permissions = needs.permissions or ()
        for role, cell in roles_that_may(needs).items():
            account_id = self.accounts[role]
            if cell == "own":
                owner = OWNERS.get(verb.name, Role.ATTENDEE)
                if verb.name in SELF_ONLY or role is owner is not Role.ATTENDEE:
                    continue
                if role is Role.ATTENDEE:
                    account_id = self.bystander_id
            elif cell == "granted":
                others = tuple(each for each in GRANTABLE if each not in permissions)
                if others:
                    actor = self.as_known(account_id, role)
                    yield Try(verb, "a co-host without the grant", actor, others)
            if cell in ("", "own"):
                yield Try(verb, str(role), self.as_known(account_id, role))
        if Permission.ATTEND not in permissions and verb.name not in SELF_ONLY:
            known = self._signed_in(self.stranger_id, "A stranger")
            there = at_event(self.store, who_am_i(self.store, known), self.elsewhere_id)
            yield Try(verb, "an organizer elsewhere", there)

    def of_nothing(self, one: Try) -> Try:
        """The same try about things that are not there."""
        given = {**self.subjects.of(one.verb.module, one.verb.name, own=one.is_own), **one.given}
        own = {one.actor.id, self.store.device_id}
        return replace(one, given=_others(given, own))

    def outcome(self, one: Try) -> EventDeskError | None:
        """What comes of a try; None is that it was done. Nothing stays of it but files."""
        over_wire = getattr(one.verb, "reach", None) is not Reach.LOCAL
        with self.prepared(one) as (actor, given), self._left_alone(one):
            try:
                with in_request("a trial") if over_wire else nullcontext():
                    one.verb(self.store, actor.at(EARLY), **given)
            except EventDeskError as error:
                return error
        return None

    @contextmanager
    def _left_alone(self, one: Try) -> Iterator[None]:
        """Make sure that what says it only reads changes no row."""
        before = self._rows_changed()
        yield
        kind = getattr(one.verb, "kind", None)
        assert kind is None or not kind.only_reads or self._rows_changed() == before, one

    def _rows_changed(self) -> int:
        with self.store.read() as connection:
            return int(connection.exec_driver_sql("SELECT total_changes()").scalar_one())

    @contextmanager
    def prepared(self, one: Try) -> Iterator[tuple[Actor, dict[str, Any]]]:
        """Who tries, and with which arguments; what is done meanwhile is taken back."""
        self.put_files(one)
        given = {**self.subjects.of(one.verb.module, one.verb.name, own=one.is_own), **one.given}
        with taken_back(self.store):
            actor = one.actor
            grant(self.store, self.accounts[Role.COHOST], one.granted)
            if actor.role is Role.COHOST:
                actor = replace(actor, granted=frozenset(one.granted))
            if one.is_banned:
                assert one.actor.id is not None
                ban(self.store, SYSTEM.at(EARLY), one.actor.id, reason="A test")
            yield actor, arguments(one.verb, **given)

    def put_files(self, one: Try) -> None:
        """Put back what another try did to files."""
        if one.verb.module == "badge_layouts":
            home, given = self.store.home, self.subjects.special["badge_layouts"]
            put(home, given["name"], self.subjects.layout_text)
            if is_own(home, given["new_name"]):
                take_away(home, given["new_name"])

    def as_known(self, account_id: UUID, role: Role) -> Actor:
        """Somebody signed in, with the role that the store knows at the event."""
        here = who_am_i(self.store, self._signed_in(account_id, f"Some {role}"))
        return here if role is Role.ATTENDEE else at_event(self.store, here, self.event_id)

    def _signed_in(self, account_id: UUID, name: str) -> Actor:
        device_id = self.store.device_id
        return Actor(ActorKind.ACCOUNT, account_id, name, Role.ATTENDEE, device_id)


def add_person(store: Store, name: str, event_id: UUID | None = None, role: str = "") -> UUID:
    with Steps(store, SYSTEM.at(EARLY)).write() as act:
        address = f"{name.replace(' ', '-')}-{uuid4().hex}@example.org".lower()
        account_id = insert_account(act, address, name, secret_hash="unusable")
        if event_id is not None:
            act.connection.execute(
                insert(EventRoleRow).values(event_id=event_id, account_id=account_id, role=role)
            )
    return account_id


def add_admin(store: Store) -> UUID:
    account_id = add_person(store, "An admin")
    make_admin(store, SYSTEM.at(EARLY), account_id)
    return account_id


def _others(given: Any, own: Collection[UUID | None]) -> Any:
    """The same values with ids of nothing in place of what is not one's own."""
    if isinstance(given, UUID):
        return given if given in own else uuid4()
    if isinstance(given, Mapping):
        return {key: _others(each, own) for key, each in given.items()}
    if isinstance(given, list | tuple | set | frozenset):
        return type(given)(_others(each, own) for each in given)
    if is_dataclass(given) and not isinstance(given, type):
        names = [each.name for each in fields(given) if each.init]
        return replace(given, **{name: _others(getattr(given, name), own) for name in names})
    return given


def _grants(needs: Verb[..., Any]) -> tuple[Permission, ...]:
    """What a co-host needs for a use case; any, where it is not a matter of grants."""
    return tuple(each for each in GRANTABLE if each in (needs.permissions or ())) or GRANTABLE


def grant(store: Store, cohost_id: UUID, permissions: tuple[Permission, ...]) -> None:
    with store.write() as connection:
        connection.execute(
            update(EventRoleRow)
            .where(EventRoleRow.account_id == cohost_id)
            .values(permissions=[str(each) for each in permissions])
        )


def is_no(error: EventDeskError | None) -> bool:
    """Whether somebody was refused; who only lacks a supervisor's word was not.

    A stranger is refused as if nothing were there, because of a refusal.
    """
    if error is not None and isinstance(error.__cause__, NotAllowedError):
        return error.__cause__.of_stranger
    return isinstance(error, NotAllowedError) and not isinstance(error, SupervisorNeededError)


def said(error: EventDeskError | None) -> tuple[str, str, str] | None:
    """What an error says; None where there is none."""
    return None if error is None else (error.code, str(error), error.hint)


def is_yes(error: EventDeskError | None) -> bool:
    """Whether somebody may; what is not there, or not done from here, says nothing of that."""
    return not isinstance(error, NotFoundError | KeptInsideError) and not is_no(error)


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
            for name in CHECKS:
                asking = self._asking(getattr(Act, name), refuses=name == "need")
                patches.enter_context(patch.object(Act, name, asking))
            yield self

    def _asking(self, check: Callable[..., Actor], *, refuses: bool) -> Callable[..., Actor]:
        def asked(act: Act, *args: Any, **kwargs: Any) -> Actor:
            caller = sys._getframe(1)
            site = (caller.f_code.co_filename, caller.f_lineno, caller.f_code.co_name)
            if site[0] == ACT_FILE:  # `need` asks `known_at`
                return check(act, *args, **kwargs)
            self.reached.add(site)
            if not self.taken(site):
                return check(act, *args, **kwargs)
            if not refuses:
                return act.actor
            try:
                return check(act, *args, **kwargs)
            except NotAllowedError:
                return act.actor

        return asked


def sites() -> list[Site]:
    """Every place in the use cases that asks for a permission."""
    return [
        (str(path), node.lineno, function.name)
        for path in sorted(FOLDER.rglob("*.py"))
        if str(path) != ACT_FILE
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in CHECKS
        and _is_act(node.func.value)
    ]


def _is_act(node: ast.expr) -> bool:
    """Whether this is an act, or a copy that one makes of itself: `act.by(…)`."""
    while isinstance(node, ast.Call | ast.Attribute):
        node = node.func if isinstance(node, ast.Call) else node.value
    return isinstance(node, ast.Name) and node.id == "act"


def _narrow(verb: Verb[..., Any], permissions: tuple[Permission, ...]) -> Verb[..., Any]:
    """What a use case needs when it is asked for more than the ordinary."""
    return Verb(verb.body, verb.kind, verb.reach, permissions, own=False, about=verb.about)


CHECKS = ("need", "known_at")
ACT_FILE = str(Path(act_module.__file__))
FOLDER = Path(act_module.__file__).parents[1]
