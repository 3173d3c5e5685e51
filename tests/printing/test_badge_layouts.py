"""Layouts chosen, kept and taken back; what a badge says of its ticket; corrections by guests."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from PIL import Image
from sqlalchemy import insert, select, update

from badges.badge import Badge
from badges.drawing import dots
from badges.layout_file import ready_layout
from badges.layout_parts import Kind, Part
from badges.printers import open_printer
from data.schema import AuditRow, DeviceRow, EventRow, PrinterRow, TicketTypeSessionRow
from eventdesk.accounts import who_am_i
from eventdesk.acts import SYSTEM, Actor, ActorKind, Role
from eventdesk.core.errors import InvalidInputError, NotAllowedError, NotFoundError
from eventdesk.printing import (
    NewPrinter,
    add_logo,
    add_printer,
    all_layouts,
    badge_preview,
    badge_settings,
    correct_badge,
    delete_layout,
    duplicate_layout,
    open_layout,
    print_sample,
    printers_to_try,
    rename_layout,
    sample_badge,
    sample_tickets,
    save_layout,
    set_badges,
    ticket_badge,
    undo_layout,
)
from tests.acts.trials import add_person
from tests.build import ATTENDEE, NOON, STAFF, SUPERVISOR, Fair, make_fair


def own(fair: Fair, name: str) -> Path:
    return fair.store.home / "layouts" / f"{name}.toml"


def duplicate(fair: Fair, name: str = "mine", of: str = "a6") -> None:
    duplicate_layout(fair.store, SYSTEM.at(NOON), fair.event.id, of, name)


def chosen(fair: Fair) -> str:
    return badge_settings(fair.store, SYSTEM, fair.event.id).layout


def verbs(fair: Fair) -> list[str]:
    with fair.store.read() as connection:
        rows = connection.execute(select(AuditRow.verb).order_by(AuditRow.seq))
        return [verb for verb in rows.scalars() if "layout" in verb or "badge" in verb]


def test_an_event_chooses_its_layout_and_its_badges_know_it(fair: Fair) -> None:
    ticket_id = fair.sell().ticket_ids[0]
    assert badge_preview(fair.store, SYSTEM, ticket_id).layout == ""
    set_badges(fair.store, SUPERVISOR.at(NOON), fair.event.id, layout="a6")
    assert badge_preview(fair.store, SYSTEM, ticket_id).layout == "a6"
    duplicate(fair)
    set_badges(fair.store, SUPERVISOR.at(NOON), fair.event.id, layout="mine", correction=True)
    assert badge_preview(fair.store, SYSTEM, ticket_id).layout == str(own(fair, "mine"))
    said = badge_settings(fair.store, SUPERVISOR, fair.event.id)
    assert (said.layout, said.correction) == ("mine", True)
    assert said.layouts[0].used_by == (fair.event.name,)
    assert verbs(fair) == ["set_badges", "duplicate_layout", "set_badges"]


def test_a_layout_that_is_not_there_or_not_sound_is_not_chosen(fair: Fair) -> None:
    duplicate(fair)
    own(fair, "mine").write_text('width = 62\n[[front]]\nsize = "x"')
    for name, error in (("missing", NotFoundError), ("mine", InvalidInputError)):
        with pytest.raises(error):
            set_badges(fair.store, SYSTEM.at(NOON), fair.event.id, layout=name)
    assert chosen(fair) == ""
    listed = {each.name: each for each in all_layouts(fair.store, SYSTEM)}
    assert "height is 0" in listed["mine"].problem
    assert listed["a6"].problem == ""


@pytest.mark.parametrize("actor", [STAFF, ATTENDEE])
def test_only_who_may_change_the_event_changes_its_badges(fair: Fair, actor: object) -> None:
    assert isinstance(actor, type(STAFF))
    with pytest.raises(NotAllowedError):
        set_badges(fair.store, actor.at(NOON), fair.event.id, layout="a6")
    with pytest.raises(NotAllowedError):
        duplicate_layout(fair.store, actor.at(NOON), fair.event.id, "a6", "mine")


def test_a_saved_layout_is_whole_and_the_former_one_comes_back(fair: Fair) -> None:
    store, event_id = fair.store, fair.event.id
    duplicate(fair)
    before = own(fair, "mine").read_text()
    opened = open_layout(store, SYSTEM, event_id, "mine")
    new = replace(opened.layout, title="New")
    saved = save_layout(store, SYSTEM.at(NOON), event_id, new, was=opened.text)
    assert own(fair, "mine").read_text() == saved.text != before
    undo_layout(store, SYSTEM.at(NOON), event_id, "mine")
    assert own(fair, "mine").read_text() == before
    with pytest.raises(NotFoundError, match="no former version"):
        undo_layout(store, SYSTEM.at(NOON), event_id, "mine")


def test_nobodys_work_is_overwritten_unseen(fair: Fair) -> None:
    store, event_id = fair.store, fair.event.id
    duplicate(fair)
    opened = open_layout(store, SYSTEM, event_id, "mine")
    theirs = save_layout(
        store, SYSTEM.at(NOON), event_id, replace(opened.layout, title="Theirs"), was=opened.text
    )
    with pytest.raises(InvalidInputError, match="Somebody else saved"):
        save_layout(store, SYSTEM.at(NOON), event_id, opened.layout, was=opened.text)
    assert own(fair, "mine").read_text() == theirs.text


def test_a_layout_that_is_not_sound_is_not_saved(fair: Fair) -> None:
    duplicate(fair)
    before = own(fair, "mine").read_text()
    layout = open_layout(fair.store, SYSTEM, fair.event.id, "mine").layout
    part = replace(layout.sides[0][0], x=200.0)
    with pytest.raises(InvalidInputError, match="ends at"):
        save_layout(fair.store, SYSTEM.at(NOON), fair.event.id, replace(layout, sides=((part,),)))
    assert own(fair, "mine").read_text() == before


def test_a_renamed_layout_takes_its_events_along(fair: Fair) -> None:
    store, event_id = fair.store, fair.event.id
    duplicate(fair)
    set_badges(store, SYSTEM.at(NOON), event_id, layout="mine")
    rename_layout(store, SYSTEM.at(NOON), event_id, "mine", "ours")
    assert chosen(fair) == "ours"
    assert own(fair, "ours").exists()
    assert not own(fair, "mine").exists()
    with pytest.raises(InvalidInputError, match="already"):
        rename_layout(store, SYSTEM.at(NOON), event_id, "ours", "a6")
    with pytest.raises(NotFoundError, match="of your own"):
        rename_layout(store, SYSTEM.at(NOON), event_id, "a6", "b6")
    with pytest.raises(InvalidInputError, match="cannot be the name"):
        rename_layout(store, SYSTEM.at(NOON), event_id, "ours", "../x")


def test_who_may_not_rename_a_layout_leaves_no_file(fair: Fair) -> None:
    duplicate(fair)
    boss = add_person(
        fair.store, "An organizer elsewhere", make_fair(fair.store).event.id, "organizer"
    )
    actor = who_am_i(fair.store, Actor(ActorKind.ACCOUNT, boss, "Somebody", Role.ORGANIZER))
    with pytest.raises(NotAllowedError):
        rename_layout(fair.store, actor.at(NOON), fair.event.id, "mine", "theirs")
    assert own(fair, "mine").exists()
    assert not own(fair, "theirs").exists()


def test_a_layout_in_use_stays_and_a_deleted_one_comes_back(fair: Fair) -> None:
    store, event_id = fair.store, fair.event.id
    duplicate(fair)
    set_badges(store, SYSTEM.at(NOON), event_id, layout="mine")
    with pytest.raises(InvalidInputError, match="is used by Demo Days"):
        delete_layout(store, SYSTEM.at(NOON), event_id, "mine")
    set_badges(store, SYSTEM.at(NOON), event_id, layout="")
    delete_layout(store, SYSTEM.at(NOON), event_id, "mine")
    assert badge_settings(store, SYSTEM, event_id).deleted == ("mine",)
    undo_layout(store, SYSTEM.at(NOON), event_id, "mine")
    assert own(fair, "mine").exists()


def test_another_events_layout_is_changed_by_who_may_change_that_event(fair: Fair) -> None:
    store = fair.store
    duplicate(fair)
    set_badges(store, SYSTEM.at(NOON), fair.event.id, layout="mine")
    other = make_fair(store, "Other Days")
    only_there = replace(SUPERVISOR, event_id=other.event.id)
    layout = open_layout(store, only_there, other.event.id, "mine").layout
    with pytest.raises(NotAllowedError, match="another event, Demo Days"):
        save_layout(store, only_there.at(NOON), other.event.id, layout)
    with pytest.raises(NotAllowedError, match="another event"):
        undo_layout(store, only_there.at(NOON), other.event.id, "mine")


def test_only_the_latest_former_versions_are_kept(fair: Fair) -> None:
    duplicate(fair)
    layout = open_layout(fair.store, SYSTEM, fair.event.id, "mine").layout
    for no in range(35):
        new = replace(layout, title=str(no))
        save_layout(fair.store, SYSTEM.at(NOON), fair.event.id, new)
    kept = sorted((fair.store.home / "layouts" / ".former").iterdir())
    assert len(kept) == 30
    assert 'title = "33"' in kept[-1].read_text()


def test_a_logo_is_copied_beside_the_layouts_and_never_over_another(
    fair: Fair, tmp_path: Path
) -> None:
    picture = tmp_path / "Our Logo!.png"
    names = []
    for colour in ("black", "black", "white"):
        Image.new("1", (9, 9), colour).save(picture)
        names.append(add_logo(fair.store, SYSTEM.at(NOON), fair.event.id, picture))
    assert names == ["OurLogo.png", "OurLogo.png", "OurLogo-1.png"]
    bad = tmp_path / "bad.png"
    bad.write_bytes(b"GIF89a")
    for path, error in ((bad, InvalidInputError), (tmp_path / "no.png", NotFoundError)):
        with pytest.raises(error):
            add_logo(fair.store, SYSTEM.at(NOON), fair.event.id, path)
    with pytest.raises(InvalidInputError, match="no PNG or JPEG"):
        add_logo(fair.store, SYSTEM.at(NOON), fair.event.id, Path("/etc/passwd"))


def test_guests_correct_their_badge_only_where_the_event_allows_it(fair: Fair) -> None:
    ticket_id = fair.sell("Ada Lovlace").ticket_ids[0]
    given = {"name": "Ada Lovelace", "line_two": "London"}
    with pytest.raises(InvalidInputError, match="as they were booked"):
        correct_badge(fair.store, STAFF.at(NOON), ticket_id, **given)
    set_badges(fair.store, SYSTEM.at(NOON), fair.event.id, correction=True)
    with pytest.raises(NotAllowedError):
        correct_badge(fair.store, ATTENDEE.at(NOON), ticket_id, **given)
    with pytest.raises(InvalidInputError, match="A name has 1 to 4000 characters"):
        correct_badge(fair.store, STAFF.at(NOON), ticket_id, name=" ", line_two="")
    with pytest.raises(NotFoundError, match="There is no such ticket"):
        correct_badge(fair.store, STAFF.at(NOON), UUID(int=9), **given)
    correct_badge(fair.store, STAFF.at(NOON), ticket_id, **given)
    badge = badge_preview(fair.store, SYSTEM, ticket_id)
    assert (badge.name, badge.line_two) == ("Ada Lovelace", "London")
    assert verbs(fair)[-1] == "correct_badge"


def test_a_badge_says_the_sessions_of_its_ticket_type(fair: Fair) -> None:
    from eventdesk.programme import NewSession, add_session

    ticket_id = fair.sell().ticket_ids[0]
    session = NewSession("Keynote", NOON, NOON + timedelta(hours=1))
    added = add_session(fair.store, SYSTEM.at(NOON), fair.event.id, session)
    with fair.store.write() as connection:
        connection.execute(
            insert(TicketTypeSessionRow).values(
                ticket_type_id=fair.regular, session_id=added.session.id
            )
        )
        connection.execute(update(EventRow).values(language="de"))
    badge = badge_preview(fair.store, SYSTEM, ticket_id)
    assert badge.session == "Keynote"
    assert badge.sessions == "12:00  Keynote"
    assert badge.language == "de"
    assert badge.ticket_type_id == str(fair.regular)


def test_a_sample_prints_by_a_layout_that_is_not_saved(fair: Fair) -> None:
    layout = replace(ready_layout("label-62"), name="", title="unsaved")
    badge: Badge = sample_badge("Demo Days")
    store, event_id = fair.store, fair.event.id
    assert printers_to_try(store, SYSTEM, event_id) == [(None, "This desk's: folder")]
    paper = print_sample(store, SUPERVISOR, event_id, None, layout=layout, badge=badge)
    assert Path(paper.where).parent == store.home / "badges"
    added = add_printer(store, SYSTEM.at(NOON), NewPrinter("Booth", "folder+png"))
    assert printers_to_try(store, SYSTEM, event_id) == [
        (added.id, "Booth"),
        (None, "This desk's: folder"),
    ]
    paper = print_sample(store, SUPERVISOR, event_id, added.id, layout=layout, badge=badge)
    assert Path(paper.where).with_suffix(".png").exists()


def test_a_sample_reads_pictures_of_no_other_folder(fair: Fair, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    Image.new("1", (80, 80)).save(elsewhere / "secret.png")
    sound = ready_layout("label-62")
    logo = Part(Kind.LOGO, file="secret.png", x=5, y=5, width=10, height=10)
    layout = replace(sound, sides=((logo,),), folder=elsewhere)
    event_id, badge = fair.event.id, sample_badge("Demo Days")
    printer = add_printer(fair.store, SYSTEM.at(NOON), NewPrinter("Booth", "folder+png"))
    there, nowhere = (
        print_sample(fair.store, SUPERVISOR, event_id, printer.id, layout=each, badge=badge)
        for each in (layout, replace(layout, folder=None))
    )
    pictures = [Path(each.where).with_suffix(".png") for each in (there, nowhere)]
    assert pictures[0].read_bytes() == pictures[1].read_bytes()


def test_a_sample_of_an_absurd_layout_is_refused(fair: Fair) -> None:
    layout = replace(ready_layout("label-62"), height_mm=1e9)
    with pytest.raises(InvalidInputError, match="height"):
        print_sample(
            fair.store, SUPERVISOR, fair.event.id, None, layout=layout, badge=sample_badge("Days")
        )


def test_a_sample_goes_to_no_printer_that_is_none_gone_or_elsewhere(fair: Fair) -> None:
    layout, badge = ready_layout("label-62"), sample_badge("Demo Days")
    store, event_id = fair.store, fair.event.id
    (store.home / "settings.toml").write_text('printer = "none"\n')
    assert printers_to_try(store, SYSTEM, event_id) == []
    with pytest.raises(InvalidInputError, match="prints nothing"):
        print_sample(store, SUPERVISOR, event_id, None, layout=layout, badge=badge)
    with pytest.raises(NotFoundError, match="There is no such printer any more"):
        print_sample(store, SUPERVISOR, event_id, uuid4(), layout=layout, badge=badge)
    added = add_printer(store, SYSTEM.at(NOON), NewPrinter("Booth", "folder"))
    with store.write() as connection:
        device_id = uuid4()
        connection.execute(insert(DeviceRow).values(id=device_id, name="B", created_at=NOON))
        connection.execute(update(PrinterRow).values(device_id=device_id))
    assert printers_to_try(store, SYSTEM, event_id) == []
    with pytest.raises(InvalidInputError, match="another machine"):
        print_sample(store, SUPERVISOR, event_id, added.id, layout=layout, badge=badge)


def test_samples_are_real_tickets_the_longest_names_first(fair: Fair) -> None:
    fair.sell_all(["Al", "Alexandrina Victoria", "Bob"])
    assert [name for _, name in sample_tickets(fair.store, SYSTEM, fair.event.id)] == [
        "Alexandrina Victoria",
        "Bob",
        "Al",
    ]


def test_a_preview_shows_no_code_that_somebody_could_come_in_with(fair: Fair) -> None:
    ticket_id = fair.sell().ticket_ids[0]
    shown, printed = (read(fair.store, SYSTEM, ticket_id) for read in (badge_preview, ticket_badge))
    assert shown == replace(printed, token=shown.token)
    assert shown.token != printed.token


def test_a_printed_badge_is_drawn_by_the_layout_its_event_chose(fair: Fair) -> None:
    ticket_id = fair.sell().ticket_ids[0]
    set_badges(fair.store, SYSTEM.at(NOON), fair.event.id, layout="receipt-58")
    printer = open_printer("folder+png", badges_folder=fair.store.home / "badges")
    assert printer is not None
    paper = printer.send(badge_preview(fair.store, SYSTEM, ticket_id), job="one")
    with Image.open(Path(paper.where).with_suffix(".png")) as picture:
        assert picture.size == (dots(48, 300), dots(92, 300))
