"""Approvals: a supervisor types a PIN at somebody else's desk and so allows one act there.

The PIN alone identifies the supervisor, so two supervisors of an event cannot use the same one. It
is kept as Argon2id, and wrong tries lock the desk for longer each time. An approval is for one kind
of act, once, at one event, for two minutes. The act asks the store whether it was given, whether it
is unspent, and whether whoever gave it is still a supervisor.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, func, or_, select, update

from data.rows import AnyRow, count_rows, update_row
from data.schema import AccountRow, AuditRow, EventRoleRow
from data.touched import HOUSE, note_touched
from eventdesk.accounts.credential import check_pin, hash_secret, rehashed, verify_secret
from eventdesk.accounts.signing_up import account_row
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
    reads,
    steps,
)
from eventdesk.core.errors import (
    InvalidInputError,
    NotAllowedError,
    SignInError,
    SupervisorNeededError,
    need_found,
)
from eventdesk.core.messages import Message, msg
from eventdesk.core.remedies import Remedy, advise

ACTS: Final = ("force", "undo", "reprint", "refund", "cash", "settle")
"""What a supervisor may approve."""

TRIES_MEMORY: Final = timedelta(hours=2)
"""How long wrong PINs at a desk count after the last one; longer than the longest lock."""

_ASK_ONE: Final = msg("Ask one to type their PIN at this desk.")
_ASK_AGAIN: Final = msg("Ask for the PIN again.")

_AT_DOOR = (Permission.DOOR, Permission.MONEY)
_ORGANIZERS = tuple(role.value for role in SUPERVISORS if role is not Role.ADMIN)


@steps(own=True)
def set_desk_pin(steps: Steps, pin: str, *, account_id: UUID | None = None) -> None:
    """Choose the PIN with which a supervisor approves at others' desks; "" takes it away.

    Args:
        account_id: Whose PIN it is, when the owner of the files sets it on the command line.

    Raises:
        NotAllowedError: They approve nowhere, the account was closed, or it is somebody else's.
        NotFoundError: Nobody is signed in, or there is no such account.
        InvalidInputError: Too easy to guess.
    """
    if pin:
        check_pin(pin)
    kept_hash = hash_secret(pin) if pin else None
    with steps.write() as act:
        missing, hint = msg("There is no such account."), msg("Sign in first.")
        wanted = need_found(account_id or act.actor.id, missing, hint=hint)
        # Not even an admin may set another person's PIN: it identifies who approved.
        files = () if act.actor.kind is ActorKind.ACCOUNT else (Permission.INSTALLATION,)
        act.need(None, *files, owner_id=wanted)
        _need_approver(act.connection, wanted)
        update_row(act.connection, AccountRow, wanted, desk_pin_hash=kept_hash)
        changed = msg("Your desk PIN was changed")
        title = changed if pin else msg("Your desk PIN was taken away")
        act.tell(wanted, "account", title, msg("If it was not you, tell an admin."))
        act.record("set_desk_pin", ("account", wanted), given=bool(pin))


@reads(*_AT_DOOR, about="event_id")
def has_desk_pins(act: Act, event_id: UUID) -> bool:
    """Whether anybody could approve at the desks of an event."""
    act.need(event_id, *_AT_DOOR)
    return bool(_approvers(act.connection, event_id))


@steps(*_AT_DOOR, about="event_id")
def approve(steps: Steps, event_id: UUID, pin: str, *, what: str) -> Approval:
    """Take a supervisor's PIN for one act of `ACTS` at this desk, within `APPROVAL_FOR`.

    Raises:
        InvalidInputError: There is no such act.
        SignInError: Wrong, nobody's alone, locked for a while, or nobody here has a PIN.
    """
    if what not in ACTS:
        raise InvalidInputError(
            msg("There is nothing to approve that is called {what!r}.", what=what[:60]),
            hint=msg("Known: {known}.", known=", ".join(ACTS)),
        )
    with steps.read() as act:
        act.need(event_id, *_AT_DOOR)
        candidates = _approvers(act.connection, event_id)
    if not candidates:
        raise SignInError(
            msg("No supervisor of this event has a desk PIN."), hint=advise(Remedy.CHOOSE_DESK_PIN)
        )
    desk = f"desk-pin:{event_id}:{steps.actor.id or steps.store.device_id}"
    before = charge(steps, desk, forgotten_after=TRIES_MEMORY)
    meant = [one for one in candidates if verify_secret(one.desk_pin_hash, pin)]
    if len(meant) != 1:
        _note_wrong(steps, event_id, what)
        if meant:
            raise SignInError(
                msg("Two supervisors have this PIN, so it says nobody's name."),
                hint=msg("Each of them chooses another one under Profile."),
            )
        raise _wrong_pin()
    refund(steps, desk, before)
    kept = meant[0].desk_pin_hash
    renewed = rehashed(kept, pin)
    if renewed is not None:
        with steps.store.write() as connection:
            note_touched(connection, [(Topic.ACCOUNTS, HOUSE)])
            unless_changed = (AccountRow.id == meant[0].id) & (AccountRow.desk_pin_hash == kept)
            connection.execute(
                update(AccountRow).where(unless_changed).values(desk_pin_hash=renewed)
            )
    return _given(steps, event_id, meant[0], what)


class Word:
    """A supervisor's approval within one transaction: checked by each of its steps, spent once.

    All that one transaction does with it is one act, such as admitting a group; the next
    transaction finds it spent. Who gave it, when, for what and at which desk is read from the
    store's own entry, never from the approval itself.
    """

    def __init__(self, approval: Approval | None) -> None:
        self._approval = approval
        self._is_spent = False

    def need(self, act: Act, here: Actor, event_id: UUID, *, what: str, refusal: Message) -> str:
        """Require a supervisor, or an approval issued for this act.

        Args:
            here: Who acts, as `act.need` returned them.
            what: One of `ACTS`.
            refusal: The message for who has no approval.

        Returns:
            The name of who approved it; "" where nobody had to.

        Raises:
            SupervisorNeededError: No supervisor, and no approval that holds for this.
        """
        if here.is_supervisor:
            return ""
        approval = self._approval
        if approval is None:
            raise SupervisorNeededError(refusal, hint=_ASK_ONE)
        given = _given_by(act.connection, approval)
        if (given.event_id, given.detail.get("act")) != (event_id, what):
            raise SupervisorNeededError(
                msg("The supervisor approved something else."), hint=_ASK_AGAIN
            )
        if given.detail.get("desk") != _desk(here):
            raise SupervisorNeededError(
                msg("The supervisor approved it at another desk."),
                hint=msg("Ask for the PIN at this one."),
            )
        if abs(act.now - given.at) > APPROVAL_FOR:
            raise SupervisorNeededError(
                msg("The supervisor's approval has run out."), hint=_ASK_AGAIN
            )
        _need_standing(act, given)
        is_use_of_it = (AuditRow.verb == _SPENT) & (AuditRow.subject_id == approval.id)
        if not self._is_spent and count_rows(
            act.connection, AuditRow.seq > approval.entry, is_use_of_it
        ):
            raise SupervisorNeededError(
                msg("The supervisor approved one act, and that was done."), hint=_ASK_AGAIN
            )
        return str(given.actor_name)

    def spend(self, act: Act, here: Actor) -> None:
        """Record that the approved act is done, so that the approval allows nothing else."""
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


def need_word(act: Act, here: Actor, event_id: UUID, *, what: str, refusal: Message) -> str:
    """Require a supervisor, or an approval, and spend it; see `Word.need`."""
    word = Word(act.approval)
    name = word.need(act, here, event_id, what=what, refusal=refusal)
    word.spend(act, here)
    return name


def _desk(actor: Actor) -> str:
    """A desk: who works there, and on which machine."""
    return f"{actor.id or ''}@{actor.device_id or ''}"


def _wrong_pin() -> SignInError:
    return SignInError(msg("This PIN is wrong."), hint=msg("Ask the supervisor to type it again."))


def _given_by(connection: Connection, approval: Approval) -> Any:
    """The store's entry of an approval."""
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
        raise SupervisorNeededError(msg("No supervisor gave this approval."), hint=_ASK_ONE)
    return given


def _need_standing(act: Act, given: Any) -> None:
    """Require that whoever gave an approval is still a supervisor."""
    who = Actor(ActorKind.ACCOUNT, given.actor_id, given.actor_name, Role.ATTENDEE)
    try:
        there = act.by(who).known_at(given.event_id)
    except NotAllowedError:
        there = None
    if there is None or not there.is_supervisor:
        raise SupervisorNeededError(
            msg("{name} is no supervisor here any more.", name=given.actor_name),
            hint=msg("Ask another one for the PIN."),
        )


_GIVEN: Final = "approve"
_SPENT: Final = "use_approval"


def _given(steps: Steps, event_id: UUID, account: AnyRow, what: str) -> Approval:
    """Record an approval, if the account is still a supervisor's."""
    who = Actor(ActorKind.ACCOUNT, account.id, account.name, Role.ATTENDEE, steps.store.device_id)
    with steps.write(about=event_id) as act:
        supervisor = act.by(who).known_at(event_id)
        if not supervisor.is_supervisor:
            raise _wrong_pin()
        approval = Approval(supervisor, event_id, what, act.now)
        act.by(supervisor).record(
            _GIVEN,
            ("approval", approval.id),
            event_id=event_id,
            act=what,
            at_desk_of=act.actor.name,
            desk=_desk(act.actor),
        )
        entry = act.connection.execute(select(func.max(AuditRow.seq))).scalar_one()
    return Approval(supervisor, event_id, what, steps.now, approval.id, entry)


def _note_wrong(steps: Steps, event_id: UUID, what: str) -> None:
    with steps.write(about=event_id) as act:
        act.record("wrong_desk_pin", ("event", event_id), event_id=event_id, act=what)


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
    """Require that the account is a supervisor's somewhere."""
    is_admin = account_row(connection, account_id).is_admin
    organizes = EventRoleRow.role.in_(_ORGANIZERS)
    if not is_admin and not count_rows(
        connection, EventRoleRow.account_id == account_id, organizes
    ):
        raise NotAllowedError(
            msg("Only organizers and admins approve at a desk."),
            hint=msg("Ask the organizer of the event to make this account one."),
        )
