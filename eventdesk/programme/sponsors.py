"""Sponsors: adding, changing, moving, removing and reading them, and their logos."""

import binascii
from base64 import b64decode, b64encode
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, func, select

from badges.logo import small_png
from data.rows import delete_row, insert_row, update_row, view_from
from data.schema import SponsorRow
from eventdesk.acts import Act, Permission, Steps, event_of, need_readable, steps, writes
from eventdesk.core.fields import LINE, YES, Field, cleaned
from eventdesk.core.ids import new_id
from eventdesk.core.messages import msg
from eventdesk.events import need_part, need_programme
from eventdesk.programme.session import MAX_LOGO, Sponsor
from eventdesk.programme.speakers import LINK


@dataclass(frozen=True, slots=True)
class NewSponsor:
    """A sponsor to be added, or new values."""

    name: str
    level: str = ""
    line: str = ""
    link: str = ""
    on_badges: bool = False


_NO_SPONSOR: Final = msg("There is no such sponsor any more.")

SPONSOR: Final = (
    Field("name", LINE, "Name", "What they are called from now on.", what="A name", needed=True),
    Field("level", LINE, "Level", "Such as Gold.", "Such as Gold.", what="A level", most=40),
    Field("line", LINE, "A line of theirs", what="A line"),
    LINK,
    Field(
        "on_badges",
        YES,
        "On badges",
        "Whether badges name them.",
        "Badges printed from now on name them.",
        option="--on-badges/--not-on-badges",
    ),
)
"""The fields of a sponsor."""


@writes(Permission.PROGRAMME, about="event_id")
def add_sponsor(act: Act, event_id: UUID, new: NewSponsor) -> Sponsor:
    """Add a sponsor, below those that are there.

    Raises:
        InvalidInputError: No name, something typed cannot be used, or the event is cancelled.
    """
    kept = cleaned(SPONSOR, new)
    need_programme(act, event_id)
    last = select(func.coalesce(func.max(SponsorRow.position), 0))
    position = act.connection.execute(last.where(SponsorRow.event_id == event_id)).scalar_one() + 1
    sponsor = Sponsor(new_id(), **asdict(kept), position=position)
    values = {"id": sponsor.id, "event_id": event_id, "position": position, **asdict(kept)}
    insert_row(act.connection, SponsorRow, **values)
    act.record("add_sponsor", ("sponsor", sponsor.id), event_id=event_id, name=kept.name)
    return sponsor


@writes(Permission.PROGRAMME, about=event_of(SponsorRow, "sponsor_id"))
def change_sponsor(act: Act, sponsor_id: UUID, new: NewSponsor) -> None:
    """Change a sponsor; badges printed from now on follow.

    Raises:
        InvalidInputError: No name, something typed cannot be used, or the event is cancelled.
    """
    kept = cleaned(SPONSOR, new)
    event_id = need_part(act, SponsorRow, sponsor_id, _NO_SPONSOR).id
    update_row(act.connection, SponsorRow, sponsor_id, **asdict(kept))
    act.record("change_sponsor", ("sponsor", sponsor_id), event_id=event_id, **asdict(kept))


@steps(Permission.PROGRAMME, local=True, about=event_of(SponsorRow, "sponsor_id"))
def set_sponsor_logo(steps: Steps, sponsor_id: UUID, path: Path | None) -> None:
    """Give a sponsor the logo in a file, made small, or take it away with None.

    Raises:
        InvalidInputError: It is no PNG or JPEG that can be used, or the event is cancelled.
    """
    with steps.read() as act:
        event_id = need_part(act, SponsorRow, sponsor_id, _NO_SPONSOR).id
        if path is not None:
            need_readable(act, path)
    content = b"" if path is None else need_logo(path)
    with steps.write() as act:
        need_programme(act, event_id)
        update_row(act.connection, SponsorRow, sponsor_id, logo=b64encode(content).decode("ascii"))
        subject, size = ("sponsor", sponsor_id), len(content)
        act.record("set_sponsor_logo", subject, event_id=event_id, size=size)


@writes(Permission.PROGRAMME, about=event_of(SponsorRow, "sponsor_id"))
def move_sponsor(act: Act, sponsor_id: UUID, *, down: bool) -> None:
    """Move a sponsor one place down or up in the list; at its ends nothing happens.

    Raises:
        InvalidInputError: The event is cancelled.
    """
    event_id = need_part(act, SponsorRow, sponsor_id, _NO_SPONSOR).id
    order = [one.id for one in read_sponsors(act.connection, event_id)]
    before = order.index(sponsor_id)
    after = min(max(before + (1 if down else -1), 0), len(order) - 1)
    order.insert(after, order.pop(before))
    for position, one in enumerate(order, 1):
        update_row(act.connection, SponsorRow, one, position=position)
    act.record("move_sponsor", ("sponsor", sponsor_id), event_id=event_id, place=after + 1)


@writes(Permission.PROGRAMME, about=event_of(SponsorRow, "sponsor_id"))
def remove_sponsor(act: Act, sponsor_id: UUID) -> None:
    """Remove a sponsor.

    Raises:
        InvalidInputError: The event is cancelled.
    """
    event_id = need_part(act, SponsorRow, sponsor_id, _NO_SPONSOR).id
    delete_row(act.connection, SponsorRow, sponsor_id)
    act.record("remove_sponsor", ("sponsor", sponsor_id), event_id=event_id)


def need_logo(path: Path) -> bytes:
    """Read a picture and make it as small as a logo is kept.

    Raises:
        InvalidInputError: It is no PNG or JPEG that can be used.
    """
    return small_png(path, width=MAX_LOGO[0], height=MAX_LOGO[1])


def read_sponsors(connection: Connection, event_id: UUID) -> list[Sponsor]:
    """Read the sponsors of an event in their order."""
    sponsors = select(SponsorRow.__table__).where(SponsorRow.event_id == event_id)
    rows = connection.execute(sponsors.order_by(SponsorRow.position, SponsorRow.name))
    return [view_from(Sponsor, row, logo=_decoded(row.logo)) for row in rows]


def _decoded(logo: str) -> bytes:
    """The logo as bytes; none where an imported event brought something else."""
    try:
        return b64decode(logo, validate=True)
    except (binascii.Error, ValueError):
        return b""
