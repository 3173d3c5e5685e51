"""Store clock: whether the machine's clock can be believed.

The spooler notes every minute how late it is, and never an earlier instant. A clock that is far
ahead of that may be right, after a pause, or have lost its mind; while nobody knows, nothing is
ended by a deadline and no backup is thinned. After ten minutes at the new time it is believed,
unless it jumped by more than `YEARS`: then somebody has to confirm it. A clock that is behind ends
nothing too early, so it is only named.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, delete, exists, true

from data.rows import put_setting, setting
from data.schema import SettingRow
from eventdesk.acts.act import Act, Steps
from eventdesk.acts.actor import Permission
from eventdesk.acts.verbs import reads, steps, writes
from eventdesk.core import clock
from eventdesk.core.messages import _

NOTED_EVERY = timedelta(minutes=1)

BEHIND_BY = timedelta(minutes=1)
"""Clocks of several machines differ by less."""

JUMP = timedelta(days=1)
"""A store that was closed for less is no reason to wonder."""

SETTLES, SETTLED_BY = timedelta(minutes=10), timedelta(days=31)
"""Seen twice in the new time, so far apart, a clock is believed."""

YEARS = timedelta(days=400)
"""A longer jump is believed only when somebody confirms it."""

_SEEN, _AHEAD_SINCE = "clock_seen", "clock_ahead_since"


class Clock(StrEnum):
    """How the clock stands to what the store knows."""

    FINE = "fine"
    AHEAD = "ahead"
    BEHIND = "behind"


@dataclass(frozen=True, slots=True)
class ClockLook:
    """The clock, compared with the store.

    Attributes:
        now: What the clock says.
        seen: The latest instant at which it was believed; None when it was never noted.
    """

    state: Clock
    now: datetime
    seen: datetime | None

    @property
    def sentence(self) -> str:
        """What is wrong, for people; "" when nothing is."""
        if self.seen is None or self.state is Clock.FINE:
            return ""
        if self.state is Clock.BEHIND:
            return _(
                "it says {now:%Y-%m-%d %H:%M} UTC, but this store was open at "
                "{seen:%Y-%m-%d %H:%M} already",
                now=self.now,
                seen=self.seen,
            )
        return _(
            "it says {now:%Y-%m-%d %H:%M} UTC, but this store was last open at "
            "{seen:%Y-%m-%d %H:%M}: until it is believed no deadline ends anything and no backup "
            "is thinned",
            now=self.now,
            seen=self.seen,
        )

    @property
    def advice(self) -> str:
        """What to do; "" when nothing."""
        if not self.sentence:
            return ""
        return _("Set the clock: timedatectl set-ntp true. If it is right: eventdesk clock trust")


@reads(public=True)
def clock_now(act: Act) -> ClockLook:
    """Compare the clock with the store."""
    return _look(act)


@steps(internal=True)
def watch_clock(
    steps: Steps, *, otherwise: Callable[[], datetime | None] = lambda: None
) -> ClockLook:
    """Compare the clock with the store and note how late it is; the spooler calls it in turns.

    Args:
        otherwise: Asked for a known instant where none was noted yet.
    """
    with steps.read() as act:
        look = _look(act)
    if look.state is Clock.BEHIND or _rehearsed():
        return look
    if look.state is Clock.FINE and look.seen is not None and steps.now - look.seen < NOTED_EVERY:
        return look
    with steps.write() as act:
        if look.seen is None:
            put_setting(act.connection, _SEEN, min(otherwise() or act.now, act.now).isoformat())
        look = _look(act)
        if look.state is Clock.AHEAD and _settle(act, look):
            look = _look(act)
        elif look.state is Clock.FINE:
            _believe(act)
    return look


def may_end(act: Act) -> bool:
    """Whether what is past its deadline may be ended, asked inside the transaction that ends it."""
    look = _look(act)
    return look.state is not Clock.AHEAD or _settle(act, look)


def believed(now: datetime) -> ColumnElement[bool]:
    """The question whether the clock is believed, for questions about what is past its deadline.

    It stands in the same question as what it guards, so that who counts and who ends agree.
    """
    if _rehearsed():
        return true()
    long_ago = (now - JUMP).astimezone(UTC).isoformat()
    return ~exists().where(SettingRow.key == _SEEN, SettingRow.value < long_ago)


@writes(Permission.INSTALLATION)
def trust_clock(act: Act) -> ClockLook:
    """Confirm that the clock is right as it is now, whatever the store knew before.

    Returns:
        How it stood until now.
    """
    act.need(None, Permission.INSTALLATION)
    look = _look(act)
    _believe(act)
    _tell(act, look)
    return look


def _look(act: Act) -> ClockLook:
    seen = _get(act.connection, _SEEN)
    state = Clock.FINE
    if seen is not None and not _rehearsed():
        if act.now - seen > JUMP:
            state = Clock.AHEAD
        elif seen - act.now > BEHIND_BY:
            state = Clock.BEHIND
    return ClockLook(state, act.now, seen)


def _settle(act: Act, look: ClockLook) -> bool:
    """Believe a clock that goes on where it jumped to; note when it was there first."""
    since = _get(act.connection, _AHEAD_SINCE)
    if since is None or not timedelta(0) <= look.now - since <= SETTLED_BY:
        put_setting(act.connection, _AHEAD_SINCE, look.now.isoformat())
        return False
    near = look.seen is not None and look.now - look.seen <= YEARS
    if not near or look.now - since < SETTLES:
        return False
    _believe(act.at(look.now))
    _tell(act.as_system(), look)
    return True


def _believe(act: Act) -> None:
    put_setting(act.connection, _SEEN, act.now.isoformat())
    act.connection.execute(delete(SettingRow).where(SettingRow.key == _AHEAD_SINCE))


def _tell(act: Act, look: ClockLook) -> None:
    before = None if look.seen is None else look.seen.isoformat()
    subject = ("store", None)
    act.at(look.now).record("trust_clock", subject, before=before)


def _rehearsed() -> bool:
    """Whether this process's clock is meant to be elsewhere."""
    return bool(clock.ahead())


def _get(connection: Connection, key: str) -> datetime | None:
    value = setting(connection, key)
    return None if value is None else datetime.fromisoformat(value)
