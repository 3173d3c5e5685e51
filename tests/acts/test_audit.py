"""The audit: what was changed, cut off or put back by somebody without the key is found."""

import json
from pathlib import Path

import pytest

from data.audit_mark import FILE_NAME as MARK_NAME
from data.audit_mark import read_mark
from data.files import copy_file
from data.progress_mark import FILE_NAME as PROGRESS_NAME
from data.store import FILE_NAME, Store
from eventdesk.acts import (
    ACTOR,
    ERASED,
    SYSTEM,
    Steps,
    salt_audit,
    seal_audit,
    verify_audit,
    withhold,
)
from eventdesk.core.errors import AuditBrokenError
from eventdesk.keeping import gone_back, list_audit, make_backup, restore
from tests.build import NOON, SUPERVISOR, make_fair

ENTRIES = 5


def write_down(store: Store, count: int = ENTRIES) -> None:
    with Steps(store, SUPERVISOR.at(NOON)).write() as act:
        for number in range(count):
            subject = ("ticket", None)
            act.record("undo", subject, number=number)


@pytest.fixture
def sealed(store: Store) -> Store:
    """A store with five sealed entries."""
    write_down(store)
    seal_audit(store, SYSTEM)
    return store


def forge(store: Store, *statements: str) -> None:
    """Change the database as somebody can who has the file but not the key."""
    with store.write() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


CUT = (
    "DELETE FROM audit WHERE seq > 3",
    "DELETE FROM audit_link WHERE seq > 3",
    "UPDATE sqlite_sequence SET seq = 3 WHERE name = 'audit'",
)
UNSEAL = ("DELETE FROM audit_link", "DELETE FROM setting WHERE key = 'audit_seal'")


def test_an_untouched_audit_verifies_sealed_or_not(sealed: Store) -> None:
    write_down(sealed, 2)
    report = verify_audit(sealed, SYSTEM)
    assert (report.entries, report.unsealed, report.problems) == (ENTRIES, 2, ())
    assert seal_audit(sealed, SYSTEM, batch=1) == 1
    assert seal_audit(sealed, SYSTEM) == 1
    assert seal_audit(sealed, SYSTEM) == 0
    assert verify_audit(sealed, SYSTEM).problems == ()


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("UPDATE audit SET actor_name = 'nobody' WHERE seq = 2", "Entry 2 was changed"),
        ("UPDATE audit SET detail = '{}' WHERE seq = 2", "Entry 2 was changed"),
        ("DELETE FROM audit WHERE seq = 2", "Entry 2 is missing"),
        ("DELETE FROM audit_link WHERE seq = 2", "Links 2 to 2 of the chain are missing"),
        ("DELETE FROM audit_link WHERE seq = 5", "but 5 entries were sealed"),
        ("DELETE FROM setting WHERE key = 'audit_seal'", "cut off or changed"),
    ],
)
def test_each_single_change_is_named(sealed: Store, statement: str, problem: str) -> None:
    forge(sealed, statement)
    assert any(problem in found for found in verify_audit(sealed, SYSTEM).problems)


UNREADABLE = {
    "no JSON": "detail = '{oops'",
    "a list": "detail = '[1]'",
    "null": "detail = 'null'",
    "bytes": "detail = x'ff00'",
    "far too deep": """detail = '{"a":' || replace(hex(zeroblob(100000)), '00', '[') || '1'
        || replace(hex(zeroblob(100000)), '00', ']') || '}'""",
    "salts of another kind": "salts = '7'",
    "withheld of another kind": "withheld = '5'",
    "no instant": "at = 'yesterday'",
    "too late an instant": "at = 9223372036854775807",
    "half an id": "id = x'01'",
    "no text": "verb = CAST(x'ff' AS TEXT)",
}


@pytest.mark.parametrize("change", UNREADABLE.values(), ids=UNREADABLE)
def test_an_entry_that_cannot_be_read_is_named_and_the_others_are_checked(
    sealed: Store, change: str
) -> None:
    forge(sealed, f"UPDATE audit SET {change} WHERE seq = 2", "DELETE FROM audit WHERE seq = 4")
    report = verify_audit(sealed, SYSTEM)
    assert {*report.problems} >= {"Entry 2 cannot be read.", "Entry 4 is missing."}
    assert report.entries == ENTRIES - 2
    entries, total = list_audit(sealed, SYSTEM)
    assert ([each.seq for each in entries], total) == ([5, 3, 2, 1], ENTRIES)
    assert entries[2].detail == "Entry 2 cannot be read."


@pytest.mark.parametrize("change", UNREADABLE.values(), ids=UNREADABLE)
def test_an_entry_that_cannot_be_read_is_not_sealed(sealed: Store, change: str) -> None:
    write_down(sealed, 1)
    forge(sealed, f"UPDATE audit SET {change} WHERE seq = {ENTRIES + 1}")
    with pytest.raises(AuditBrokenError, match="Entry 6 cannot be read"):
        seal_audit(sealed, SYSTEM)
    assert "Entry 6 cannot be read." in verify_audit(sealed, SYSTEM).problems


@pytest.mark.parametrize(
    "forgery",
    [
        "UPDATE audit_link SET digest = 'words' WHERE seq = 2",
        "UPDATE audit_link SET digest = 'words' WHERE seq = 5",
        "UPDATE setting SET value = x'ff' WHERE key = 'audit_seal'",
    ],
)
def test_what_is_no_digest_is_a_problem(sealed: Store, forgery: str) -> None:
    forge(sealed, forgery)
    assert verify_audit(sealed, SYSTEM).problems


@pytest.mark.parametrize(
    "kept", ["'\u00b2:\u00e9:\u00e9'", "'{seq}:{digest}:\u00e9'", "'9:'", "'::'", "x'ff'"]
)
def test_a_forged_renewal_is_none(sealed: Store, kept: str) -> None:
    mark = read_mark(sealed.keys.folder, sealed.keys.audit_key)
    assert mark is not None
    behind = (sealed.keys.folder / MARK_NAME).read_bytes()
    write_down(sealed, 1)
    seal_audit(sealed, SYSTEM)
    # The end is sealed, and the mark is of before: only a renewal can tell why it is another.
    (sealed.keys.folder / MARK_NAME).write_bytes(behind)
    kept = kept.format(seq=mark.seq, digest=mark.digest.hex())
    forge(
        sealed,
        f"UPDATE audit_link SET digest = zeroblob(32) WHERE seq = {mark.seq}",
        f"INSERT INTO setting VALUES ('audit_renewed', {kept})",
    )
    another = f"The chain up to entry {mark.seq} is another than the one that was sealed."
    assert another in verify_audit(sealed, SYSTEM).problems


@pytest.mark.parametrize(
    "seal",
    [
        5,
        ["cash_movement", {}, 1, 2, "x"],
        ["invoice", "", 1, 2, "x"],
        ["cash_movement", "zz/x", 1, 2, "x"],
        ["invoice", "zz/x", 1, 2, "x"],
        ["cash_movement", "", 10**20, 2, "x"],
        ["cash_movement", "", "1", 2, "x"],
        [["cash_movement"], "", 1, 2, "x"],
    ],
)
def test_a_seal_that_cannot_be_read_is_named(sealed: Store, seal: object) -> None:
    with Steps(sealed, SUPERVISOR.at(NOON)).write() as act:
        act.record("undo", ("ticket", None), sealed=[seal])
    assert verify_audit(sealed, SYSTEM).problems == ("Entry 6 holds a seal that cannot be read.",)


@pytest.mark.parametrize("name", [MARK_NAME, PROGRESS_NAME])
def test_a_mark_with_a_number_without_end_is_named(sealed: Store, name: str) -> None:
    content = '{"seq": 1e999, "digest": "", "seal": "", "scan": [1e999, ""], "audit": [1, ""]}'
    (sealed.keys.folder / name).write_text(content, encoding="ascii")
    if name == MARK_NAME:
        assert MARK_NAME in verify_audit(sealed, SYSTEM).problems[0]
    else:
        found = gone_back(sealed, SYSTEM)
        assert found is not None
        assert PROGRESS_NAME in str(found.sentence)


@pytest.mark.parametrize(
    ("forgery", "end"), [((*UNSEAL, "UPDATE audit SET actor_name = 'nobody'"), 0), (CUT, 3)]
)
def test_a_chain_taken_off_is_found_and_not_sealed_over(
    sealed: Store, forgery: tuple[str, ...], end: int
) -> None:
    forge(sealed, *forgery)
    write_down(sealed, 1)
    with pytest.raises(AuditBrokenError, match=f"ends at entry {end}, but 5"):
        seal_audit(sealed, SYSTEM)
    assert f"The chain ends at entry {end}, but 5 entries were sealed." in (
        verify_audit(sealed, SYSTEM).problems
    )


def test_an_older_database_with_its_true_seal_is_found(tmp_path: Path) -> None:
    home, older = tmp_path / "home", tmp_path / "older.db"
    with Store.create(home) as store:
        write_down(store)
        seal_audit(store, SYSTEM)
        copy_file(store.path, older)
        write_down(store)
        seal_audit(store, SYSTEM)
    older.replace(home / FILE_NAME)
    with Store(home) as store:
        assert verify_audit(store, SYSTEM).problems == (
            "The chain ends at entry 5, but 10 entries were sealed.",
        )
        write_down(store)
        with pytest.raises(AuditBrokenError):
            seal_audit(store, SYSTEM)


def test_a_seal_cut_off_without_a_mark_is_still_not_sealed_over(sealed: Store) -> None:
    (sealed.keys.folder / MARK_NAME).unlink()
    forge(sealed, *CUT)
    write_down(sealed)
    with pytest.raises(AuditBrokenError, match="cut off or changed"):
        seal_audit(sealed, SYSTEM)


def test_a_mark_is_private_moves_forward_and_comes_back_when_lost(sealed: Store) -> None:
    file = sealed.keys.folder / MARK_NAME
    assert file.stat().st_mode & 0o077 == 0
    file.unlink()
    assert verify_audit(sealed, SYSTEM).problems == ()
    write_down(sealed, 1)
    seal_audit(sealed, SYSTEM)
    mark = read_mark(sealed.keys.folder, sealed.keys.audit_key)
    assert mark is not None
    assert mark.seq == ENTRIES + 1


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '{"seq": "x"}', None])
def test_a_mark_that_was_changed_is_said(sealed: Store, content: str | None) -> None:
    file = sealed.keys.folder / MARK_NAME
    if content is None:
        content = json.dumps({**json.loads(file.read_text(encoding="ascii")), "seq": 1})
    file.write_text(content, encoding="ascii")
    assert any(MARK_NAME in problem for problem in verify_audit(sealed, SYSTEM).problems)
    write_down(sealed)
    with pytest.raises(AuditBrokenError, match=MARK_NAME):
        seal_audit(sealed, SYSTEM)


def test_a_restored_store_verifies_and_says_that_it_was_restored(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with Store.create(home) as store:
        make_fair(store)
        backup = make_backup(store, SYSTEM.at(NOON))
        write_down(store)
        seal_audit(store, SYSTEM)
    restore(home, backup.path, now=NOON)
    with Store(home) as store:
        with store.read() as connection:
            last = "SELECT verb FROM audit ORDER BY seq DESC LIMIT 1"
            assert connection.exec_driver_sql(last).scalar_one() == "restore"
        assert verify_audit(store, SYSTEM).problems == ()
        write_down(store)
        assert seal_audit(store, SYSTEM) == ENTRIES


def test_a_new_store_on_old_keys_begins_its_audit_anew(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with Store.create(home) as store:
        write_down(store)
        seal_audit(store, SYSTEM)
    for file in home.glob(f"{FILE_NAME}*"):
        file.unlink()
    with Store.create(home) as store:
        assert verify_audit(store, SYSTEM).problems == ()
        write_down(store, 1)
        assert seal_audit(store, SYSTEM) == 1


def test_a_text_is_taken_out_and_the_chain_holds(sealed: Store) -> None:
    with Steps(sealed, SUPERVISOR.at(NOON)).write() as act:
        subject = ("ticket", None)
        act.record("undo", subject, reason="Zebulon", number=7)
    seal_audit(sealed, SYSTEM)
    with Steps(sealed, SUPERVISOR.at(NOON)).write() as act:
        seqs = withhold(
            act.connection, {ENTRIES + 1: ("reason", "number"), 2: (ACTOR,), 3: ("none",)}
        )
        act.record("erase", subject, withheld=seqs)
        shown = act.connection.exec_driver_sql(
            "SELECT detail, salts FROM audit WHERE seq = 6"
        ).one()
        name = act.connection.exec_driver_sql("SELECT actor_name FROM audit WHERE seq = 2").scalar()
    assert (seqs, json.loads(shown.detail), name) == (
        [2, ENTRIES + 1], {"reason": "", "number": 7}, ERASED,
    )  # fmt: skip
    assert "reason" not in json.loads(shown.salts)
    assert verify_audit(sealed, SYSTEM).problems == ()
    assert seal_audit(sealed, SYSTEM) == 1
    assert verify_audit(sealed, SYSTEM).problems == ()


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("UPDATE audit SET actor_name = 'nobody' WHERE seq = 1", "Entry 1 was changed"),
        ('UPDATE audit SET detail = \'{"reason": ""}\' WHERE seq = 1', "Entry 1 was changed"),
        ('UPDATE audit SET withheld = \'{"reason": "00"}\' WHERE seq = 6', "Entry 6 was changed"),
        ("UPDATE audit SET salts = '{}' WHERE seq = 1", "Entry 1 was changed"),
        ("UPDATE audit SET salts = NULL WHERE seq = 1", "Entry 1 was changed"),
    ],
)
def test_what_is_left_of_an_entry_stays_sealed(sealed: Store, statement: str, problem: str) -> None:
    with Steps(sealed, SUPERVISOR.at(NOON)).write() as act:
        act.record("undo", ("ticket", None), reason="Zebulon")
    seal_audit(sealed, SYSTEM)
    with Steps(sealed, SUPERVISOR.at(NOON)).write() as act:
        seqs = withhold(act.connection, {6: ("reason",)})
        act.record("erase", ("ticket", None), withheld=seqs)
    forge(sealed, statement)
    assert any(problem in found for found in verify_audit(sealed, SYSTEM).problems)


def test_a_text_taken_out_by_no_erasure_is_found(sealed: Store) -> None:
    with sealed.write() as connection:
        withhold(connection, {2: (ACTOR,)})
    assert verify_audit(sealed, SYSTEM).problems == (
        "Something was taken out of entry 2 by no erasure.",
    )


@pytest.fixture
def older(store: Store) -> Store:
    """A store whose entries were written and sealed before texts were salted."""
    write_down(store)
    with store.write() as connection:
        connection.exec_driver_sql("UPDATE audit SET salts = NULL")
    seal_audit(store, SYSTEM)
    return store


def test_entries_of_an_older_program_are_salted_and_can_be_erased(older: Store) -> None:
    assert verify_audit(older, SYSTEM).problems == ()
    key = older.keys.audit_key
    mark = read_mark(older.keys.folder, key)
    with Steps(older, SUPERVISOR.at(NOON)).write() as act:
        salt_audit(act.connection, key, mark)
        seqs = withhold(act.connection, {2: (ACTOR,)})
        act.record("erase", ("ticket", None), withheld=seqs)
    assert verify_audit(older, SYSTEM).problems == (), "the mark is of the chain as it was before"
    assert seal_audit(older, SYSTEM) == 1
    assert verify_audit(older, SYSTEM).problems == ()
    forge(older, "UPDATE audit SET verb = 'x' WHERE seq = 1")
    assert any("Entry 1 was changed" in found for found in verify_audit(older, SYSTEM).problems)


def test_a_broken_chain_is_not_made_anew(older: Store) -> None:
    forge(older, "UPDATE audit SET verb = 'x' WHERE seq = 1")
    with pytest.raises(AuditBrokenError, match="Entry 1 was changed"), older.write() as connection:
        salt_audit(connection, older.keys.audit_key, None)
