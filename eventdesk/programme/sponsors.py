"""Who supports an event, in the order in which they are thanked."""

import binascii
from base64 import b64decode, b64encode
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import Connection, delete, func, insert, select, update

from badges.logo import small_png
from data.schema import SponsorRow
from data.store import Store
from eventdesk.acts.actor import Actor, Permission
from eventdesk.acts.audit import record
from eventdesk.acts.named_files import need_readable
from eventdesk.acts.permission import allowed
from eventdesk.core import typed_text
from eventdesk.core.ids import new_id
from eventdesk.events.venues import event_of, need_programme
from eventdesk.programme.session import MAX_LOGO, Sponsor


@dataclass(frozen=True, slots=True)
class NewSponsor:
    """What is known of a sponsor."""

    name: str
    level: str = ""
    line: str = ""
    link: str = ""
    on_badges: bool = False


@allowed(Permission.PROGRAMME)
def add_sponsor(
    store: Store, actor: Actor, event_id: UUID, new: NewSponsor, *, now: datetime
) -> Sponsor:
    """Add a sponsor, below those that are there.

    Raises:
        NotAllowedError: The actor may not change this event's programme.
        NotFoundError: There is no such event.
        InvalidInputError: No name, something typed cannot be used, or the event is cancelled.
    """
    kept = _checked(new)
    with store.write() as connection:
        need_programme(connection, actor, event_id, now)
        last = select(func.coalesce(func.max(SponsorRow.position), 0))
        position = connection.execute(last.where(SponsorRow.event_id == event_id)).scalar_one() + 1
        sponsor = Sponsor(new_id(), **asdict(kept), position=position)
        values = {"id": sponsor.id, "event_id": event_id, "position": position, **asdict(kept)}
        connection.execute(insert(SponsorRow).values(values))
        subject = ("sponsor", sponsor.id)
        record(
            connection, actor, "add_sponsor", subject, now=now, event_id=event_id, name=kept.name
        )
    return sponsor


@allowed(Permission.PROGRAMME)
def change_sponsor(
    store: Store, actor: Actor, sponsor_id: UUID, new: NewSponsor, *, now: datetime
) -> None:
    """Change what is known of a sponsor; badges that are printed from now on follow.

    Raises:
        NotAllowedError: The actor may not change this event's programme.
        NotFoundError: There is no such sponsor.
        InvalidInputError: No name, something typed cannot be used, or the event is cancelled.
    """
    kept = _checked(new)
    with store.write() as connection:
        event_id = event_of(connection, SponsorRow, sponsor_id, "sponsor")
        need_programme(connection, actor, event_id, now)
        mine = update(SponsorRow).where(SponsorRow.id == sponsor_id)
        connection.execute(mine.values(**asdict(kept)))
        subject = ("sponsor", sponsor_id)
        record(
            connection, actor, "change_sponsor", subject, now=now, event_id=event_id, **asdict(kept)
        )


@allowed(Permission.PROGRAMME)
def set_sponsor_logo(
    store: Store, actor: Actor, sponsor_id: UUID, path: Path | None, *, now: datetime
) -> None:
    """Give a sponsor the logo in a file, made small, or take it away with None.

    Raises:
        NotAllowedError: The actor may not change this event's programme, or read this file.
        NotFoundError: There is no such sponsor.
        InvalidInputError: It is no PNG or JPEG that can be used, or the event is cancelled.
    """
    with store.read() as connection:
        event_id = event_of(connection, SponsorRow, sponsor_id, "sponsor")
        need_programme(connection, actor, event_id, now)
        if path is not None:
            need_readable(store, connection, actor, path)
    content = b"" if path is None else need_logo(path)
    with store.write() as connection:
        need_programme(connection, actor, event_id, now)
        connection.execute(
            update(SponsorRow)
            .where(SponsorRow.id == sponsor_id)
            .values(logo=b64encode(content).decode("ascii"))
        )
        subject = ("sponsor", sponsor_id)
        record(
            connection,
            actor,
            "set_sponsor_logo",
            subject,
            now=now,
            event_id=event_id,
            size=len(content),
        )


@allowed(Permission.PROGRAMME)
def move_sponsor(
    store: Store, actor: Actor, sponsor_id: UUID, *, down: bool, now: datetime
) -> None:
    """Thank a sponsor one place later, or one earlier; at the end nothing happens.

    Raises:
        NotAllowedError: The actor may not change this event's programme.
        NotFoundError: There is no such sponsor.
        InvalidInputError: The event is cancelled.
    """
    with store.write() as connection:
        event_id = event_of(connection, SponsorRow, sponsor_id, "sponsor")
        need_programme(connection, actor, event_id, now)
        order = [one.id for one in read_sponsors(connection, event_id)]
        before = order.index(sponsor_id)
        after = min(max(before + (1 if down else -1), 0), len(order) - 1)
        order.insert(after, order.pop(before))
        for position, one in enumerate(order, 1):
            here = update(SponsorRow).where(SponsorRow.id == one)
            connection.execute(here.values(position=position))
        subject = ("sponsor", sponsor_id)
        record(
            connection, actor, "move_sponsor", subject, now=now, event_id=event_id, place=after + 1
        )


@allowed(Permission.PROGRAMME)
def remove_sponsor(store: Store, actor: Actor, sponsor_id: UUID, *, now: datetime) -> None:
    """Remove a sponsor.

    Raises:
        NotAllowedError: The actor may not change this event's programme.
        NotFoundError: There is no such sponsor.
        InvalidInputError: The event is cancelled.
    """
    with store.write() as connection:
        event_id = event_of(connection, SponsorRow, sponsor_id, "sponsor")
        need_programme(connection, actor, event_id, now)
        connection.execute(delete(SponsorRow).where(SponsorRow.id == sponsor_id))
        subject = ("sponsor", sponsor_id)
        record(connection, actor, "remove_sponsor", subject, now=now, event_id=event_id)


def need_logo(path: Path) -> bytes:
    """Return a picture as small as a logo is kept.

    Raises:
        InvalidInputError: It is no PNG or JPEG that can be used.
    """
    return small_png(path, width=MAX_LOGO[0], height=MAX_LOGO[1])


def read_sponsors(connection: Connection, event_id: UUID) -> list[Sponsor]:
    """Read the sponsors of an event in the order in which they are thanked."""
    rows = connection.execute(
        select(
            SponsorRow.id,
            SponsorRow.name,
            SponsorRow.level,
            SponsorRow.line,
            SponsorRow.link,
            SponsorRow.on_badges,
            SponsorRow.position,
            SponsorRow.logo,
        )
        .where(SponsorRow.event_id == event_id)
        .order_by(SponsorRow.position, SponsorRow.name)
    )
    return [Sponsor(*row[:-1], logo=_decoded(row.logo)) for row in rows]


def _decoded(logo: str) -> bytes:
    """The logo as bytes; none where an imported event brought something else."""
    try:
        return b64decode(logo, validate=True)
    except (binascii.Error, ValueError):
        return b""


def _checked(new: NewSponsor) -> NewSponsor:
    return NewSponsor(
        name=typed_text.line(new.name, "A name", needed=True),
        level=typed_text.line(new.level, "A level", most=40),
        line=typed_text.line(new.line, "A line"),
        link=typed_text.link(new.link, "The link"),
        on_badges=new.on_badges,
    )
