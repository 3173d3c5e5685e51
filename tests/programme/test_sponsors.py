"""Sponsors: in which order they are thanked, and on which badges."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import update

from data.schema import EventRow, SponsorRow
from data.store import Store
from eventdesk.acts import SYSTEM, Actor
from eventdesk.core.errors import InvalidInputError, NotAllowedError
from eventdesk.door import check_in
from eventdesk.printing import claim_badges, ticket_badge
from eventdesk.programme import (
    NewSponsor,
    Programme,
    add_sponsor,
    change_sponsor,
    move_sponsor,
    read_programme,
    remove_sponsor,
    set_sponsor_logo,
)
from tests.build import NOON, Fair
from tests.events.organizing import House, make_house


@pytest.fixture
def house(store: Store) -> House:
    return make_house(store).complete()


def read(house: House, actor: Actor | None = None) -> Programme:
    return read_programme(house.store, (actor or house.organizer).at(NOON), house.event_id)


def test_sponsors_are_thanked_in_the_order_chosen(house: House) -> None:
    made = [
        add_sponsor(house.store, house.organizer.at(NOON), house.event_id, NewSponsor(name))
        for name in ("Anna", "Bert", "Carl")
    ]
    move_sponsor(house.store, house.organizer.at(NOON), made[2].id, down=False)
    move_sponsor(house.store, house.organizer.at(NOON), made[0].id, down=False)
    assert [one.name for one in read(house).sponsors] == ["Anna", "Carl", "Bert"]
    gold = NewSponsor("Bert", "Gold", "Builds bridges", "https://example.org", on_badges=True)
    change_sponsor(house.store, house.organizer.at(NOON), made[1].id, gold)
    remove_sponsor(house.store, house.organizer.at(NOON), made[0].id)
    carl, bert = read(house).sponsors
    assert (carl.name, bert.level, bert.on_badges) == ("Carl", "Gold", True)


def picture(folder: Path, size: tuple[int, int] = (1200, 300)) -> Path:
    path = folder / "logo.png"
    Image.new("RGBA", size, (200, 30, 30, 255)).save(path)
    return path


def test_a_logo_is_kept_small_and_taken_away(house: House, tmp_path: Path) -> None:
    store, olga = house.store, house.organizer
    anna = add_sponsor(store, olga.at(NOON), house.event_id, NewSponsor("Anna"))
    set_sponsor_logo(store, olga.at(NOON), anna.id, picture(tmp_path))
    with Image.open(BytesIO(read(house).sponsors[0].logo)) as kept:
        assert (kept.format, kept.size) == ("PNG", (600, 150))
    change_sponsor(store, olga.at(NOON), anna.id, NewSponsor("Anna B."))
    assert read(house).sponsors[0].logo
    set_sponsor_logo(store, olga.at(NOON), anna.id, None)
    assert read(house).sponsors[0].logo == b""


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n", b"x" * 5_000_000])
def test_what_is_no_picture_is_refused(house: House, tmp_path: Path, content: bytes) -> None:
    anna = add_sponsor(house.store, SYSTEM.at(NOON), house.event_id, NewSponsor("Anna"))
    path = tmp_path / "logo.png"
    path.write_bytes(content)
    with pytest.raises(InvalidInputError, match=r"logo\.png is"):
        set_sponsor_logo(house.store, house.organizer.at(NOON), anna.id, path)


def test_a_file_of_the_house_is_no_logo_for_an_organizer(house: House) -> None:
    anna = add_sponsor(house.store, SYSTEM.at(NOON), house.event_id, NewSponsor("Anna"))
    (house.store.home / "badges").mkdir(exist_ok=True)
    badge = picture(house.store.home / "badges")
    with pytest.raises(NotAllowedError):
        set_sponsor_logo(house.store, house.organizer.at(NOON), anna.id, badge)


def test_a_logo_that_an_import_broke_is_left_away(house: House) -> None:
    add_sponsor(house.store, SYSTEM.at(NOON), house.event_id, NewSponsor("Anna"))
    with house.store.write() as connection:
        connection.execute(update(SponsorRow).values(logo="no base 64 ä"))
    assert read(house).sponsors[0].logo == b""


def test_badges_thank_the_sponsors_chosen_for_them(fair: Fair) -> None:
    for name, on_badges in (("Anna", True), ("Bert", False), ("Carl", True)):
        new = NewSponsor(name, on_badges=on_badges)
        add_sponsor(fair.store, SYSTEM.at(NOON), fair.event.id, new)
    sold = fair.sell()
    assert (
        ticket_badge(fair.store, SYSTEM, sold.ticket_ids[0]).sponsors == "Supported by Anna, Carl"
    )
    check_in(fair.store, SYSTEM.at(NOON), fair.scan(fair.token(sold)))
    (job,) = claim_badges(fair.store, SYSTEM.at(NOON), "a courier")
    assert job.badge.sponsors == "Supported by Anna, Carl"
    with fair.store.write() as connection:
        connection.execute(update(EventRow).values(language="de"))
    badge = ticket_badge(fair.store, SYSTEM, sold.ticket_ids[0])
    assert badge.sponsors == "Mit Unterstützung von Anna, Carl"
