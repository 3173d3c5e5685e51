"""Tokens with which a program calls in the name of a person: shown once, kept as a hash.

A token can do what was chosen for it, and never more than its person may at that moment: roles,
grants and bans are asked of the store with each call.
"""

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, func, select, update

from data.prepared import Prepared
from data.rows import insert_row, update_row
from data.schema import AccountRow, ApiTokenRow
from data.touched import UNSEEN, note_touched
from eventdesk.accounts.signing_in import highest
from eventdesk.acts import Act, Actor, ActorKind, Permission, Role, reads, writes
from eventdesk.core.errors import InvalidInputError, SignInError, need_found
from eventdesk.core.ids import new_id
from eventdesk.core.messages import msg
from eventdesk.core.remedies import Remedy, ShownList, advise
from eventdesk.core.typed_text import line

PREFIX: Final = "edt_"
"""What secrets begin with, so that scanners of leaked secrets know them."""

LONGEST: Final = timedelta(days=366)
NOTED_EVERY: Final = timedelta(minutes=1)
MOST: Final = 50
"""Tokens a person may have at once."""


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A token, as its person sees it.

    Attributes:
        permissions: What it may be used for at most.
        used_at: About when it was used last, aware UTC; None while it never was.
        ended: Whether it is over: taken back, or past its time.
    """

    id: UUID
    name: str
    permissions: frozenset[Permission]
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None
    ended: bool


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token that was just made.

    Attributes:
        secret: What a program sends as `Authorization: Bearer …`; it is not shown again.
    """

    token: ApiToken
    secret: str


@writes(Permission.ATTEND)
def make_token(
    act: Act, name: str, permissions: frozenset[Permission], *, days: int = 90
) -> NewToken:
    """Make a token for a program that is to call in the name of who asks.

    Args:
        name: What the person calls the program.
        permissions: What it may be used for at most; `attend` is what everybody may for themselves.
        days: How long it holds, 1 to 366.

    Raises:
        InvalidInputError: No name, no permission, no such number of days, or too many tokens.
    """
    who = act.need(None, Permission.ATTEND)
    if who.kind is not ActorKind.ACCOUNT or who.id is None or who.only is not None:
        raise InvalidInputError(
            msg("A token is made by a person who is signed in."),
            hint=msg("Sign in with your e-mail address and password."),
        )
    called = line(name, msg("A name"), needed=True)
    if not permissions:
        raise InvalidInputError(
            msg("A token without a permission can do nothing."),
            hint=msg("Choose at least one, such as door."),
        )
    if not 1 <= days <= LONGEST.days:
        raise InvalidInputError(
            msg("A token holds for 1 to {most} days, not {days}.", most=LONGEST.days, days=days)
        )
    valid = (ApiTokenRow.account_id == who.id) & _holds(act.now)
    count = select(func.count()).select_from(ApiTokenRow).where(valid)
    if act.connection.execute(count).scalar_one() >= MOST:
        raise InvalidInputError(
            msg("There are {most} tokens already.", most=MOST),
            hint=msg("End one that is not needed any more."),
        )
    secret = PREFIX + secrets.token_urlsafe(32)
    token_id, until = new_id(), act.now + timedelta(days=days)
    insert_row(
        act.connection,
        ApiTokenRow,
        id=token_id,
        account_id=who.id,
        name=called,
        secret_hash=hash_of(secret),
        permissions=sorted(permissions),
        created_at=act.now,
        expires_at=until,
    )
    act.record("make_token", ("account", who.id), token=called, permissions=sorted(permissions))
    token = ApiToken(token_id, called, frozenset(permissions), act.now, until, None, ended=False)
    return NewToken(token, secret)


@reads(Permission.ATTEND)
def my_tokens(act: Act) -> list[ApiToken]:
    """List the tokens of who asks, the newest first."""
    who = act.need(None, Permission.ATTEND)
    rows = act.connection.execute(
        select(ApiTokenRow.__table__)
        .where(ApiTokenRow.account_id == who.id)
        .order_by(ApiTokenRow.created_at.desc(), ApiTokenRow.id.desc())
    )
    return [
        ApiToken(
            row.id,
            row.name,
            frozenset(map(Permission, row.permissions)),
            row.created_at,
            row.expires_at,
            row.used_at,
            ended=row.ended_at is not None or row.expires_at <= act.now,
        )
        for row in rows
    ]


@writes(own=True)
def end_token(act: Act, token_id: UUID) -> None:
    """Take a token back, at once; who has ended it already may ask again.

    Raises:
        NotFoundError: There is no such token of theirs.
    """
    wanted = select(ApiTokenRow.__table__).where(ApiTokenRow.id == token_id)
    row = need_found(
        act.connection.execute(wanted).one_or_none(),
        msg("There is no such token."),
        hint=advise(Remedy.OPEN_LIST, of=ShownList.TOKENS),
    )
    act.need(None, owner_id=row.account_id)
    if row.ended_at is None:
        update_row(act.connection, ApiTokenRow, row.id, ended_at=act.now)
        act.record("end_token", ("account", row.account_id), token=row.name)


@reads(internal=True)
def bearer(act: Act, secret: str) -> Actor:
    """Say in whose name a program calls, and what it may at most.

    Raises:
        SignInError: There is no such token, it is over, or its person was shut out.
    """
    row = _BEARER.one_or_none(act.connection, {"secret_hash": hash_of(secret)})
    over = row is not None and (row.ended_at is not None or row.expires_at <= act.now)
    if row is None or over or row.banned_at is not None or row.erased_at is not None:
        raise SignInError(
            msg("This token is none of this house, or is over."), hint=advise(Remedy.MAKE_TOKEN)
        )
    only = frozenset(map(Permission, row.permissions))
    who = Actor(ActorKind.ACCOUNT, row.account_id, row.name, Role.ATTENDEE, act.store.device_id)
    return replace(highest(act.connection, who, is_admin=row.is_admin), only=only)


@writes(internal=True)
def note_token_used(act: Act, secret: str) -> None:
    """Note that a token was used now; asked at most once a minute for each."""
    note_touched(act.connection, [UNSEEN])
    act.connection.execute(
        update(ApiTokenRow)
        .where(ApiTokenRow.secret_hash == hash_of(secret))
        .values(used_at=act.now)
    )


def hash_of(secret: str) -> str:
    """What a secret of ours is kept as."""
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()


def _holds(now: datetime) -> Any:
    return ApiTokenRow.ended_at.is_(None) & (ApiTokenRow.expires_at > now)


_BEARER: Final = Prepared(
    select(
        ApiTokenRow.account_id,
        ApiTokenRow.permissions,
        ApiTokenRow.expires_at,
        ApiTokenRow.ended_at,
        AccountRow.name,
        AccountRow.is_admin,
        AccountRow.banned_at,
        AccountRow.erased_at,
    )
    .join(AccountRow, AccountRow.id == ApiTokenRow.account_id)
    .where(ApiTokenRow.secret_hash == bindparam("secret_hash", type_=ApiTokenRow.secret_hash.type))
)
