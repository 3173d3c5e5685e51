"""Sessions of people who signed in with a browser: a row for each, whose id only they hold.

What the browser keeps is random and new at each sign-in; the store has its hash. A session is over
when it is ended, after some hours without use or some days, and at once with a ban or another
secret.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, select, update

from data.prepared import Prepared
from data.rows import insert_row
from data.schema import AccountRow, WebSessionRow
from data.touched import UNSEEN, note_touched
from eventdesk.accounts.api_tokens import hash_of
from eventdesk.accounts.signing_in import actor_of, go_on, highest, sign_in
from eventdesk.acts import (
    Act,
    Actor,
    ActorKind,
    Permission,
    Role,
    Steps,
    Topic,
    reads,
    steps,
    writes,
)
from eventdesk.core.errors import SignInError, need_found
from eventdesk.core.ids import new_id
from eventdesk.core.messages import msg
from eventdesk.core.remedies import Remedy, ShownList, advise

IDLE: Final = timedelta(hours=12)
LONGEST: Final = timedelta(days=30)
LONGEST_BROWSER: Final = 200


@dataclass(frozen=True, slots=True)
class WebSession:
    """A session that is not over, as its person sees it.

    Attributes:
        browser: What the browser called itself.
        used_at: About when it was used last, aware UTC.
        expires_at: When it ends at the latest, aware UTC.
    """

    id: UUID
    browser: str
    created_at: datetime
    used_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class NewWebSession:
    """A session that has just begun.

    Attributes:
        actor: Who signed in, in the highest role they have anywhere.
        secret: What the browser keeps; it is not shown again.
    """

    actor: Actor
    secret: str


@steps(public=True)
def start_web_session(
    steps: Steps,
    email: str,
    secret: str,
    *,
    code: str = "",
    browser: str = "",
    instead_of: str = "",
) -> NewWebSession:
    """Sign a person in with a browser, as `sign_in` does, and begin a session.

    Args:
        code: Of their app, or a recovery code, where a second step is set up.
        browser: What the browser calls itself.
        instead_of: The secret of a session the browser had; it ends.

    Raises:
        SignInError: Wrong, locked for a while, or closed by an admin.
        CodeNeededError: The password is right, and a code is needed.
    """
    actor = sign_in(steps.store, steps.asked, email, secret, code=code)
    return begin_session(steps, actor, browser=browser, instead_of=instead_of)


@steps(public=True)
def go_on_web_session(
    steps: Steps, begun: str, code: str, *, browser: str = "", instead_of: str = ""
) -> NewWebSession:
    """Begin the session of a sign-in that waited for its code.

    Args:
        begun: What `CodeNeededError` brought.
        code: Of their app, or a recovery code.
        browser: What the browser calls itself.
        instead_of: The secret of a session the browser had; it ends.

    Raises:
        SignInError: The code is wrong, it took too long, the account is locked or closed.
    """
    actor = actor_of(steps, go_on(steps, begun, code))
    return begin_session(steps, actor, browser=browser, instead_of=instead_of)


def begin_session(
    steps: Steps, actor: Actor, *, browser: str = "", instead_of: str = ""
) -> NewWebSession:
    """Begin a session of somebody who has proved who they are."""
    made = secrets.token_urlsafe(32)
    with steps.write() as act:
        note_touched(act.connection, [UNSEEN])
        _end(act, WebSessionRow.secret_hash == hash_of(instead_of))
        insert_row(
            act.connection,
            WebSessionRow,
            id=new_id(),
            account_id=actor.id,
            secret_hash=hash_of(made),
            browser=browser[:LONGEST_BROWSER],
            created_at=act.now,
            used_at=act.now,
            expires_at=act.now + LONGEST,
        )
    return NewWebSession(actor, made)


@reads(internal=True)
def who_has_session(act: Act, secret: str) -> Actor:
    """Say whose session a browser has.

    Raises:
        SignInError: There is no such session, it is over, or its person was shut out.
    """
    row = _SESSION.one_or_none(act.connection, {"secret_hash": hash_of(secret)})
    over = row is not None and (
        row.ended_at is not None or row.expires_at <= act.now or row.used_at + IDLE <= act.now
    )
    if row is None or over or row.banned_at is not None or row.erased_at is not None:
        raise SignInError(msg("This session is over."), hint=msg("Sign in again."))
    who = Actor(ActorKind.ACCOUNT, row.account_id, row.name, Role.ATTENDEE, act.store.device_id)
    return highest(act.connection, who, is_admin=row.is_admin)


@writes(internal=True)
def note_session_used(act: Act, secret: str) -> None:
    """Note that a session was used now; asked at most once a minute for each."""
    note_touched(act.connection, [UNSEEN])
    its = WebSessionRow.secret_hash == hash_of(secret)
    act.connection.execute(update(WebSessionRow).where(its).values(used_at=act.now))


@writes(public=True)
def end_this_session(act: Act, secret: str) -> None:
    """End the session that a browser has; it may be over already."""
    act.touch(Topic.ACCOUNTS)
    _end(act, WebSessionRow.secret_hash == hash_of(secret))


@reads(Permission.ATTEND)
def my_web_sessions(act: Act) -> list[WebSession]:
    """List the sessions of who asks that are not over, the one used last first."""
    who = act.need(None, Permission.ATTEND)
    rows = act.connection.execute(
        select(WebSessionRow.__table__)
        .where(
            WebSessionRow.account_id == who.id,
            WebSessionRow.ended_at.is_(None),
            WebSessionRow.expires_at > act.now,
            WebSessionRow.used_at > act.now - IDLE,
        )
        .order_by(WebSessionRow.used_at.desc(), WebSessionRow.id.desc())
    )
    return [
        WebSession(row.id, row.browser, row.created_at, row.used_at, row.expires_at) for row in rows
    ]


@writes(own=True)
def end_web_session(act: Act, session_id: UUID) -> None:
    """End a session of one's own, at once; it may be over already.

    Raises:
        NotFoundError: There is no such session.
    """
    wanted = select(WebSessionRow.account_id).where(WebSessionRow.id == session_id)
    account_id = need_found(
        act.connection.execute(wanted).scalar_one_or_none(),
        msg("There is no such sign-in."),
        hint=advise(Remedy.OPEN_LIST, of=ShownList.WEB_SESSIONS),
    )
    act.need(None, owner_id=account_id)
    _end(act, WebSessionRow.id == session_id)
    act.record("end_web_session", ("account", account_id))


def end_web_sessions(act: Act, account_id: UUID) -> None:
    """End every session of an account, as a ban and another secret do."""
    _end(act, WebSessionRow.account_id == account_id)


def _end(act: Act, which: ColumnElement[bool]) -> None:
    open_ones = which & WebSessionRow.ended_at.is_(None)
    act.connection.execute(update(WebSessionRow).where(open_ones).values(ended_at=act.now))


_SESSION: Final = Prepared(
    select(
        WebSessionRow.account_id,
        WebSessionRow.used_at,
        WebSessionRow.expires_at,
        WebSessionRow.ended_at,
        AccountRow.name,
        AccountRow.is_admin,
        AccountRow.banned_at,
        AccountRow.erased_at,
    )
    .join(AccountRow, AccountRow.id == WebSessionRow.account_id)
    .where(
        WebSessionRow.secret_hash == bindparam("secret_hash", type_=WebSessionRow.secret_hash.type)
    )
)
