"""Finding a guest whose name, address or code was typed with slips."""

import re
from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import event

from data import mistyped
from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.booking import cancel_tickets, list_attendees
from eventdesk.core.folding import fold
from eventdesk.core.ids import codes_near
from eventdesk.door import check_in, find_tickets
from eventdesk.keeping import erase_guest
from tests.build import NOON, STAFF, Fair, make_fair

NAMES = (
    "Anna Schmidt",
    "Ana Schmitt",
    "Hannah Schmidtke",
    "Anna-Lena Groß",
    "Jürgen Müller",
    "Jörg Schröder",
    "Jonas Miller",
    "Anne O’Connor",
    "Ansgar Mueller",
    "Hans Müller",
    "Maria Rossi",
    "Mario Rossi",
    "Marianne Rosenthal",
    "Katharina Zimmermann",
    "Katarzyna Wiśniewska",
    "Wei Wang",
    "Wen Wong",
    "Дмитрий Соколов",
    "Дарья Соловьёва",
    "Νίκος Παπαδόπουλος",
    "王芳",
)


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fair]:
    """An event that tests only read."""
    with Store.create(tmp_path_factory.mktemp("crowd") / "home") as store:
        yield _sell_to_all(make_fair(store))


def _sell_to_all(fair: Fair) -> Fair:
    for name in NAMES:
        local_part = name.lower().replace(" ", ".") if name.isascii() else f"guest{len(name)}"
        fair.sell(name, email=f"{local_part}@example.org")
    return fair


def _found(fair: Fair, typed: str, **how: object) -> list[str]:
    return [ticket.name for ticket in find_tickets(fair.store, SYSTEM, fair.event.id, typed, **how)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("anna schmdt", "Anna Schmidt"),  # a letter left out
        ("katharina zimmrmann", "Katharina Zimmermann"),
        ("nna schmidt", "Anna Schmidt"),  # the first one
        ("atharina zimmermann", "Katharina Zimmermann"),
        ("anna chmidt", "Anna Schmidt"),
        ("annna schmidt", "Anna Schmidt"),  # doubled
        ("katharina zimmermannn", "Katharina Zimmermann"),
        ("anna shcmidt", "Anna Schmidt"),  # swapped neighbours
        ("aktharina zimmermann", "Katharina Zimmermann"),
        ("anna schmift", "Anna Schmidt"),  # the next key
        ("katharina zimmernann", "Katharina Zimmermann"),
        ("xatharina zimmermann", "Katharina Zimmermann"),  # another letter
        ("anna schmidrt", "Anna Schmidt"),  # a letter too many
        ("wei wnag", "Wei Wang"),  # in short words
        ("wie wang", "Wei Wang"),
        ("дмитрй соколов", "Дмитрий Соколов"),  # in other scripts
        ("дмитрий соклоов", "Дмитрий Соколов"),
        ("νικος παπαδοπουλως", "Νίκος Παπαδόπουλος"),
    ],
)
def test_one_slip_finds_the_name_first(crowd: Fair, typed: str, name: str) -> None:
    assert _found(crowd, typed)[0] == name


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("katarina zimermann", "Katharina Zimmermann"),  # one in each word
        ("anan schmidtt", "Anna Schmidt"),
        ("zimmremann katharian", "Katharina Zimmermann"),
        ("katharina zimermanm", "Katharina Zimmermann"),  # two in one
        ("katarzyna wisnewka", "Katarzyna Wiśniewska"),
    ],
)
def test_two_slips_find_the_name_first(crowd: Fair, typed: str, name: str) -> None:
    assert _found(crowd, typed)[0] == name


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("katharina zimre", "Katharina Zimmermann"),
        ("katharina zmme", "Katharina Zimmermann"),
        ("marianne rosne", "Marianne Rosenthal"),
        ("zimrme", "Katharina Zimmermann"),
    ],
)
def test_a_slip_is_forgiven_while_the_name_is_still_being_typed(
    crowd: Fair, typed: str, name: str
) -> None:
    assert _found(crowd, typed)[0] == name


@pytest.mark.parametrize(
    ("typed", "is_doubtful"),
    [
        ("anna schmid", False),
        ("schmidt ann", False),
        ("juergen mueller", False),
        ("annaschmidt", False),
        ("wei wnag", True),
        ("anna schmdt", True),
        ("katharina zimre", True),
        ("katarina zimermann", True),
        ("anna.schmidt@", False),
        ("ana.schmidt@example.org", True),
    ],
)
def test_a_name_with_a_slip_is_told_from_one_as_it_was_typed(
    crowd: Fair, typed: str, is_doubtful: bool
) -> None:
    assert find_tickets(crowd.store, SYSTEM, crowd.event.id, typed)[0].is_doubtful is is_doubtful


def test_a_whole_code_or_seat_is_told_from_its_beginning_and_a_name_from_an_address(
    fair: Fair,
) -> None:
    booked = fair.sell("Aditya Rao", email="ada@example.org", seat="B 7")
    [ticket] = find_tickets(fair.store, SYSTEM, fair.event.id, booked.code)
    certain = (ticket.code, ticket.code[:4] + "-" + ticket.code[4:], booked.code, "b-7")
    for typed in (*certain, "adit", "rao", "rao b", "ada@exam"):
        [found] = find_tickets(fair.store, SYSTEM, fair.event.id, typed)
        assert not found.is_doubtful, typed
    for typed in ("ada", ticket.code[:3], booked.code[:3], "adita"):
        [found] = find_tickets(fair.store, SYSTEM, fair.event.id, typed)
        assert found.is_doubtful, typed


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("annaschmidt", "Anna Schmidt"),
        ("katharinazimmer", "Katharina Zimmermann"),
        ("annalena gross", "Anna-Lena Groß"),
        ("anne o connor", "Anne O’Connor"),
        ("anne oconnor", "Anne O’Connor"),
        ("anne o'conor", "Anne O’Connor"),
        ("juergen mueller", "Jürgen Müller"),
        ("joerg schroeder", "Jörg Schröder"),
        ("ansgar müller", "Ansgar Mueller"),
        ("anna lena gros", "Anna-Lena Groß"),
    ],
)
def test_umlauts_hyphens_and_spaces_may_be_written_otherwise(
    crowd: Fair, typed: str, name: str
) -> None:
    assert _found(crowd, typed)[0] == name


def test_who_is_called_as_it_was_typed_stands_before_who_is_near(crowd: Fair) -> None:
    assert (
        _found(crowd, "ana schmitt")[:2]
        == ["Ana Schmitt", "Anna Schmidt"][:1] + _found(crowd, "ana schmitt")[1:2]
    )
    assert _found(crowd, "maria rossi") == ["Maria Rossi", "Mario Rossi"]
    assert _found(crowd, "mario rossi") == ["Mario Rossi", "Maria Rossi"]


def test_a_beginning_stands_before_a_slip_and_one_slip_before_two(crowd: Fair) -> None:
    assert _found(crowd, "hanna schmidt") == ["Hannah Schmidtke", "Anna Schmidt"]
    found = _found(crowd, "mario rosis")
    assert found == ["Mario Rossi", "Maria Rossi"]


def test_one_word_that_somebody_has_is_not_taken_for_another(crowd: Fair) -> None:
    assert _found(crowd, "maria") == ["Maria Rossi", "Marianne Rosenthal"]
    assert "Jonas Miller" not in _found(crowd, "muller")


def test_a_word_too_many_leaves_who_has_both_others(crowd: Fair) -> None:
    assert _found(crowd, "anna elisabeth schmidt") == ["Anna Schmidt"]
    assert _found(crowd, "anna elisabeth") == []


def test_a_list_takes_for_a_typo_only_what_nobody_is_called(crowd: Fair) -> None:
    def listed(typed: str) -> list[str]:
        lines, _total = list_attendees(crowd.store, SYSTEM.at(NOON), crowd.event.id, search=typed)
        return [line.name for line in lines]

    assert listed("maria rossi") == ["Maria Rossi"]
    assert listed("maria rosis") == ["Maria Rossi"]


def test_of_equally_near_names_those_still_expected_come_first(fair: Fair) -> None:
    first, second, third = (fair.sell("Grace Hopper") for _ in range(3))
    check_in(fair.store, STAFF.at(NOON + timedelta(minutes=1)), fair.scan(fair.token(first)))
    cancel_tickets(fair.store, STAFF.at(NOON), second.ticket_ids, reason="ill")
    for typed in ("grace hopper", "grace hoper"):
        found = find_tickets(
            fair.store, SYSTEM.at(NOON), fair.event.id, typed, list_id=fair.door.id
        )
        assert [each.id for each in found] == [
            each.ticket_ids[0] for each in (third, first, second)
        ]


def test_the_same_text_finds_the_same_people_in_the_same_order(crowd: Fair) -> None:
    chance = Random(7)
    for name in NAMES:
        letters = list(name.casefold())
        letters.pop(chance.randrange(len(letters)))
        typed = "".join(letters)
        with Store(crowd.store.home) as other:
            again = find_tickets(other, SYSTEM, crowd.event.id, typed)
        assert [each.name for each in again] == _found(crowd, typed)


def test_a_name_that_another_program_sold_is_corrected_to_as_well(fair: Fair) -> None:
    assert _found(fair, "gracce hopprr") == []
    with Store(fair.store.home) as other:
        elsewhere = Fair(other, fair.event, fair.regular, fair.vip, fair.door, fair.gate)
        elsewhere.sell("Grace Hopper")
    assert _found(fair, "gracce hoppr") == ["Grace Hopper"]


def test_a_name_learned_after_the_newest_was_erased_is_corrected_to(fair: Fair) -> None:
    fair.sell("Grace Quillfeather", email="grace@example.org")
    assert _found(fair, "quilfeather") == ["Grace Quillfeather"]
    erase_guest(fair.store, SYSTEM.at(NOON + timedelta(days=9)), fair.event.id, "grace@example.org")
    fair.sell("Ada Lovelace")
    assert _found(fair, "lovlace") == ["Ada Lovelace"]
    with fair.store.read() as connection:
        kept = connection.exec_driver_sql("SELECT word FROM name_word WHERE word LIKE 'quil%'")
        assert not kept.all()


def test_a_code_with_one_slip_finds_its_ticket(fair: Fair) -> None:
    booked = fair.sell("Grace Hopper")
    code, booking = booked.ticket_codes[0], booked.code
    slips = [code[1] + code[0] + code[2:], code[:-1] + ("2" if code[-1] != "2" else "3")]
    slips += [f"{booking[:2]}2{booking[2:]}", f"{booking[:-1]}{'4' if booking[-1] != '4' else '5'}"]
    for typed in slips:
        wanted = ["Grace Hopper"] if any(sign.isdigit() for sign in typed) else []
        assert _found(fair, typed.lower()) == wanted, typed
    assert _found(fair, "2" * 8) == []


def test_a_code_with_one_slip_finds_no_ticket_of_another_event(fair: Fair) -> None:
    code = make_fair(fair.store, "Another").sell("Ada").ticket_codes[0]
    assert _found(fair, code[1:]) == []


def test_a_pasted_link_is_no_mistyped_name(fair: Fair) -> None:
    fair.sell("Exampla Orga")
    assert _found(fair, "exampka orga") == ["Exampla Orga"]
    assert _found(fair, "www.exampla.org") == []


def test_codes_near_a_code_are_one_slip_away_and_not_itself() -> None:
    near = codes_near("K7QM")
    assert {"7KQM", "K7Q", "K7QMM", "K7QN", "2K7QM"} <= near
    assert "K7QM" not in near
    assert "7KMQ" not in near


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("anna.schmidt@exanple.org", "Anna Schmidt"),
        ("anna.schmidt@example.ogr", "Anna Schmidt"),
        ("anna.schmdit@example.org", "Anna Schmidt"),
        ("anna.schmidt@exmap", "Anna Schmidt"),
        ("katarina.zimmermann@exa", "Katharina Zimmermann"),
    ],
)
def test_an_address_with_a_slip_finds_its_holder(crowd: Fair, typed: str, name: str) -> None:
    assert _found(crowd, typed)[0] == name


def test_an_address_of_words_that_are_in_no_name_may_have_a_slip_in_its_second_half(
    fair: Fair,
) -> None:
    fair.sell("Bo Xu", email="officedesk42@example.org")
    assert _found(fair, "officedeks42@example.org") == ["Bo Xu"]


def test_an_address_that_is_only_alike_finds_nobody(crowd: Fair) -> None:
    assert _found(crowd, "anna.schmidt@elsewhere.net") == []


def test_the_words_of_all_names_are_read_as_one_row_and_only_once(own_crowd: Fair) -> None:
    statements: list[str] = []
    with Store(own_crowd.store.home) as fresh:
        with fresh.read() as connection:
            engine = connection.engine

        @event.listens_for(engine, "before_cursor_execute")
        def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
            statements.append(statement)

        for _ in range(3):
            find_tickets(fresh, SYSTEM, own_crowd.event.id, "anna schmdit")
            learned = [each for each in statements if "name_word" in each]
            assert len(learned) == 1
            assert "group_concat" in learned[0]
            statements.clear()
        assert len(fresh.vocabulary.known.ordered) == len(set(fresh.vocabulary.known.ordered))


@pytest.fixture
def own_crowd(fair: Fair) -> Fair:
    """The same event for one test alone."""
    return _sell_to_all(fair)


@pytest.mark.parametrize("typed", ["Anna Schmidt", "B 17", "#Order-17"])
def test_a_search_reads_no_bookings_but_those_an_order_number_names(
    own_crowd: Fair, typed: str
) -> None:
    seen: list[tuple[str, tuple[object, ...]]] = []
    with own_crowd.store.read() as connection:

        @event.listens_for(connection.engine, "before_cursor_execute")
        def note(_c: object, _cursor: object, statement: str, given: object, *_: object) -> None:
            if "booking.external_ref" in statement and isinstance(given, tuple):
                seen.append((statement, given))

        find_tickets(own_crowd.store, SYSTEM, own_crowd.event.id, typed)
        event.remove(connection.engine, "before_cursor_execute", note)
        plans = [
            connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given).all()
            for statement, given in seen
        ]
    steps = [row[3] for plan in plans for row in plan if " booking " in row[3]]
    assert steps
    assert all("uq_booking_external_ref" in step for step in steps)


def test_hostile_texts_stay_cheap_to_correct(crowd: Fair) -> None:
    for typed in ("anna " * 6, "x" * 40 + " " + "y" * 40, "ab " * 6 + "schmdit", "a b c d e f"):
        assert set(_found(crowd, typed)) <= set(NAMES)


@pytest.mark.parametrize("typed", ["h -nz5o0mh- s", "k86 z ewh9b35", "h qqxzk s"])
def test_random_signs_are_no_mistyped_name(crowd: Fair, typed: str) -> None:
    assert _found(crowd, typed) == []


def test_a_word_too_many_is_left_away_where_another_name_is_two_slips_off(fair: Fair) -> None:
    for name in ("Salma Hassan", "Salma Hassan Maren"):
        fair.sell(name)
    assert _found(fair, "salma hassan maria") == ["Salma Hassan Maren", "Salma Hassan"]


def test_only_words_that_are_near_are_weighed_letter_by_letter(
    own_crowd: Fair, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Weighing is what a search among three hundred people would spend its time with."""
    chance = Random(3)
    endings = {"".join(chance.choices("bdfgklmnrstvz", k=5)) for _ in range(200)}
    for ending in sorted(endings):
        own_crowd.sell(f"Katharina Zi{ending}")
    weighed: list[str] = []

    def noted(typed: str, word: str) -> list[float]:
        weighed.append(word)
        return last_row(typed, word)

    last_row = mistyped._last_row
    monkeypatch.setattr(mistyped, "_last_row", noted)
    mistyped.distance.cache_clear()
    assert len(_found(own_crowd, "katharina zi xaver")) == 20
    assert len(_found(own_crowd, "katharina zimermannn")) == 1
    assert 0 < len(weighed) < len(endings) // 2


def test_beginnings_the_index_does_not_keep_are_looked_up_as_the_words_they_begin(
    own_crowd: Fair,
) -> None:
    expressions: list[str] = []
    with own_crowd.store.read() as connection:

        @event.listens_for(connection.engine, "before_cursor_execute")
        def note(_c: object, _cursor: object, statement: str, given: Any, *_: object) -> None:
            if "ticket_search MATCH" in statement:
                expressions.append(given[0])

        for typed in ("katharina zmme", "marai rosis", "anna elisabth schmidt", "zimrme"):
            expressions.clear()
            assert _found(own_crowd, typed)
            begun = {
                word for each in expressions[2:] for word in re.findall(r'"([^"]{4,})"\*', each)
            }
            assert begun <= set(fold(typed).split())
            assert all(each not in NAMES_FOLDED for each in begun)
        event.remove(connection.engine, "before_cursor_execute", note)


@pytest.mark.parametrize(
    ("typed", "most"),
    [
        ("h a n a j o", 12),  # whole and begun
        ("wan wen anna marie hans jon", 75),
        ("anna maria jonas hannah marianne katharina", 66),
    ],
)
def test_of_many_words_no_slip_is_looked_up_that_could_find_nobody(
    crowd: Fair, typed: str, most: int
) -> None:
    """Each word that is asked for is a list to walk, as long as a tenth of the event."""
    asked: list[str] = []
    with crowd.store.read() as connection:

        @event.listens_for(connection.engine, "before_cursor_execute")
        def note(_c: object, _cursor: object, statement: str, given: Any, *_: object) -> None:
            if "ticket_search MATCH" in statement:
                asked.extend(re.findall(r'"[^"]+"', given[0]))

        assert _found(crowd, typed) == []
        event.remove(connection.engine, "before_cursor_execute", note)
    assert len(asked) <= most


@pytest.mark.parametrize("typed", ["kathrina zimm", "zimm kathrina", "ktah zimmermann"])
def test_who_shares_the_other_words_with_few_is_compared_with_what_was_typed(
    crowd: Fair, typed: str
) -> None:
    assert _found(crowd, typed) == ["Katharina Zimmermann"]


NAMES_FOLDED = " ".join(map(fold, NAMES))
