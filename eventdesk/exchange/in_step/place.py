"""How far an event was brought in step with a service, as the store keeps it."""

import hashlib
import json
from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Self
from uuid import UUID

from sqlalchemy import Connection, delete, select

from data.rows import put_setting, setting
from data.schema import EventErasureRow, ServiceRow, SettingRow
from eventdesk.core.errors import ServiceRefusedError, ServiceSilentError
from eventdesk.exchange.in_step.shops import Page
from eventdesk.integrations.pretix.kind import TOLD
from eventdesk.services import SetUp

PAUSE: Final = timedelta(seconds=30)
"""How long after the last page it is asked what changed."""

WHOLE: Final = timedelta(days=1)
"""How often everything is read once more, for what was missed."""

FIRST_REST, LAST_REST = timedelta(seconds=15), timedelta(minutes=15)
"""A service that fails is asked again after a pause, twice as long each time."""

KEY: Final = "in_step_"
"""What is kept of a service, with its id behind."""


@dataclass(frozen=True, slots=True)
class Place:
    """How far one service was followed.

    Attributes:
        about: A digest of what was typed: another event there is followed from its beginning.
        since: What the changes after the last whole reading are asked for with; "" is everything.
        more: The next page of the reading that goes on; "" between two.
        next_since: What `since` becomes when it ends.
        whole_at: When everything was read last.
        due_at: When it goes on.
        rest_s: The last pause after a failure; 0 while it answers.
    """

    about: str
    since: str = ""
    more: str = ""
    next_since: str = ""
    whole_at: str = ""
    due_at: str = ""
    rest_s: float = 0.0

    @classmethod
    def read(cls, connection: Connection, service: SetUp, now: datetime) -> Self:
        """The place of a service, at the beginning of a reading or inside one."""
        about = _about(service)
        kept = setting(connection, KEY + service.id.hex)
        place = cls(**json.loads(kept)) if kept else cls(about)
        if place.about != about:
            place = cls(about)
        if not place.more and (not place.whole_at or _at(place.whole_at) <= now - WHOLE):
            place = replace(place, since="")
        return place

    def write(self, connection: Connection, service_id: UUID) -> None:
        """Keep it."""
        put_setting(connection, KEY + service_id.hex, json.dumps(asdict(self)))

    def is_due(self, now: datetime) -> bool:
        """Whether it goes on now; after a clock that went back, too."""
        return not self.due_at or not now < _at(self.due_at) <= now + LAST_REST * 100

    def after(self, page: Page, now: datetime) -> Self:
        """The place behind a page."""
        first = not self.more
        upto = page.since if first else self.next_since
        if page.more:
            return replace(self, more=page.more, next_since=upto, due_at="", rest_s=0.0)
        whole = "" if self.since else now.isoformat()
        return replace(
            self,
            since=upto or self.since,
            more="",
            next_since="",
            whole_at=whole or self.whole_at,
            due_at=(now + PAUSE).isoformat(),
            rest_s=0.0,
        )

    def resting(self, error: Exception, now: datetime) -> Self:
        """The same place after a failure, with a pause.

        A page that is refused may be there no more: the reading begins again.
        """
        rest_s = min(LAST_REST.total_seconds(), self.rest_s * 2 or FIRST_REST.total_seconds())
        wait_s = error.wait_s if isinstance(error, ServiceSilentError) else None
        due_at = now + timedelta(seconds=max(1.0, rest_s if wait_s is None else wait_s))
        more = "" if isinstance(error, ServiceRefusedError) else self.more
        return replace(self, more=more, rest_s=rest_s, due_at=due_at.isoformat())


def event_of(service: SetUp) -> UUID:
    """The event that a service was set up for."""
    assert service.event_id is not None, "kinds of shops are of events"
    return service.event_id


def events_erased(connection: Connection) -> set[UUID]:
    """The events whose people were erased: nothing follows them any more."""
    begun = select(EventErasureRow.event_id).where(EventErasureRow.begun_at.is_not(None))
    return set(connection.execute(begun).scalars())


def stale_places(connection: Connection) -> list[str]:
    """The keys of what is kept of services that are there no more."""
    kept = select(SettingRow.key).where(SettingRow.key.startswith(KEY, autoescape=True))
    known = {each.hex for each in connection.execute(select(ServiceRow.id)).scalars()}
    keys = connection.execute(kept).scalars()
    return [key for key in keys if key.removeprefix(KEY).partition("_")[0] not in known]


def forget_places(connection: Connection, keys: Collection[str]) -> None:
    """Forget places: what is followed anew begins at its beginning."""
    connection.execute(delete(SettingRow).where(SettingRow.key.in_(keys)))


def _about(service: SetUp) -> str:
    typed = {name: value for name, value in service.values.items() if name not in ("token", TOLD)}
    return hashlib.sha256(json.dumps(typed, sort_keys=True).encode()).hexdigest()[:16]


def _at(said: str) -> datetime:
    return datetime.fromisoformat(said)
