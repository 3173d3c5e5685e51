"""Profiles: what people tell about themselves."""

import re
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, delete, select

from data.rows import count_rows, insert_row, update_row, view_from
from data.schema import AccountRow, EventRoleRow, NoticeRow, ProfileRow
from eventdesk.accounts.signing_up import name_of
from eventdesk.acts import NOTICE_KINDS, Act, Permission, Role, reads, writes
from eventdesk.core.errors import InvalidInputError, need_found
from eventdesk.core.folding import fold
from eventdesk.core.languages import language
from eventdesk.core.messages import msg

MAX_LINE = 200
MAX_NOTE = 1000
MAX_INTERESTS = 20

SILENCEABLE = tuple(kind for kind in NOTICE_KINDS if kind != "account")
"""Kinds of notices that a person may silence."""

PAYMENT_METHODS = ("cash", "terminal", "transfer", "voucher", "gateway")
"""Ways to pay that a person may prefer."""

_CARD_DIGITS = range(12, 20)

_TEXTS: Final = {
    "pronouns": (msg("The pronouns"), MAX_LINE),
    "organization": (msg("The organization"), MAX_LINE),
    "badge_line": (msg("The badge line"), MAX_LINE),
    "payment_reference": (msg("The payment reference"), MAX_LINE),
    "dietary": (msg("The dietary"), MAX_NOTE),
    "access_needs": (msg("The access needs"), MAX_NOTE),
}
"""Fields of text: how a refusal calls them, and how many characters they have at most."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A profile.

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


@dataclass(frozen=True, slots=True)
class Greeting:
    """What each page needs to know of who looks at it.

    Attributes:
        language: As their profile has it; "" is that of their browser.
        unread: How many notices they have not read.
    """

    language: str
    unread: int


@reads(Permission.ATTEND)
def greeting(act: Act) -> Greeting:
    """Read in which language a person is spoken to, and how many notices wait for them."""
    act.need(None, Permission.ATTEND)
    spoken = select(ProfileRow.language).where(ProfileRow.account_id == act.actor.id)
    mine = NoticeRow.account_id == act.actor.id
    return Greeting(
        act.connection.execute(spoken).scalar_one_or_none() or "",
        count_rows(act.connection, mine, NoticeRow.read_at.is_(None)),
    )


@reads(Permission.INSTALLATION, own=True)
def profile(act: Act, account_id: UUID | None = None) -> ProfileView:
    """Read a profile: one's own, or as an admin anybody's.

    Raises:
        NotAllowedError: It is somebody else's, and the actor is no admin.
        NotFoundError: There is no such account.
    """
    return view_of(act.connection, need_own(act, account_id))


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
    old, now = asdict(before), asdict(after.profile)
    changed = [name for name in old if old[name] != now[name]]
    act.record("change_profile", ("account", account_id), changed=changed)
    return after


def need_own(act: Act, account_id: UUID | None) -> UUID:
    """The account that is meant: the actor's own, or for an admin anybody's.

    Raises:
        NotAllowedError: It is somebody else's, and the actor is no admin.
        NotFoundError: Nobody is signed in and no account is named.
    """
    missing, hint = msg("There is no such account."), msg("Sign in first.")
    wanted = need_found(account_id or act.actor.id, missing, hint=hint)
    act.need(None, Permission.INSTALLATION, owner_id=wanted)
    return wanted


def view_of(connection: Connection, account_id: UUID) -> ProfileView:
    """Read a profile inside a transaction; an account without one has an empty one.

    Raises:
        NotFoundError: There is no such account.
    """
    wanted = select(AccountRow.__table__).where(
        AccountRow.id == account_id, AccountRow.erased_at.is_(None)
    )
    account = need_found(connection.execute(wanted).one_or_none(), msg("There is no such account."))
    told = select(ProfileRow.__table__).where(ProfileRow.account_id == account_id)
    row = connection.execute(told).one_or_none()
    found = Profile(account.name)
    if row is not None:
        sets = {"interests": tuple(row.interests), "silenced": frozenset(row.silenced)}
        found = view_from(Profile, row, name=account.name, **sets)
    is_organizer = EventRoleRow.role == Role.ORGANIZER
    organizes = count_rows(connection, EventRoleRow.account_id == account_id, is_organizer)
    return ProfileView(
        account_id,
        account.email,
        account.secret_kind,
        account.is_admin,
        account.created_at,
        found,
        approves=account.is_admin or organizes > 0,
        has_desk_pin=account.desk_pin_hash is not None,
    )


def _checked(new: Profile) -> dict[str, Any]:
    """The checked values to keep."""
    values: dict[str, Any] = {}
    for name, (called, most) in _TEXTS.items():
        values[name] = getattr(new, name).strip()
        if len(values[name]) > most:
            raise InvalidInputError(
                msg("{called} has at most {most} characters.", called=called, most=most)
            )
    if new.payment_method not in ("", *PAYMENT_METHODS):
        raise InvalidInputError(
            msg("There is no such way to pay."), hint=", ".join(PAYMENT_METHODS)
        )
    if _looks_like_card(new.payment_reference):
        raise InvalidInputError(
            msg("This looks like the number of a card, which is never kept here."),
            hint=msg("Type a name you know it by, such as: company card."),
        )
    interests = tuple(dict.fromkeys(filter(None, map(str.strip, new.interests))))
    if len(interests) > MAX_INTERESTS or any(len(each) > MAX_LINE for each in interests):
        raise InvalidInputError(
            msg("At most {most} interests, each in a few words.", most=MAX_INTERESTS)
        )
    if new.silenced.difference(SILENCEABLE):
        raise InvalidInputError(msg("Notices about the account itself are always given."))
    return values | {
        "language": language(new.language),
        "payment_method": new.payment_method,
        "interests": list(interests),
        "silenced": sorted(new.silenced),
    }


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
