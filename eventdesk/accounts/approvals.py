"""A supervisor's word in place: given with a PIN at somebody else's desk, for one act.

The PIN alone says who it is, so that nobody types a name while guests wait; that is why two
supervisors of an event cannot use the same one. It is kept as Argon2id, and wrong tries lock the
desk for longer each time. An approval is for one kind of act, once, at one event, for two minutes;
at the moment of the act the store is asked whether it was given, whether it is unspent, and whether
who gave it is a supervisor still.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, func, or_, select, update

from data.rows import update_row
from data.schema import AccountRow, AuditRow, EventRoleRow
from data.store import Store
from data.touched import HOUSE, note_touched
from eventdesk.accounts.credential import check_pin, hash_secret, rehashed, verify_secret
from eventdesk.accounts.wrong_tries import charge, refund
from eventdesk.acts import (
    APPROVAL_FOR,
    SUPERVISORS,
    Act,
    Actor,
    ActorKind,
    Approval,
    Permission,
    Role,
    Steps,
    Topic,
    steps,
)
from eventdesk.core.errors import NotAllowedError, NotFoundError, SignInError, SupervisorNeededError

ACTS: Final = ("force", "undo", "reprint", "refund", "cash")
"""What a supervisor may approve."""

TRIES_MEMORY: Final = timedelta(hours=2)
"""How long wrong PINs of a desk count after the last; longer than the longest lock."""

_AT_DOOR = (Permission.DOOR, Permission.MONEY)
_ORGANIZERS = tuple(role.value for role in SUPERVISORS if role is not Role.ADMIN)


@steps(own=True)
def set_desk_pin(steps: Steps, pin: str, *, account_id: UUID | None = None) -> None:
    """Choose the PIN with which a supervisor approves at others' desks; "" takes it away.

    Args:
        pin: Six digits or more.
        account_id: Whose it is, where whoever owns the files chooses it on the command line.

    Raises:
        NotAllowedError: They approve nowhere, the account was closed, or it is somebody else's.
        NotFoundError: Nobody is signed in, or there is no such account.
        InvalidInputError: Too easy to guess.
    """
    kept_hash = None
    if pin:
        check_pin(pin)
        kept_hash = hash_secret(pin)
    with steps.write() as act:
        wanted = account_id or act.actor.id
        if wanted is None:
            raise NotFoundError("There is no such account.", hint="Sign in first.")
        # Not even an admin: a PIN says whose word it is.
        files = () if act.actor.kind is ActorKind.ACCOUNT else (Permission.INSTALLATION,)
        act.need(None, *files, owner_id=wanted)
        _need_approver(act.connection, wanted)
        update_row(act.connection, AccountRow, wanted, desk_pin_hash=kept_hash)
        words = "Your desk PIN was changed" if pin else "Your desk PIN was taken away"
        act.tell(wanted, "account", words, "If it was not you, tell an admin.")
        act.record("set_desk_pin", ("account", wanted), given=bool(pin))


def has_desk_pin(store: Store, account_id: UUID) -> bool:
    """Say whether a person has a desk PIN."""
    kept = select(AccountRow.id).where(
        AccountRow.id == account_id, AccountRow.desk_pin_hash.is_not(None)
    )
    with store.read() as connection:
        return connection.execute(kept).first() is not None


def has_desk_pins(store: Store, event_id: UUID) -> bool:
    """Say whether anybody could approve at the desks of an event."""
    with store.read() as connection:
        return bool(_approvers(connection, event_id))


@steps(*_AT_DOOR, about="event_id")
def approve(steps: Steps, event_id: UUID, pin: str, *, what: str) -> Approval:
    """Take a supervisor's PIN for one act at this desk.

    Args:
        event_id: The event.
        pin: The supervisor's, as it was typed.
        what: One of `ACTS`.

    Returns:
        The approval: for one such act, within `APPROVAL_FOR`.

    Raises:
        SignInError: Wrong, nobody's alone, locked for a while, or nobody here has a PIN.
    """
    assert what in ACTS
    with steps.read() as act:
        act.need(event_id, *_AT_DOOR)
        candidates = _approvers(act.connection, event_id)
    if not candidates:
        raise SignInError(
            "No supervisor of this event has a desk PIN.",
            hint="They choose one under Profile, or with `eventdesk account desk-pin`.",
        )
    desk = f"desk-pin:{event_id}:{steps.actor.id or steps.store.device_id}"
    before = charge(steps, desk, forgotten_after=TRIES_MEMORY)
    meant = [one for one in candidates if verify_secret(one.desk_pin_hash, pin)]
    if len(meant) != 1:
        _note_wrong(steps, event_id, what)
        if meant:
            raise SignInError(
                "Two supervisors have this PIN, so it says nobody's name.",
                hint="Each of them chooses another one under Profile.",
            )
        raise SignInError("This PIN is wrong.", hint="Ask the supervisor to type it again.")
    refund(steps.store, desk, before)
    renewed = rehashed(meant[0].desk_pin_hash, pin)
    if renewed is not None:
        _keep(steps.store, meant[0], renewed)
    return _given(steps, event_id, meant[0], what)


def _keep(store: Store, account: Any, renewed: str) -> None:
    """Keep a newer hash of the same PIN, unless another one was chosen meanwhile."""
    with store.write() as connection:
        note_touched(connection, [(Topic.ACCOUNTS, HOUSE)])
        connection.execute(
            update(AccountRow)
            .where(AccountRow.id == account.id, AccountRow.desk_pin_hash == account.desk_pin_hash)
            .values(desk_pin_hash=renewed)
        )


class Word:
    """A supervisor's approval within one transaction: asked for by each of its steps, spent once.

    What one transaction does with it is one act, such as all members of a group; the next
    transaction finds it spent. What the approval says of itself counts for nothing: the store's
    own entry says who gave it, when, for what, and at whose desk.
    """

    def __init__(self, approval: Approval | None) -> None:
        """Take an approval as it was handed over; None where nobody was asked."""
        self._approval = approval
        self._is_spent = False

    def need(self, act: Act, here: Actor, event_id: UUID, *, what: str, words: str) -> str:
        """Let only supervisors pass, and who has the word of one for this very act.

        Args:
            here: Who acts, as `act.need` returned them.
            event_id: The event.
            what: One of `ACTS`.
            words: What is to be done, as the message names it.

        Returns:
            The name of who approved it; "" where none had to.

        Raises:
            SupervisorNeededError: No supervisor, and no word of one that holds for this.
        """
        if here.is_supervisor:
            return ""
        if self._approval is None:
            raise SupervisorNeededError(
                f"Only a supervisor may {words}.", hint="Ask one to type their PIN at this desk."
            )
        given = _given_by(act.connection, self._approval)
        if (given.event_id, given.detail.get("act")) != (event_id, what):
            raise SupervisorNeededError(
                "The supervisor approved something else.", hint="Ask for the PIN again."
            )
        if given.detail.get("desk") != _desk(here):
            raise SupervisorNeededError(
                "The supervisor approved it at another desk.", hint="Ask for the PIN at this one."
            )
        if abs(act.now - given.at) > APPROVAL_FOR:
            raise SupervisorNeededError(
                "The supervisor's approval has run out.", hint="Ask for the PIN again."
            )
        _need_standing(act, given)
        if not self._is_spent:
            _need_unspent(act.connection, self._approval)
        return str(given.actor_name)

    def spend(self, act: Act, here: Actor) -> None:
        """Note that what was approved is done; the approval is for nothing else from then on."""
        if self._is_spent or self._approval is None or here.is_supervisor:
            return
        given = _given_by(act.connection, self._approval)
        act.record(
            _SPENT,
            ("approval", self._approval.id),
            event_id=given.event_id,
            act=given.detail["act"],
            approved_by=given.actor_name,
        )
        self._is_spent = True


def need_word(act: Act, here: Actor, event_id: UUID, *, what: str, words: str) -> str:
    """Let only supervisors pass, and who has the word of one; it is spent here. See `Word.need`."""
    word = Word(act.approval)
    name = word.need(act, here, event_id, what=what, words=words)
    word.spend(act, here)
    return name


def _desk(actor: Actor) -> str:
    """A desk: who works there, and on which machine."""
    return f"{actor.id or ''}@{actor.device_id or ''}"


def _given_by(connection: Connection, approval: Approval) -> Any:
    """The store's entry of an approval.

    Raises:
        SupervisorNeededError: No supervisor gave it.
    """
    given = connection.execute(
        select(
            AuditRow.at, AuditRow.actor_id, AuditRow.actor_name, AuditRow.event_id, AuditRow.detail
        ).where(
            AuditRow.seq == approval.entry,
            AuditRow.verb == _GIVEN,
            AuditRow.subject_id == approval.id,
        )
    ).one_or_none()
    if given is None or given.actor_id is None or given.actor_id != approval.supervisor.id:
        raise SupervisorNeededError(
            "No supervisor gave this approval.", hint="Ask one to type their PIN at this desk."
        )
    return given


def _need_standing(act: Act, given: Any) -> None:
    """Ask the store whether who gave a word may give it still."""
    who = Actor(ActorKind.ACCOUNT, given.actor_id, given.actor_name, Role.ATTENDEE)
    try:
        there = act.by(who).known_at(given.event_id)
    except NotAllowedError:
        there = None
    if there is None or not there.is_supervisor:
        raise SupervisorNeededError(
            f"{given.actor_name} is no supervisor here any more.",
            hint="Ask another one for the PIN.",
        )


def _need_unspent(connection: Connection, approval: Approval) -> None:
    spent = select(AuditRow.seq).where(
        AuditRow.seq > approval.entry, AuditRow.verb == _SPENT, AuditRow.subject_id == approval.id
    )
    if connection.execute(spent.limit(1)).first() is not None:
        raise SupervisorNeededError(
            "The supervisor approved one act, and that was done.", hint="Ask for the PIN again."
        )


_GIVEN: Final = "approve"
_SPENT: Final = "use_approval"


def _given(steps: Steps, event_id: UUID, account: Any, what: str) -> Approval:
    """Write down that a supervisor approved something, if they are one still."""
    who = Actor(ActorKind.ACCOUNT, account.id, account.name, Role.ATTENDEE, steps.store.device_id)
    with steps.write(about=event_id) as act:
        supervisor = act.by(who).known_at(event_id)
        if not supervisor.is_supervisor:
            raise SignInError("This PIN is wrong.", hint="Ask the supervisor to type it again.")
        approval = Approval(supervisor, event_id, what, act.now)
        subject = ("approval", approval.id)
        act.by(supervisor).record(
            _GIVEN,
            subject,
            event_id=event_id,
            act=what,
            at_desk_of=act.actor.name,
            desk=_desk(act.actor),
        )
        entry = act.connection.execute(select(func.max(AuditRow.seq))).scalar_one()
    return Approval(supervisor, event_id, what, steps.now, approval.id, entry)


def _note_wrong(steps: Steps, event_id: UUID, what: str) -> None:
    with steps.write(about=event_id) as act:
        subject = ("event", event_id)
        act.record("wrong_desk_pin", subject, event_id=event_id, act=what)


def _approvers(connection: Connection, event_id: UUID) -> Sequence[Any]:
    """The supervisors of an event who have a desk PIN."""
    here = (EventRoleRow.account_id == AccountRow.id) & (EventRoleRow.event_id == event_id)
    return connection.execute(
        select(AccountRow.id, AccountRow.name, AccountRow.desk_pin_hash)
        .outerjoin(EventRoleRow, here)
        .where(
            AccountRow.desk_pin_hash.is_not(None),
            AccountRow.banned_at.is_(None),
            AccountRow.erased_at.is_(None),
            or_(AccountRow.is_admin.is_(True), EventRoleRow.role.in_(_ORGANIZERS)),
        )
    ).all()


def _need_approver(connection: Connection, account_id: UUID) -> None:
    """Let only those have a PIN who approve somewhere."""
    is_admin = connection.execute(
        select(AccountRow.is_admin).where(
            AccountRow.id == account_id, AccountRow.erased_at.is_(None)
        )
    ).scalar_one_or_none()
    if is_admin is None:
        raise NotFoundError("There is no such account.", hint="Find it under People.")
    organizes = select(EventRoleRow.event_id).where(
        EventRoleRow.account_id == account_id, EventRoleRow.role.in_(_ORGANIZERS)
    )
    if not is_admin and connection.execute(organizes.limit(1)).first() is None:
        raise NotAllowedError(
            "Only organizers and admins approve at a desk.",
            hint="Ask the organizer of the event to make this account one.",
        )
