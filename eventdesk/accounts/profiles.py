"""What people tell about themselves, and change."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, delete, select

from data.rows import insert_row, update_row
from data.schema import AccountRow, EventRoleRow, ProfileRow
from eventdesk.accounts.signing_up import name_of
from eventdesk.acts import NOTICE_KINDS, Act, Permission, Role, reads, writes
from eventdesk.core.errors import InvalidInputError, NotFoundError
from eventdesk.core.folding import fold
from eventdesk.core.languages import language

MAX_LINE = 200
MAX_NOTE = 1000
MAX_INTERESTS = 20

SILENCEABLE = tuple(kind for kind in NOTICE_KINDS if kind != "account")
"""Kinds of notices a person may do without."""

PAYMENT_METHODS = ("cash", "terminal", "transfer", "voucher", "gateway")
"""What may be preferred."""

_CARD_DIGITS = range(12, 20)


@dataclass(frozen=True, slots=True)
class Profile:
    """What a person tells about themselves.

    Attributes:
        badge_line: The line below the name on a badge, where the booking gives none.
        language: As BCP 47 writes it, such as de or pt-BR; "" is the program's.
        payment_method: What is offered first, one of `PAYMENT_METHODS`; "" is none.
        payment_reference: What the person knows it by; never card data.
        silenced: Kinds of notices the person does not want.
    """

    name: str
    pronouns: str = ""
    organization: str = ""
    badge_line: str = ""
    interests: tuple[str, ...] = ()
    language: str = ""
    dietary: str = ""
    access_needs: str = ""
    payment_method: str = ""
    payment_reference: str = ""
    silenced: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ProfileView:
    """A profile with the account it belongs to.

    Attributes:
        secret_kind: pin or password.
        approves: Whether they are a supervisor anywhere, who may approve at desks.
        has_desk_pin: Whether they chose a PIN for that.
    """

    account_id: UUID
    email: str
    secret_kind: str
    is_admin: bool
    created_at: datetime
    profile: Profile = field(default_factory=lambda: Profile(""))
    approves: bool = False
    has_desk_pin: bool = False


@reads(Permission.INSTALLATION, own=True)
def profile(act: Act, account_id: UUID | None = None) -> ProfileView:
    """Read a profile: one's own, or as an admin anybody's.

    Raises:
        NotAllowedError: It is somebody else's, and the actor is no admin.
        NotFoundError: There is no such account.
    """
    wanted = need_own(act, account_id)
    return view_of(act.connection, wanted)


@writes(own=True)
def change_profile(act: Act, new: Profile) -> ProfileView:
    """Change one's own profile.

    Raises:
        InvalidInputError: Something is too long, no known choice, or looks like card data.
    """
    name, values = name_of(new.name), _checked(new)
    account_id = need_own(act, None)
    before = view_of(act.connection, account_id).profile
    update_row(act.connection, AccountRow, account_id, name=name, folded_name=fold(name))
    act.connection.execute(delete(ProfileRow).where(ProfileRow.account_id == account_id))
    insert_row(act.connection, ProfileRow, account_id=account_id, changed_at=act.now, **values)
    after = view_of(act.connection, account_id)
    changed = [
        each for each in Profile.__slots__ if getattr(before, each) != getattr(after.profile, each)
    ]
    subject = ("account", account_id)
    act.record("change_profile", subject, changed=changed)
    return after


def need_own(act: Act, account_id: UUID | None) -> UUID:
    """The account that is meant: the actor's own, or as an admin anybody's.

    Raises:
        NotAllowedError: It is somebody else's, and the actor is no admin.
        NotFoundError: Nobody is signed in and no account is named.
    """
    wanted = account_id or act.actor.id
    if wanted is None:
        raise NotFoundError("There is no such account.", hint="Sign in first.")
    act.need(None, Permission.INSTALLATION, owner_id=wanted)
    return wanted


def view_of(connection: Connection, account_id: UUID) -> ProfileView:
    """Read a profile inside a transaction; an account without one has an empty one.

    Raises:
        NotFoundError: There is no such account.
    """
    row = connection.execute(
        select(
            AccountRow.email,
            AccountRow.name,
            AccountRow.secret_kind,
            AccountRow.is_admin,
            AccountRow.created_at,
            AccountRow.desk_pin_hash,
            ProfileRow,
        )
        .outerjoin(ProfileRow, ProfileRow.account_id == AccountRow.id)
        .where(AccountRow.id == account_id, AccountRow.erased_at.is_(None))
    ).one_or_none()
    if row is None:
        raise NotFoundError("There is no such account.")
    found = Profile(row.name)
    if row.changed_at is not None:
        found = Profile(
            name=row.name,
            pronouns=row.pronouns,
            organization=row.organization,
            badge_line=row.badge_line,
            interests=tuple(row.interests),
            language=row.language,
            dietary=row.dietary,
            access_needs=row.access_needs,
            payment_method=row.payment_method,
            payment_reference=row.payment_reference,
            silenced=frozenset(row.silenced),
        )
    return ProfileView(
        account_id,
        row.email,
        row.secret_kind,
        row.is_admin,
        row.created_at,
        found,
        row.is_admin or _organizes(connection, account_id),
        row.desk_pin_hash is not None,
    )


def _organizes(connection: Connection, account_id: UUID) -> bool:
    roles = select(EventRoleRow.event_id).where(
        EventRoleRow.account_id == account_id, EventRoleRow.role == Role.ORGANIZER
    )
    return connection.execute(roles.limit(1)).first() is not None


def _checked(new: Profile) -> dict[str, Any]:
    """The values to keep.

    Raises:
        InvalidInputError: One of them cannot be.
    """
    values: dict[str, Any] = {}
    for name in ("pronouns", "organization", "badge_line", "payment_reference"):
        values[name] = _short(name, getattr(new, name), MAX_LINE)
    for name in ("dietary", "access_needs"):
        values[name] = _short(name, getattr(new, name), MAX_NOTE)
    if new.payment_method not in ("", *PAYMENT_METHODS):
        raise InvalidInputError("There is no such way to pay.", hint=", ".join(PAYMENT_METHODS))
    if _looks_like_card(new.payment_reference):
        raise InvalidInputError(
            "This looks like the number of a card, which is never kept here.",
            hint="Type a name you know it by, such as: company card.",
        )
    interests = tuple(dict.fromkeys(filter(None, map(str.strip, new.interests))))
    if len(interests) > MAX_INTERESTS or any(len(each) > MAX_LINE for each in interests):
        raise InvalidInputError(f"At most {MAX_INTERESTS} interests, each in a few words.")
    unknown = new.silenced.difference(SILENCEABLE)
    if unknown:
        raise InvalidInputError("Notices about the account itself are always given.")
    return values | {
        "language": language(new.language),
        "payment_method": new.payment_method,
        "interests": list(interests),
        "silenced": sorted(new.silenced),
    }


def _short(name: str, typed: str, most: int) -> str:
    value = typed.strip()
    if len(value) > most:
        called = name.replace("_", " ")
        raise InvalidInputError(f"The {called} has at most {most} characters.")
    return value


def _looks_like_card(text: str) -> bool:
    """Whether digits in a row pass the check of card numbers (ISO/IEC 7812-1, annex B)."""
    for run in re.findall(r"(?:\d[ .-]?){12,}", text):
        digits = [int(char) for char in run if char.isdecimal()]
        if len(digits) not in _CARD_DIGITS:
            continue
        doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
        if (sum(doubled) + sum(digits[-1::-2])) % 10 == 0:
            return True
    return False
