import json
import os
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eventdesk.core.errors import (
    ForgedTokenError,
    KeyFileBrokenError,
    KeyFileError,
    KeyFileLostError,
)
from eventdesk.core.ids import new_id
from eventdesk.core.keyring import FILE_NAME, Keyring
from eventdesk.core.token import open_token, seal
from tests.histories import tries

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
LATER = datetime(2026, 5, 2, 12, tzinfo=UTC)
TICKET, EVENT, OTHER_TICKET = UUID(int=1), UUID(int=2), UUID(int=3)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "home" / "keys"


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_reads_back_what_it_made(folder: Path) -> None:
    made = Keyring.create(folder, NOON)

    opened = Keyring.open(folder)

    assert opened == made
    assert opened.active.key_id == 1
    assert opened.created_at == {1: NOON}
    assert len(opened.audit_key) == 32
    assert not opened.tightened


def test_makes_other_keys_in_every_house(tmp_path: Path) -> None:
    one, other = (Keyring.create(tmp_path / name) for name in ("one", "other"))
    assert one.active.secret != other.active.secret
    assert one.audit_key != other.audit_key


def test_never_overwrites_keys_whatever_is_in_the_file(folder: Path) -> None:
    Keyring.create(folder)
    (folder / FILE_NAME).write_text("half")

    with pytest.raises(KeyFileError, match="already"):
        Keyring.create(folder)

    assert (folder / FILE_NAME).read_text() == "half"


def test_is_readable_by_its_owner_only(folder: Path) -> None:
    folder.mkdir(parents=True)
    folder.chmod(0o755)
    before = os.umask(0)
    try:
        keyring = Keyring.create(folder).rotate(NOON)
        copy = keyring.copy_to(folder / "backup")
    finally:
        os.umask(before)

    assert mode(folder) == 0o700
    assert mode(keyring.file) == 0o600
    assert mode(copy) == 0o600


def test_takes_the_file_away_from_others_and_says_so(folder: Path) -> None:
    file = Keyring.create(folder).file
    file.chmod(0o644)

    assert Keyring.open(folder).tightened
    assert mode(file) == 0o600
    assert not Keyring.open(folder).tightened


def test_rotating_keeps_what_was_sold_valid(folder: Path) -> None:
    first = Keyring.create(folder)
    sold = seal(first.active, ticket_id=TICKET, revision=1, event_id=EVENT)

    rotated = first.rotate(LATER).rotate(LATER)

    assert rotated == Keyring.open(folder)
    assert list(rotated.token_keys) == [1, 2, 3]
    assert rotated.active.key_id == 3
    assert rotated.created_at[3] == LATER
    assert rotated.audit_key == first.audit_key
    assert open_token(sold, rotated.token_keys, [EVENT]).ticket_id == TICKET


def test_rotating_an_old_copy_loses_no_key_of_another_process(folder: Path) -> None:
    old = Keyring.create(folder)
    newer = old.rotate(LATER)

    newest = old.rotate(LATER)

    assert newest.token_keys[2] == newer.token_keys[2]
    assert newest.active.key_id == 3


def test_processes_that_rotate_at_once_each_add_a_key(folder: Path) -> None:
    Keyring.create(folder)
    program = (
        "import sys; from pathlib import Path; from datetime import UTC, datetime;"
        "from eventdesk.core.keyring import Keyring; ring = Keyring.open(Path(sys.argv[1]));"
        "[ring.rotate(datetime.now(UTC)) for _ in range(5)]"
    )
    racers = [subprocess.Popen([sys.executable, "-c", program, folder]) for _ in range(4)]

    assert [racer.wait(60) for racer in racers] == [0] * 4
    assert list(Keyring.open(folder).token_keys) == list(range(1, 22))
    assert [path.name for path in folder.iterdir()] == [FILE_NAME]


def test_says_when_all_key_ids_are_used(folder: Path) -> None:
    keyring = Keyring.create(folder)
    content = json.loads(keyring.file.read_text())
    content["keys"] = [{**content["keys"][0], "id": key_id} for key_id in range(1, 256)]
    keyring.file.write_text(json.dumps(content))

    with pytest.raises(KeyFileError, match="255"):
        keyring.rotate(LATER)

    assert len(Keyring.open(folder).token_keys) == 255


def test_a_failed_rotation_leaves_the_file_as_it_was(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keyring = Keyring.create(folder)

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(KeyFileError, match="No space left"):
        keyring.rotate(LATER)

    assert Keyring.open(folder) == keyring
    assert [path.name for path in folder.iterdir()] == [FILE_NAME]


def test_a_copy_opens_what_the_original_opens(folder: Path, tmp_path: Path) -> None:
    keyring = Keyring.create(folder).rotate(LATER)

    keyring.copy_to(tmp_path / "backup")
    assert (tmp_path / "backup").stat().st_mode & 0o777 == 0o700
    restored = Keyring.open(tmp_path / "backup")

    assert restored.token_keys == keyring.token_keys
    assert restored.audit_key == keyring.audit_key


def test_misses_keys_before_doors_open(folder: Path, tmp_path: Path) -> None:
    keyring = Keyring.create(folder).rotate(LATER)
    sold = {key_id: keyring.fingerprint(key_id) for key_id in keyring.token_keys}
    keyring.check(sold)
    keyring.check({})

    with pytest.raises(KeyFileLostError, match="key 9 is missing"):
        keyring.check({**sold, 9: "0" * 16})
    stranger = Keyring.create(tmp_path / "stranger")
    with pytest.raises(KeyFileLostError) as lost:
        stranger.check(sold)
    assert "key 2 is missing, key 1 is a different one" in str(lost.value)
    assert "backup" in lost.value.hint


def test_a_fingerprint_tells_keys_apart_and_stays(folder: Path) -> None:
    keyring = Keyring.create(folder).rotate(LATER)

    assert keyring.fingerprint(1) != keyring.fingerprint(2)
    assert keyring.fingerprint(1) == Keyring.open(folder).fingerprint(1)
    assert len(bytes.fromhex(keyring.fingerprint(1))) == 8


def test_shows_no_secret(folder: Path) -> None:
    keyring = Keyring.create(folder)
    for secret in (keyring.active.secret, keyring.audit_key):
        assert repr(secret) not in repr(keyring)
        assert b64encode(secret).decode() not in repr(keyring)


def test_says_where_the_lost_file_should_be(folder: Path) -> None:
    with pytest.raises(KeyFileLostError, match=FILE_NAME):
        Keyring.open(folder)


Spoil = Callable[[dict[str, Any]], object]

SPOILED: dict[str, Spoil] = {
    "list": lambda content: [content],
    "null": lambda content: None,
    "newer version": lambda content: {**content, "version": 3},
    "no version": lambda content: {**content, "version": None},
    "true as version": lambda content: {**content, "version": True},
    "no keys": lambda content: {**content, "keys": []},
    "keys of a wrong kind": lambda content: {**content, "keys": {"1": "…"}},
    "key of a wrong kind": lambda content: {**content, "keys": ["…"]},
    "twice the same id": lambda content: {**content, "keys": content["keys"] * 2},
    "active missing": lambda content: {**content, "active": 2},
    "active as text": lambda content: {**content, "active": "1"},
    "audit key short": lambda content: {**content, "audit": "AAAA"},
    "audit key missing": lambda content: {**content, "audit": None},
    "id zero": lambda content: with_key(content, id=0),
    "id too big": lambda content: with_key(content, id=256),
    "id as fraction": lambda content: with_key(content, id=1.0),
    "secret short": lambda content: with_key(content, secret="AAAA"),
    "secret not base64": lambda content: with_key(content, secret="\u00e9" * 88),
    "no time": lambda content: with_key(content, created_at="yesterday"),
    "time without zone": lambda content: with_key(content, created_at="2026-05-01T08:00:00"),
    "time before time": lambda content: with_key(content, created_at="0001-01-01T00:00:00+14:00"),
}


def with_key(content: dict[str, Any], **changed: object) -> dict[str, Any]:
    return {**content, "keys": [{**content["keys"][0], **changed}]}


@pytest.mark.parametrize("spoil", SPOILED.values(), ids=SPOILED)
def test_says_what_is_wrong_with_a_spoiled_file(folder: Path, spoil: Spoil) -> None:
    file = Keyring.create(folder).file
    file.write_text(json.dumps(spoil(json.loads(file.read_text()))))

    with pytest.raises(KeyFileBrokenError, match=FILE_NAME) as broken:
        Keyring.open(folder)

    assert "backup" in broken.value.hint


@pytest.mark.parametrize(
    "content",
    [b"", b" \n", b"\xff\xfe", b"\0" * 600, b"[" * 200_000, b"9" * 9_000, b" " * 300_000 + b"{}"],
    ids=lambda content: repr(content[:4]),
)
def test_says_so_when_the_file_is_something_else(folder: Path, content: bytes) -> None:
    Keyring.create(folder).file.write_bytes(content)

    with pytest.raises(KeyFileBrokenError):
        Keyring.open(folder)


def test_refuses_every_half_written_file(folder: Path) -> None:
    file = Keyring.create(folder).file
    whole = file.read_bytes().rstrip()
    for length in range(len(whole)):
        file.write_bytes(whole[:length])
        with pytest.raises(KeyFileBrokenError):
            Keyring.open(folder)


@settings(
    max_examples=tries(100),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["version", "active", "audit", "keys", "id", "secret"]), inner
            )
        ),
        max_leaves=12,
    )
)
def test_answers_any_json_with_its_own_error(folder: Path, content: object) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / FILE_NAME).write_text(json.dumps({"version": 1, "keys": content, "active": 1}))

    with pytest.raises(KeyFileBrokenError):
        Keyring.open(folder)


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo], ids=["folder", "pipe"])
def test_takes_no_folder_or_pipe_for_keys(folder: Path, make: Callable[[Path], None]) -> None:
    folder.mkdir(parents=True)
    make(folder / FILE_NAME)

    with pytest.raises(KeyFileBrokenError):
        Keyring.open(folder)


def test_says_what_the_system_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for attempt in (Keyring.open, Keyring.create):
        with pytest.raises(KeyFileError, match="cannot be used"):
            attempt(tmp_path / "file")
    keyring = Keyring.create(tmp_path / "keys")
    with pytest.raises(KeyFileError, match="cannot be used"):
        keyring.copy_to(tmp_path / "file" / "deeper")
    with pytest.raises(KeyFileError):
        replace(keyring, folder=tmp_path / "nowhere").rotate(LATER)


def test_a_key_of_another_house_opens_its_tickets_beside_ours_of_the_same_number(
    folder: Path, tmp_path: Path
) -> None:
    ours, theirs = Keyring.create(folder), Keyring.create(tmp_path / "elsewhere")
    sold_here = seal(ours.active, ticket_id=TICKET, revision=1, event_id=EVENT)
    sold_there = seal(theirs.active, ticket_id=OTHER_TICKET, revision=1, event_id=EVENT)
    guests = [(key, theirs.created_at[key.key_id]) for key in theirs.token_keys.values()]

    assert ours.adopt(guests, EVENT) == {1: 2}
    both = Keyring.open(folder)

    assert both.active_id == 1
    assert open_token(sold_here, both.token_keys, [EVENT]).ticket_id == TICKET
    assert open_token(sold_there, both.token_keys, [EVENT]).ticket_id == OTHER_TICKET
    again = seal(both.token_keys[2], ticket_id=OTHER_TICKET, revision=1, event_id=EVENT)
    assert again == sold_there


def test_adopting_twice_adds_nothing_and_a_free_number_is_kept(
    folder: Path, tmp_path: Path
) -> None:
    ours = Keyring.create(folder)
    theirs = Keyring.create(tmp_path / "elsewhere").rotate(NOON).rotate(NOON)
    guests = [(theirs.token_keys[3], NOON)]
    assert ours.adopt(guests, EVENT) == {3: 3}
    before = ours.file.read_bytes()
    assert b'"version": 2' in before
    assert ours.adopt(guests, EVENT) == {3: 3}
    assert ours.file.read_bytes() == before
    assert ours.rotate(NOON).active_id == 2


def test_a_key_of_another_house_opens_nothing_but_the_events_it_came_with(
    folder: Path, tmp_path: Path
) -> None:
    ours, theirs = Keyring.create(folder), Keyring.create(tmp_path / "elsewhere")
    events = [EVENT, new_id(), new_id()]
    sold = [seal(theirs.active, ticket_id=TICKET, revision=1, event_id=each) for each in events]
    for event_id in events[:2]:
        ours.adopt([(theirs.active, NOON)], event_id)
    both = Keyring.open(folder).token_keys

    assert [open_token(text, both, events).event_id for text in sold[:2]] == events[:2]
    with pytest.raises(ForgedTokenError):
        open_token(sold[2], both, events)
    assert Keyring.open(ours.rotate(LATER).folder).token_keys[2].events == frozenset(events[:2])


def test_a_key_of_this_house_that_comes_back_stays_one(folder: Path) -> None:
    ours = Keyring.create(folder)
    before = ours.file.read_bytes()
    assert ours.adopt([(ours.active, NOON)], EVENT) == {1: 1}
    assert ours.file.read_bytes() == before


@pytest.mark.parametrize("events", [7, "all", [7], ["no id"], None])
def test_a_key_for_no_events_that_can_be_read_is_refused(folder: Path, events: object) -> None:
    ours = Keyring.create(folder)
    content = json.loads(ours.file.read_bytes())
    content["keys"][0]["events"] = events
    ours.file.write_text(json.dumps(content))
    with pytest.raises(KeyFileBrokenError):
        Keyring.open(folder)
