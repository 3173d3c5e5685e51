"""Files named by a path: what lies in the home folder is for few."""

import os
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from PIL import Image

from data.store import Store
from eventdesk.acts import SYSTEM, Actor, Permission, Role
from eventdesk.core.errors import NotAllowedError
from eventdesk.exchange import (
    ImportPlan,
    Listing,
    check_import,
    export_tickets,
    look_at,
    run_import,
)
from eventdesk.exchange.exports.exporting import export_payments
from eventdesk.money import import_statement, preview_statement
from eventdesk.printing import add_logo
from eventdesk.tables.files import Form
from tests.build import NOON, Fair, make_fair
from tests.people import make_another_admin, make_cohost, make_staff

READERS: dict[str, Callable[[Store, Actor, UUID, Path], object]] = {
    "look_at": look_at,
    "check_import": lambda store, actor, event_id, path: check_import(
        store, actor.at(NOON), event_id, path, ImportPlan(())
    ),
    "run_import": lambda store, actor, event_id, path: run_import(
        store, actor.at(NOON), event_id, path, ImportPlan(())
    ),
    "preview_statement": preview_statement,
    "import_statement": lambda store, actor, event_id, path: import_statement(
        store, actor.at(NOON), event_id, path
    ),
    "add_logo": lambda store, actor, event_id, path: add_logo(
        store, actor.at(NOON), event_id, path
    ),
}


@pytest.fixture
def other(fair: Fair) -> Fair:
    return make_fair(fair.store, "Another event")


@pytest.fixture
def stranger(other: Fair) -> Actor:
    return make_staff(other, Role.ORGANIZER, "Olga")


@pytest.fixture
def exported(fair: Fair) -> Path:
    fair.sell("Ada Lovelace")
    return export_tickets(
        fair.store, SYSTEM.at(NOON), Listing.ATTENDEES, Form.CSV, event_id=fair.event.id
    ).path


@pytest.mark.parametrize("reader", READERS)
def test_an_organizer_reads_no_export_of_another_event(
    fair: Fair, other: Fair, stranger: Actor, exported: Path, reader: str
) -> None:
    with pytest.raises(NotAllowedError, match="home folder"):
        READERS[reader](fair.store, stranger, other.event.id, exported)


def test_nor_by_a_link_a_detour_or_another_file_of_the_home(
    fair: Fair, other: Fair, stranger: Actor, exported: Path, tmp_path: Path
) -> None:
    link = tmp_path / "mine.csv"
    link.symlink_to(exported)
    detour = fair.store.home / "backups" / ".." / "exports" / exported.name
    near = Path(os.path.relpath(exported))
    loose = fair.store.home / "badges" / "somebody.csv"
    loose.parent.mkdir(exist_ok=True)
    loose.write_text("Name\nAda\n")
    (fair.store.home / "backups").mkdir(exist_ok=True)
    for path in (link, detour, near, loose, fair.store.path, fair.store.home / "nothing.csv"):
        with pytest.raises(NotAllowedError, match="home folder"):
            look_at(fair.store, stranger, other.event.id, path)


def test_no_badge_of_another_event_becomes_a_logo(
    fair: Fair, other: Fair, stranger: Actor, tmp_path: Path
) -> None:
    badge = fair.store.home / "badges" / "ada.png"
    badge.parent.mkdir(exist_ok=True)
    Image.new("1", (8, 8)).save(badge)
    with pytest.raises(NotAllowedError, match="home folder"):
        add_logo(fair.store, stranger.at(NOON), other.event.id, badge)
    Image.new("1", (8, 8)).save(tmp_path / "logo.png")
    assert add_logo(fair.store, stranger.at(NOON), other.event.id, tmp_path / "logo.png")


def test_who_may_take_a_list_out_reads_it_again(fair: Fair, exported: Path) -> None:
    organizer = make_staff(fair, Role.ORGANIZER, "Sue")
    assert look_at(fair.store, organizer, fair.event.id, exported).rows
    assert look_at(fair.store, make_another_admin(fair.store), fair.event.id, exported).rows
    tickets_only = make_cohost(fair, Permission.TICKETS)
    fair.sell("Grace Hopper")
    money = export_payments(fair.store, SYSTEM.at(NOON), Form.CSV, event_id=fair.event.id).path
    assert look_at(fair.store, tickets_only, fair.event.id, exported).rows
    with pytest.raises(NotAllowedError, match="home folder"):
        look_at(fair.store, tickets_only, fair.event.id, money)


def test_an_export_to_another_place_makes_no_file_of_the_home_ones_own(
    fair: Fair, other: Fair, stranger: Actor, exported: Path, tmp_path: Path
) -> None:
    with pytest.raises(NotAllowedError, match="outside of the exports"):
        export_tickets(
            fair.store,
            stranger.at(NOON),
            Listing.ATTENDEES,
            Form.CSV,
            event_id=other.event.id,
            path=tmp_path / exported.name,
        )
    with pytest.raises(NotAllowedError, match="home folder"):
        look_at(fair.store, stranger, other.event.id, exported)
    organizer = make_staff(fair, Role.ORGANIZER, "Sue")
    assert look_at(fair.store, organizer, fair.event.id, exported).rows
