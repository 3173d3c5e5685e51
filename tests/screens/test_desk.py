"""The desk's one input: scans, pasted lines, names with typos."""

from eventdesk.acts import SYSTEM
from eventdesk.booking import reissue
from eventdesk.door import check_in, counters, recent_scans, ticket_view
from tests.build import NOON, OTHER_STAFF, STAFF
from tests.screens.stage import Stage, page, reads, send, text_of, typed, until

TWENTY = 20


def admitted(stage: Stage) -> int:
    return counters(stage.fair.store, SYSTEM, stage.fair.door.id).admitted


async def test_twenty_scans_back_to_back_are_all_taken_in_order(stage: Stage) -> None:
    booked = stage.fair.sell_all([f"Guest {number}" for number in range(TWENTY)])
    tokens = [stage.fair.token(booked, index) for index in range(TWENTY)]
    async with stage.desk_screen() as (pilot, screen):
        send(pilot, "".join(f"{token}\r" for token in tokens))
        await until(pilot, lambda: admitted(stage) == TWENTY)
        await until(pilot, lambda: "20 in" in text_of(screen, "#counters"))

        scans = recent_scans(stage.fair.store, STAFF, stage.fair.door.id)
        assert [scan.name for scan in reversed(scans)] == [f"Guest {n}" for n in range(TWENTY)]
        assert screen.entry.value == ""
        await until(pilot, lambda: screen.card.ticket and screen.card.ticket.name == "Guest 19")


async def test_twenty_short_codes_back_to_back_are_not_merged(stage: Stage) -> None:
    booked = stage.fair.sell_all([f"Guest {number}" for number in range(TWENTY)])
    codes = [
        ticket_view(stage.fair.store, SYSTEM, ticket_id).code for ticket_id in booked.ticket_ids
    ]
    async with stage.desk_screen() as (pilot, _screen):
        send(pilot, "".join(f"{code}\r" for code in codes))
        await until(pilot, lambda: admitted(stage) == TWENTY)


async def test_scans_ended_by_other_means_are_taken_too(stage: Stage) -> None:
    booked = stage.fair.sell_all(["One", "Two", "Three", "Four"])
    one, two, three, four = (stage.fair.token(booked, index) for index in range(4))
    async with stage.desk_screen() as (pilot, _screen):
        send(pilot, f"{one}\t{two.lower()}\r\n{three}\nhalf a na{four}\r")
        await until(pilot, lambda: admitted(stage) == 4)


async def test_pasted_lines_are_all_taken(stage: Stage) -> None:
    booked = stage.fair.sell_all(["One", "Two", "Three"])
    lines = "\r\n".join(stage.fair.token(booked, index) for index in range(3))
    async with stage.desk_screen() as (pilot, screen):
        send(pilot, f"\x1b[200~{lines}\x1b[201~")
        await until(pilot, lambda: admitted(stage) == 3)
        assert screen.entry.value == ""


async def test_a_name_with_typos_is_found_and_a_second_enter_checks_it_in(stage: Stage) -> None:
    for name in ("Grace Hopper", "Katherine Johnson", "Alan Turing"):
        stage.fair.sell(name)
    async with stage.desk_screen() as (pilot, screen):
        await typed(pilot, "katerine jonson")
        await until(
            pilot, lambda: screen.card.ticket and screen.card.ticket.name == "Katherine Johnson"
        )
        await pilot.press("enter")
        await reads(pilot, "Enter lets in")
        await pilot.press("enter")
        await until(pilot, lambda: screen.card.answer is not None)

        assert screen.card.verdict.word == "Admitted"
        assert "Katherine Johnson" in page(pilot)
        assert admitted(stage) == 1


async def test_a_ticket_code_is_checked_in_at_once(stage: Stage) -> None:
    stage.fair.sell("Grace Hopper")
    async with stage.desk_screen() as (pilot, screen):
        await typed(pilot, "grace")
        await until(pilot, lambda: screen.card.ticket is not None)
        assert screen.card.ticket is not None
        code = screen.card.ticket.code
        await pilot.press("escape")
        send(pilot, f"{code.lower()}\r")
        await until(pilot, lambda: admitted(stage) == 1)


async def test_a_code_with_a_slip_is_offered_and_checked_in_only_when_chosen(stage: Stage) -> None:
    booked = stage.fair.sell("Grace Hopper")
    code = ticket_view(stage.fair.store, SYSTEM, booked.ticket_ids[0]).code
    slip = f"{code[:4]}2{code[4:]}"
    async with stage.desk_screen() as (pilot, screen):
        send(pilot, f"{slip}\r")
        await until(pilot, lambda: screen.results.option_count == 1)
        await pilot.press("enter")
        await until(pilot, lambda: screen._lines_waiting == 0)
        assert screen.results.highlighted is None
        assert admitted(stage) == 0

        await pilot.press("down", "enter")
        await until(pilot, lambda: admitted(stage) == 1)


async def test_a_name_that_may_be_several_is_asked_for_first(stage: Stage) -> None:
    stage.fair.sell_all(["Ada Lovelace", "Ada Yonath"])
    async with stage.desk_screen() as (pilot, screen):
        send(pilot, "ada\r")
        await until(pilot, lambda: screen.results.option_count == 2)
        assert admitted(stage) == 0
        assert screen.entry.value == "ada"

        await pilot.press("down", "enter")
        await until(pilot, lambda: screen.card.verdict.name == "Ada Yonath")
        await until(pilot, lambda: admitted(stage) == 1)


async def test_the_newest_text_wins(stage: Stage) -> None:
    stage.fair.sell_all(["Ada Lovelace", "Grace Hopper"])
    async with stage.desk_screen() as (pilot, screen):
        send(pilot, "ada")
        screen.search()
        await pilot.press("backspace", "backspace", "backspace")
        send(pilot, "grace")
        await until(pilot, lambda: screen.card.ticket and screen.card.ticket.name == "Grace Hopper")
        assert screen.results.found_for == "grace"


async def test_nobody_found_says_what_to_try(stage: Stage) -> None:
    async with stage.desk_screen() as (pilot, _screen):
        await typed(pilot, "xyzzy")
        await reads(pilot, "! NOBODY FOUND")


async def test_codes_of_another_shop_are_admitted_however_long_they_are(stage: Stage) -> None:
    long, short = "z3fsn8jyufm5kpk768q69gkbyr5f4h6w", "500110001"
    stage.fair.sell("Ada Lovelace", foreign_code=long)
    stage.fair.sell("Grace Hopper", foreign_code=short)
    async with stage.desk_screen() as (pilot, screen):
        send(pilot, f"{long}\t{short}\r")
        await until(pilot, lambda: admitted(stage) == 2)
        await until(pilot, lambda: screen.card.ticket and screen.card.ticket.name == "Grace Hopper")


async def test_a_revoked_code_of_another_shop_is_refused_although_it_finds_its_ticket(
    stage: Stage,
) -> None:
    booked = stage.fair.sell("Ada Lovelace", foreign_code="500110001")
    reissue(stage.fair.store, STAFF.at(NOON), booked.ticket_ids[0], reason="phone lost")
    async with stage.desk_screen() as (pilot, screen):
        await typed(pilot, "500110001")
        await until(pilot, lambda: screen.card.ticket and screen.card.ticket.name == "Ada Lovelace")
        await pilot.press("enter")
        await until(pilot, lambda: "phone lost" in page(pilot))
        assert admitted(stage) == 0


async def test_a_foreign_code_is_refused_and_logged(stage: Stage) -> None:
    async with stage.desk_screen() as (pilot, screen):
        send(pilot, "https://example.org/t/12345\r")
        await until(pilot, lambda: screen.card.answer is not None)
        assert screen.card.verdict.word == "Unknown"
        await until(pilot, lambda: "✗ Unknown" in text_of(screen, "#log Static"))


async def test_a_refusal_tells_staff_why_and_what_to_do(stage: Stage) -> None:
    booked = stage.fair.sell("Grace Hopper")
    token = stage.fair.token(booked)
    check_in(stage.fair.store, STAFF.at(NOON), stage.fair.scan(token))
    async with stage.desk_screen(size=(120, 30)) as (pilot, screen):
        send(pilot, f"{token}\r")
        await until(pilot, lambda: screen.card.answer is not None)
        await reads(pilot, "Grace Hopper")
        assert screen.card.verdict.word == "Already in"
        assert "In since 12:00" in page(pilot)
        assert "Ask for a name" in page(pilot)


async def test_the_input_keeps_the_keyboard(stage: Stage) -> None:
    async with stage.desk_screen() as (pilot, screen):
        for keys in (["tab"], ["shift+tab"], ["f1", "escape"], ["f2"]):
            await pilot.press(*keys)
            assert screen.focused is screen.entry
        for y in range(1, 23, 3):
            await pilot.click(offset=(20, y))
            await until(pilot, lambda: screen.focused is screen.entry)


async def test_what_another_process_does_appears_by_itself(stage: Stage) -> None:
    booked = stage.fair.sell("Grace Hopper")
    async with stage.desk_screen() as (pilot, screen):
        # Another connection of its own, as another process has; the desk knows nothing of it.
        scan = stage.fair.scan(stage.fair.token(booked), gate_id=stage.fair.gate.id)
        check_in(stage.fair.store, OTHER_STAFF.at(NOON), scan)
        await until(pilot, lambda: "Grace Hopper" in text_of(screen, "#log Static"))
        await until(pilot, lambda: "1 in" in text_of(screen, "#counters"))
        await until(pilot, lambda: "1 badge waiting" in text_of(screen, "#health-printer"))
