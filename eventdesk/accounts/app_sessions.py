"""Sign-ins of apps: short access tokens, and a refresh token that is another one after each use.

A refresh token that was used before tells that two have it: the sign-in is over then, for both.
Only the last one is answered once more for a moment, as it was, because answers get lost and two
parts of an app may ask at once. A sign-in is over after some weeks without use, and at once with a
ban or another secret.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, select, update

from data.prepared import Prepared
from data.rows import AnyRow, insert_row, update_row
from data.schema import AccountRow, AppSessionRow
from data.touched import note_said
from eventdesk.accounts.signing_in import highest, sign_in
from eventdesk.acts import Act, Actor, ActorKind, Permission, Role, Steps, reads, steps, writes
from eventdesk.core.app_keys import read_refresh, refresh_token
from eventdesk.core.errors import SignInError, need_found
from eventdesk.core.ids import new_id
from eventdesk.core.messages import msg
from eventdesk.core.remedies import Remedy, ShownList, advise
from eventdesk.core.typed_text import line

UNUSED: Final = timedelta(days=30)
"""After so long without being renewed a sign-in is over."""

LONGEST_APP: Final = timedelta(days=180)
"""How long a sign-in lasts at most."""

AGAIN: Final = timedelta(seconds=30)
"""How long the token before the last is answered once more, as it was."""

MOST_RENEWALS: Final = 2**32 - 1


@dataclass(frozen=True, slots=True)
class AppSession:
    """A sign-in of an app that is not over, as its person sees it.

    Attributes:
        name: What the app calls itself.
        used_at: When it was renewed last, aware UTC.
        expires_at: When it ends unless it is renewed, aware UTC.
    """

    id: UUID
    name: str
    created_at: datetime
    used_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class NewAppSession:
    """A sign-in that has just begun, or was renewed.

    Attributes:
        actor: Who signed in, in the highest role they have anywhere.
        refresh_token: Renews it once; it is not shown again.
        expires_at: Until when that can be done, aware UTC.
    """

    id: UUID
    actor: Actor
    refresh_token: str
    expires_at: datetime


@steps(public=True)
def start_app_session(
    steps: Steps, email: str, secret: str, *, code: str = "", name: str = ""
) -> NewAppSession:
    """Sign a person in with an app, as `sign_in` does.

    Args:
        code: Of their app, or a recovery code, where a second step is set up.
        name: What the app calls itself.

    Raises:
        SignInError: Wrong, locked for a while, or closed by an admin.
        CodeNeededError: The password is right, and a code is needed.
        InvalidInputError: The name is too long.
    """
    called = line(name, msg("A name"))
    actor = sign_in(steps.store, steps.asked, email, secret, code=code)
    session_id = new_id()
    with steps.write() as act:
        note_said(act.connection)
        until = act.now + UNUSED
        insert_row(
            act.connection,
            AppSessionRow,
            id=session_id,
            account_id=actor.id,
            name=called,
            renewals=0,
            created_at=act.now,
            used_at=act.now,
            expires_at=until,
        )
    return NewAppSession(session_id, actor, refresh_token(steps.store.keys, session_id, 0), until)


@steps(public=True)
def renew_app_session(steps: Steps, token: str) -> NewAppSession:
    """Renew a sign-in with its refresh token, which is used up by that.

    Raises:
        SignInError: It is none of ours, the sign-in is over, or its person was shut out; or it was
            used before, and then the sign-in is over from now on.
    """
    with steps.write() as act:
        note_said(act.connection)
        renewed = _renewed(act, token)
    if renewed is None:  # what ended it is committed
        raise _over()
    return renewed


@reads(internal=True)
def who_has_app_session(act: Act, session_id: UUID) -> Actor:
    """Say whose sign-in an access token is of.

    Raises:
        SignInError: There is no such sign-in, it is over, or its person was shut out.
    """
    row = _SESSION.one_or_none(act.connection, {"id": session_id})
    if row is None or _is_over(row, act.now):
        raise _over()
    return _actor(act, row)


@writes(public=True)
def end_this_app_session(act: Act, session_id: UUID) -> None:
    """End the sign-in that an app has; it may be over already."""
    note_said(act.connection)
    _end(act, AppSessionRow.id == session_id)


@writes(public=True)
def end_app_session_by(act: Act, token: str) -> None:
    """End the sign-in that a refresh token is of, also one that was used; it may be over already.

    Raises:
        SignInError: The token is none of ours.
    """
    note_said(act.connection)
    row, _number = _of(act, token)
    _end(act, AppSessionRow.id == row.id)


@reads(Permission.ATTEND)
def my_app_sessions(act: Act) -> list[AppSession]:
    """List the sign-ins of apps of who asks that are not over, the one used last first."""
    who = act.need(None, Permission.ATTEND)
    rows = act.connection.execute(
        select(AppSessionRow.__table__)
        .where(
            AppSessionRow.account_id == who.id,
            AppSessionRow.ended_at.is_(None),
            AppSessionRow.expires_at > act.now,
        )
        .order_by(AppSessionRow.used_at.desc(), AppSessionRow.id.desc())
    )
    return [
        AppSession(row.id, row.name, row.created_at, row.used_at, row.expires_at) for row in rows
    ]


@writes(own=True)
def end_app_session(act: Act, session_id: UUID) -> None:
    """End a sign-in of an app of one's own, at once; it may be over already.

    Raises:
        NotFoundError: There is no such sign-in.
    """
    wanted = select(AppSessionRow.account_id).where(AppSessionRow.id == session_id)
    account_id = need_found(
        act.connection.execute(wanted).scalar_one_or_none(),
        msg("There is no such sign-in."),
        hint=advise(Remedy.OPEN_LIST, of=ShownList.APP_SESSIONS),
    )
    act.need(None, owner_id=account_id)
    _end(act, AppSessionRow.id == session_id)
    act.record("end_app_session", ("account", account_id))


def end_app_sessions(act: Act, account_id: UUID) -> None:
    """End every sign-in of apps of an account, as a ban and another secret do."""
    _end(act, AppSessionRow.account_id == account_id)


def _renewed(act: Act, token: str) -> NewAppSession | None:
    """The renewed sign-in; None where the token was used before, and the sign-in was ended."""
    row, number = _of(act, token)
    if _is_over(row, act.now) or number > row.renewals:
        raise _over()
    if number < row.renewals:
        if number == row.renewals - 1 and act.now - row.used_at <= AGAIN:
            return _given(act, row, row.renewals, row.expires_at)
        _end(act, AppSessionRow.id == row.id)
        act.as_system().record("end_app_session", ("account", row.account_id), reason="used twice")
        return None
    until = min(act.now + UNUSED, row.created_at + LONGEST_APP)
    values = {"renewals": number + 1, "used_at": act.now, "expires_at": until}
    update_row(act.connection, AppSessionRow, row.id, **values)
    return _given(act, row, number + 1, until)


def _of(act: Act, token: str) -> tuple[AnyRow, int]:
    """The sign-in that a refresh token is of, and which of its tokens it is.

    Raises:
        SignInError: The house never gave it out.
    """
    said = read_refresh(token)
    row = None if said is None else _SESSION.one_or_none(act.connection, {"id": said.session_id})
    if said is None or row is None or not said.is_by(act.store.keys):
        raise _over()
    return row, said.number


def _given(act: Act, row: AnyRow, number: int, until: datetime) -> NewAppSession:
    token = refresh_token(act.store.keys, row.id, number)
    return NewAppSession(row.id, _actor(act, row), token, until)


def _is_over(row: AnyRow, now: datetime) -> bool:
    """Whether a sign-in is over, or its person was shut out."""
    is_out = row.banned_at is not None or row.erased_at is not None
    return is_out or row.ended_at is not None or row.expires_at <= now


def _actor(act: Act, row: AnyRow) -> Actor:
    who = Actor(ActorKind.ACCOUNT, row.account_id, row.account, Role.ATTENDEE, act.store.device_id)
    return highest(act.connection, who, is_admin=row.is_admin)


def _over() -> SignInError:
    return SignInError(msg("This sign-in is over."), hint=msg("Sign in again."))


def _end(act: Act, which: ColumnElement[bool]) -> None:
    open_ones = which & AppSessionRow.ended_at.is_(None)
    act.connection.execute(update(AppSessionRow).where(open_ones).values(ended_at=act.now))


_SESSION: Final = Prepared(
    select(
        AppSessionRow.__table__,
        AccountRow.name.label("account"),
        AccountRow.is_admin,
        AccountRow.banned_at,
        AccountRow.erased_at,
    )
    .join(AccountRow, AccountRow.id == AppSessionRow.account_id)
    .where(AppSessionRow.id == bindparam("id", type_=AppSessionRow.id.type))
)
