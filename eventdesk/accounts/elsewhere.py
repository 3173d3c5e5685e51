"""Sign-in by a provider elsewhere: who comes back is somebody we know, could be, or is new.

A person at a provider is linked to an account once its owner said so: with the password, or while
signed in. An address alone links nothing. On the way people carry sealed notes: where they went
and came back from, and who the provider says they are. Nothing of it lies in the store before
they are in. No call is made inside a transaction.
"""

import secrets
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import select

from data.rows import AnyRow, insert_row, update_row
from data.schema import LinkedIdentityRow
from data.store import Store
from eventdesk.accounts.carried_notes import read_lasting, write_lasting
from eventdesk.accounts.group_roles import follow_groups, named_groups
from eventdesk.accounts.second_step import second_step_of
from eventdesk.accounts.signing_in import actor_of, need_open, pass_second_step, verify
from eventdesk.accounts.signing_up import account_row, account_with, insert_account, name_of
from eventdesk.accounts.web_sessions import NewWebSession, begin_session
from eventdesk.accounts.wrong_tries import address_of
from eventdesk.acts import (
    SYSTEM,
    Act,
    Actor,
    Permission,
    ReadingSteps,
    Steps,
    reads,
    reads_in_steps,
    steps,
    writes,
)
from eventdesk.core.errors import InvalidInputError, SignInError, need_found
from eventdesk.core.ids import new_id
from eventdesk.core.messages import msg
from eventdesk.core.plain_text import plain
from eventdesk.integrations.oidc.identity import Identity, Trip
from eventdesk.integrations.oidc.kind import provider_of
from eventdesk.services import SetUp, services_of

KIND: Final = "oidc"
AWAY: Final = timedelta(minutes=15)
"""How long somebody may stay at a provider."""

BACK: Final = timedelta(minutes=10)
"""How long they may take to confirm afterwards."""

_TRIP, _PROOF, _DEVICE = "trip elsewhere", "proof from elsewhere", "device elsewhere"


@dataclass(frozen=True, slots=True)
class WayElsewhere:
    """A provider that people may sign in with."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Departure:
    """Where a browser is led.

    Attributes:
        note: What the browser keeps until it is back.
    """

    address: str
    note: str


class Arrived(StrEnum):
    """Who came back from a provider."""

    LINKED = "linked"
    """Somebody whose account is linked."""

    KNOWN = "known"
    """There is an account with the address, which its owner has to confirm."""

    NEW = "new"
    """Nobody has an account with this address, which the provider made sure of."""

    STRANGER = "stranger"
    """Nothing tells whose account it is; who is signed in may link it."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody who came back.

    Attributes:
        account_id: Whose account is linked; None where none is.
        provider: What it is called here.
        note: What proves it for some minutes.
        onward: Where they wanted to go.
    """

    who: Arrived
    account_id: UUID | None
    name: str
    email: str
    provider: str
    note: str
    onward: str = ""


@dataclass(frozen=True, slots=True)
class DeviceOffer:
    """What is shown to somebody who signs in with another device.

    Attributes:
        typed: What is typed there.
        address: Where.
        scanned: The same as a QR code says it.
        note: Asks whether it was done.
    """

    typed: str
    address: str
    scanned: str
    expires_at: datetime
    interval_s: int
    note: str


@dataclass(frozen=True, slots=True)
class Link:
    """A person at a provider, linked to an account.

    Attributes:
        issuer: The provider, as it writes itself.
        email: As the provider told it.
        used_at: When somebody signed in with it last, aware UTC.
    """

    id: UUID
    issuer: str
    email: str
    linked_at: datetime
    used_at: datetime | None


@reads(public=True)
def ways_elsewhere(act: Act) -> list[WayElsewhere]:
    """List the providers that people may sign in with."""
    return [WayElsewhere(each.id, _name(each)) for each in services_of(act.store, SYSTEM, KIND)]


@reads_in_steps(public=True)
def set_out(steps: ReadingSteps, service_id: UUID, *, back: str, onward: str = "") -> Departure:
    """Lead somebody to a provider.

    Args:
        service_id: The provider.
        back: Where it leads back to.
        onward: Where they want to go afterwards.

    Raises:
        NotFoundError: There is no such provider.
        ServiceError: It does not answer.
    """
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    trip = Trip(state, nonce, verifier, back)
    service = _service(steps.store, service_id)
    address = provider_of(service.values).address(trip)
    said = {**asdict(trip), "service": str(service_id), "onward": onward}
    return Departure(address, write_lasting(steps, _TRIP, said, AWAY))


@steps(public=True)
def come_back(
    steps: Steps, note: str, *, state: str, code: str, issuer: str = "", error: str = ""
) -> Arrival:
    """Find out who came back from a provider.

    Args:
        note: What the browser kept.
        state: What came back with the code.
        code: What the provider says who it is for.
        issuer: As the provider calls itself, if it did.
        error: Its word for what went wrong, in place of a code.

    Raises:
        SignInError: The browser did not set out, it took too long, or it was given up.
        ServiceError: The provider does not answer, or proves nothing.
    """
    said = read_lasting(steps, _TRIP, note)
    if said is None or not secrets.compare_digest(said["state"].encode(), state.encode()):
        raise SignInError(
            msg("This browser has not set out for this sign-in, or too long ago."),
            hint=msg("Begin again, and let the browser keep cookies."),
        )
    service, onward = _service(steps.store, UUID(said.pop("service"))), said.pop("onward")
    provider, trip = provider_of(service.values), Trip(**said)
    if not provider.came_from(issuer):
        raise SignInError(
            msg("Another provider answered than was asked."), hint=msg("Begin again.")
        )
    if error or not code:
        word = plain(error, limit=60)
        raise SignInError(
            msg("The provider did not sign you in ({word}).", word=word),
            hint=msg("Begin again, or sign in with your password."),
        )
    return _arrival(steps, service, provider.identity(code, trip, now=steps.now), onward)


@reads_in_steps(public=True)
def offer_device(steps: ReadingSteps, service_id: UUID) -> DeviceOffer:
    """Begin a sign-in with another device (RFC 8628).

    Raises:
        NotFoundError: There is no such provider.
        ServiceError: It does not answer, or knows no such sign-in.
    """
    given = provider_of(_service(steps.store, service_id).values).device_code()
    lasts = timedelta(seconds=given.expires_s)
    note = write_lasting(steps, _DEVICE, {"code": given.code, "service": str(service_id)}, lasts)
    until = steps.now + lasts
    return DeviceOffer(given.typed, given.address, given.scanned, until, given.interval_s, note)


@steps(public=True)
def ask_device(steps: Steps, note: str) -> Arrival | None:
    """Ask whether somebody signed in with another device; None while nobody has.

    Raises:
        SignInError: It is over.
        ServiceError: It was refused, or the provider does not answer.
    """
    said = read_lasting(steps, _DEVICE, note)
    if said is None:
        raise SignInError(msg("This sign-in is over."), hint=msg("Begin again."))
    service = _service(steps.store, UUID(said["service"]))
    identity = provider_of(service.values).by_device(said["code"], now=steps.now)
    return None if identity is None else _arrival(steps, service, identity)


@steps(public=True)
def sign_in_elsewhere(steps: Steps, note: str, *, secret: str = "", code: str = "") -> Actor:
    """Sign in who came back from a provider.

    Who is new gets an account as attendee. Where there is an account with their address, it is
    linked once they say its PIN or password.

    Args:
        note: What `come_back` or `ask_device` gave.
        secret: Of the account that is to be linked.
        code: Of the app, or a recovery code, where a second step is set up.

    Raises:
        SignInError: Wrong, over, locked for a while, or closed by an admin.
        CodeNeededError: A code is needed, too.
        InvalidInputError: There is no account for them, and none is made.
        NotFoundError: The provider is not set up any more.
    """
    return actor_of(steps, _entered(steps, note, secret, code))


@steps(public=True)
def start_session_elsewhere(
    steps: Steps,
    note: str,
    *,
    secret: str = "",
    code: str = "",
    browser: str = "",
    instead_of: str = "",
) -> NewWebSession:
    """Sign in who came back from a provider, as `sign_in_elsewhere`, and begin a session.

    Args:
        note: What `come_back` gave.
        secret: Of the account that is to be linked.
        code: Of the app, or a recovery code, where a second step is set up.
        browser: What the browser calls itself.
        instead_of: The secret of a session the browser had; it ends.

    Raises:
        SignInError: Wrong, over, locked for a while, or closed by an admin.
        CodeNeededError: A code is needed, too.
        InvalidInputError: There is no account for them, and none is made.
    """
    actor = actor_of(steps, _entered(steps, note, secret, code))
    return begin_session(steps, actor, browser=browser, instead_of=instead_of)


@reads(public=True)
def arrival(act: Act, note: str) -> Arrival:
    """Say again who came back.

    Raises:
        SignInError: It is over.
    """
    identity, service, onward = _proved(Steps(act.store, act.actor.at(act.now)), note)
    return _as_arrival(act, service, identity, note, onward)


@writes(Permission.ATTEND)
def link_elsewhere(act: Act, note: str) -> Link:
    """Link who came back from a provider to the account of who is signed in.

    Raises:
        SignInError: It is over.
        InvalidInputError: Another account has this link.
    """
    act.need(None, Permission.ATTEND)
    account_id = need_found(act.actor.id, msg("There is no such account."))
    identity, service, _onward = _proved(Steps(act.store, act.actor.at(act.now)), note)
    row = _linked(act, identity)
    if row is not None and row.account_id != account_id:
        raise InvalidInputError(
            msg("This sign-in is linked with another account."),
            hint=msg("Sign in with it, and end the link there first."),
        )
    link_id = _link(act, account_id, identity, service) if row is None else row.id
    return next(each for each in _links(act, account_id) if each.id == link_id)


@reads(Permission.ATTEND)
def my_links(act: Act) -> list[Link]:
    """List with what else who asks can sign in."""
    who = act.need(None, Permission.ATTEND)
    return [] if who.id is None else _links(act, who.id)


@writes(own=True)
def end_link(act: Act, link_id: UUID) -> None:
    """End a link of one's own; roles that came by its groups go with it.

    Raises:
        NotFoundError: There is no such link.
        InvalidInputError: They could not sign in any more.
    """
    wanted = select(LinkedIdentityRow.__table__).where(LinkedIdentityRow.id == link_id)
    row = need_found(act.connection.execute(wanted).one_or_none(), msg("There is no such sign-in."))
    act.need(None, owner_id=row.account_id)
    account = account_row(act.connection, row.account_id)
    if not account.secret_hash and len(_links(act, account.id)) == 1:
        raise InvalidInputError(
            msg("You could not sign in any more."),
            hint=msg("Choose a password first: ask an administrator for a one-time code."),
        )
    follow_groups(act, account, row, groups=(), mapping="")
    act.connection.execute(
        LinkedIdentityRow.__table__.delete().where(LinkedIdentityRow.id == link_id)
    )
    act.record("end_link", ("account", account.id), issuer=row.issuer)


def _entered(steps: Steps, note: str, secret: str, code: str) -> AnyRow:
    """The account of who came back, linked from now on if it was not."""
    identity, service, onward = _proved(steps, note)
    with steps.read() as act:
        came = _as_arrival(act, service, identity, note, onward)
    if came.who is Arrived.LINKED:
        return _known_again(steps, came, identity, service, code)
    if came.who is Arrived.STRANGER:
        raise _stranger(identity)
    is_known = came.who is Arrived.KNOWN
    account_id = verify(steps, came.email, secret, code=code).id if is_known else None
    with steps.write() as act:
        account_id = account_id or _new_account(act, identity)
        _link(act, account_id, identity, service)
        return account_row(act.connection, account_id)


def _known_again(
    steps: Steps, came: Arrival, identity: Identity, service: SetUp, code: str
) -> AnyRow:
    """Let in who is linked; their roles follow the groups they are in now."""
    with steps.write() as act:
        account = account_row(act.connection, came.account_id)
        need_open(account)
        row = need_found(_linked(act, identity), msg("There is no such sign-in."))
        values = {"used_at": act.now, "email": identity.email}
        update_row(act.connection, LinkedIdentityRow, row.id, **values)
        follow_groups(act, account, row, groups=identity.groups, mapping=_mapping(service))
        has_step = second_step_of(act.connection, account.id) is not None
        act.record("sign_in_elsewhere", ("account", account.id), issuer=identity.issuer)
        account = account_row(act.connection, account.id)
    if has_step:
        pass_second_step(steps, account, code)
    return account


def _new_account(act: Act, identity: Identity) -> UUID:
    """Make the account of somebody new; whoever was quicker with the address keeps it."""
    address = address_of(identity.email)
    if account_with(act.connection, address) is not None:
        raise SignInError(msg("This sign-in is over."), hint=msg("Begin again."))
    name = plain(identity.name or address.partition("@")[0], limit=100)
    account_id = insert_account(act, address, name_of(name))
    act.as_system().record("sign_up", ("account", account_id), issuer=identity.issuer)
    return account_id


def _link(act: Act, account_id: UUID, identity: Identity, service: SetUp) -> UUID:
    """Link a person at a provider to an account, which is told."""
    link_id = new_id()
    insert_row(
        act.connection,
        LinkedIdentityRow,
        id=link_id,
        account_id=account_id,
        issuer=identity.issuer,
        subject=identity.subject,
        email=identity.email,
        given=[],
        linked_at=act.now,
        used_at=act.now,
    )
    account = account_row(act.connection, account_id)
    row = need_found(_linked(act, identity), msg("There is no such sign-in."))
    follow_groups(act, account, row, groups=identity.groups, mapping=_mapping(service))
    title = msg("You can sign in with {provider} from now on", provider=_name(service))
    act.tell(account_id, "account", title, msg("If it was not you, tell an admin."))
    act.record("link_elsewhere", ("account", account_id), issuer=identity.issuer)
    return link_id


def _arrival(steps: ReadingSteps, service: SetUp, identity: Identity, onward: str = "") -> Arrival:
    groups = named_groups(identity.groups, mapping=_mapping(service))
    short = replace(identity, groups=tuple(groups), name=plain(identity.name, limit=100))
    said = {**asdict(short), "service": str(service.id), "onward": onward}
    note = write_lasting(steps, _PROOF, said, BACK)
    with steps.read() as act:
        return _as_arrival(act, service, identity, note, onward)


def _as_arrival(act: Act, service: SetUp, identity: Identity, note: str, onward: str) -> Arrival:
    who, account_id = _whose(act, service, identity)
    name = plain(identity.name, limit=100)
    email = plain(identity.email, limit=254)
    return Arrival(who, account_id, name, email, _name(service), note, onward)


def _whose(act: Act, service: SetUp, identity: Identity) -> tuple[Arrived, UUID | None]:
    row = _linked(act, identity)
    if row is not None:
        return Arrived.LINKED, row.account_id
    if not identity.is_verified or not identity.email:
        return Arrived.STRANGER, None
    try:
        address = address_of(identity.email)
    except InvalidInputError:
        return Arrived.STRANGER, None
    if account_with(act.connection, address) is not None:
        return Arrived.KNOWN, None
    return (Arrived.NEW if service.values.get("sign_up") else Arrived.STRANGER), None


def _stranger(identity: Identity) -> InvalidInputError:
    hint = msg("Sign in with your password, and link this sign-in under your profile.")
    if not identity.is_verified:
        return InvalidInputError(
            msg("The provider does not say that your e-mail address is yours."), hint=hint
        )
    return InvalidInputError(msg("There is no account for this sign-in."), hint=hint)


def _linked(act: Act, identity: Identity) -> AnyRow | None:
    wanted = select(LinkedIdentityRow.__table__).where(
        LinkedIdentityRow.issuer == identity.issuer, LinkedIdentityRow.subject == identity.subject
    )
    return act.connection.execute(wanted).one_or_none()


def _links(act: Act, account_id: UUID) -> list[Link]:
    wanted = select(LinkedIdentityRow.__table__).where(LinkedIdentityRow.account_id == account_id)
    rows = act.connection.execute(wanted.order_by(LinkedIdentityRow.id))
    return [Link(row.id, row.issuer, row.email, row.linked_at, row.used_at) for row in rows]


def _service(store: Store, service_id: UUID) -> SetUp:
    found = [each for each in services_of(store, SYSTEM, KIND) if each.id == service_id]
    return need_found(found[0] if found else None, msg("This sign-in is not there any more."))


def _mapping(service: SetUp) -> str:
    """Which groups are which roles, as an admin typed it."""
    return str(service.values.get("roles") or "")


def _name(service: SetUp) -> str:
    """What a provider is called: as an admin named it, or by its address."""
    if service.name:
        return plain(service.name, limit=40)
    if service.values.get("provider") == "github" and not service.values.get("issuer"):
        return "GitHub"
    return plain(str(service.values.get("issuer") or "").partition("//")[2], limit=40)


def _proved(steps: Steps, note: str) -> tuple[Identity, SetUp, str]:
    """Who a provider said came, the provider, and where they wanted to go."""
    said = read_lasting(steps, _PROOF, note)
    if said is None:
        raise SignInError(msg("This sign-in is over."), hint=msg("Begin again."))
    service, onward = _service(steps.store, UUID(said.pop("service"))), said.pop("onward")
    identity = Identity(**said)
    return replace(identity, groups=tuple(identity.groups)), service, onward
