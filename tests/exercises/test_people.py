import re
import unicodedata
from collections import Counter
from itertools import islice

from eventdesk.core.folding import fold
from eventdesk.exercises.demo.agenda import TICKET_TYPES, event_name
from eventdesk.exercises.demo.people import DOMAINS, Person, people

CROWD = list(people(20_000, seed=1))


def test_invents_the_same_crowd_for_the_same_seed() -> None:
    assert list(people(200, seed=1)) == CROWD[:200]
    assert list(islice(people(1_000_000, seed=1), 200)) == CROWD[:200]


def test_invents_another_crowd_for_another_seed() -> None:
    others = {person.email for person in people(200, seed=2)}
    assert len(others & {person.email for person in CROWD[:200]}) < 20


def test_invents_exactly_as_many_as_asked() -> None:
    assert len(CROWD) == 20_000
    assert list(people(0, seed=1)) == []


def test_gives_everybody_an_address_of_their_own_that_reaches_nobody() -> None:
    assert len({person.email for person in CROWD}) == len(CROWD)
    address = re.compile(rf"[a-z]+\.[a-z]+[0-9]*@({'|'.join(map(re.escape, DOMAINS))})")
    assert [person.email for person in CROWD if not address.fullmatch(person.email)] == []


def test_writes_letters_and_a_little_punctuation_only() -> None:
    texts = [
        text for person in CROWD for text in (person.name, person.organization, person.line_two)
    ]
    kinds = {unicodedata.category(letter) for text in texts for letter in text}
    assert kinds <= {"Lu", "Ll", "Lo", "Lm", "Mn", "Mc", "Pd", "Po", "Zs"}
    assert all(text == " ".join(text.split()) for text in texts)


def test_names_people_in_many_languages_and_scripts() -> None:
    scripts = Counter(
        unicodedata.name(letter).split()[0]
        for person in CROWD
        for letter in person.name
        if letter.isalpha()
    )
    assert {"LATIN", "ARABIC", "HEBREW", "THAI", "CJK", "DEVANAGARI", "GREEK"} <= set(scripts)
    assert scripts["LATIN"] > 0.8 * scripts.total()
    accented = sum(not person.name.isascii() for person in CROWD)
    assert 0.2 < accented / len(CROWD) < 0.5


def test_repeats_full_names_as_life_does() -> None:
    names = Counter(person.name for person in CROWD)
    shared = sum(times for times in names.values() if times > 1)
    assert 0.1 < shared / len(CROWD) < 0.5


def test_knows_more_than_twenty_thousand_words_in_a_large_crowd() -> None:
    words = {word for person in people(150_000, seed=1) for word in person.name.split()}
    assert len({part for word in words for part in fold(word).split()}) > 20_000


def test_sells_each_ticket_type_its_share() -> None:
    sold = Counter(person.ticket_type_hint for person in CROWD)
    assert sum(plan.share_percent for plan in TICKET_TYPES) == 100
    for plan in TICKET_TYPES:
        share = sold.pop(plan.key) / len(CROWD)  # type: ignore[call-overload]
        assert abs(share - plan.share_percent / 100) < 0.01
    assert not sold


def test_says_what_students_and_crew_do() -> None:
    def of(hint: str) -> list[Person]:
        return [person for person in CROWD if person.ticket_type_hint == hint]

    assert all(person.line_two == f"Student, {person.organization}" for person in of("student"))
    assert all(person.line_two.startswith("Crew, ") for person in of("crew"))
    unemployed = sum(not person.organization for person in of("regular"))
    assert 0.04 < unemployed / len(of("regular")) < 0.1


def test_names_the_event_by_its_seed() -> None:
    assert event_name(7) == event_name(7)
    assert len({event_name(seed) for seed in range(50)}) > 5
    assert event_name(3, year=2031).endswith(" 2031")
