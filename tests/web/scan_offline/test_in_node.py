"""The page's verdicts without the house, held against those of the house, in node."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from eventdesk.door import EntryPolicy, check_in, offline_list, offline_terms
from eventdesk.door.phone_list import digest_of
from tests.build import NOON, STAFF, Fair
from tests.door import phone_vectors
from tests.door.phone import decide_alone, found
from tests.web.scan_offline.in_node import in_node

VECTORS = Path(phone_vectors.__file__).with_name("vectors.json")


def test_the_page_decides_as_the_table_of_cases_says() -> None:
    vectors = json.loads(VECTORS.read_text(encoding="utf-8"))
    said = in_node("decide_vectors.mjs", vectors)
    told = {each["name"]: one for each, one in zip(vectors, said, strict=True)}
    assert told == {each["name"]: each["says"] for each in vectors}


def test_the_page_spells_texts_as_the_house_does() -> None:
    texts = ["\x1c Größe\x85", "\ufeffz3fsn8", "\u3000İSTANBUL\u2028", "K7-qm 2x9p\t", "\ud800x"]
    payload = next(iter(phone_vectors.VECTORS))["payload"]
    for text in texts:
        for typed in (False, True):
            digest = digest_of(text)
            one = {"payload": payload | {"replaced": [digest]}, "text": text, "typed": typed}
            [said] = in_node("decide_vectors.mjs", [one | {"now": payload["made_at"]}])
            known = typed and text.startswith("K7")
            assert said == ("admitted" if known else "revoked"), text


def test_a_list_as_the_house_makes_it_and_the_phones_own_admissions(fair: Fair) -> None:
    policies = (EntryPolicy.ONCE, EntryPolicy.ONCE_PER_DAY, EntryPolicy.ANY)
    doors = {each: fair.list(each.value, offline=True, entry_policy=each).id for each in policies}
    fresh, came = fair.token(fair.sell("Ada")), fair.token(fair.sell("Bob"))
    asked, says = [], []
    for door in doors.values():
        check_in(fair.store, STAFF.at(NOON), fair.scan(came, list_id=door))
        listed = offline_list(fair.store, STAFF.at(NOON + timedelta(minutes=1)), door)
        payload = json.loads(listed.payload)
        for text in (fresh, came):
            for entered_min in (None, -24 * 60, 2):
                now = round((NOON + timedelta(minutes=10)).timestamp() * 1000)
                row = found(payload, text)
                assert not isinstance(row, str)
                entered = None
                if entered_min is not None:
                    entered = round((NOON + timedelta(minutes=entered_min)).timestamp() * 1000)
                    row[4] = max(row[4] or 0, entered)
                asked.append({"payload": payload, "text": text, "now": now, "entered": entered})
                says.append(decide_alone(payload, row, now))
    assert in_node("decide_vectors.mjs", asked) == says
    assert set(says) == {"admitted", "already_in"}


def test_only_what_the_house_signed_is_believed(fair: Fair) -> None:
    door = fair.list("Größe 🎫", offline=True).id
    key = offline_terms(fair.store, STAFF.at(NOON), door).public_key
    listed = offline_list(fair.store, STAFF.at(NOON), door)
    other = "A" * len(key)
    asked: list[Any] = [
        [key, listed.signature, listed.payload],
        [key, listed.signature, listed.payload + " "],
        [key, "A" * len(listed.signature), listed.payload],
    ]
    assert in_node("signed.mjs", asked) == [True, False, False]
    assert in_node("signed.mjs", [[other, listed.signature, listed.payload]]) == [False]
