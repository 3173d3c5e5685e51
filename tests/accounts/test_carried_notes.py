"""Notes that people carry: no key that somebody else may have writes one."""

from base64 import urlsafe_b64encode
from dataclasses import replace

from eventdesk.accounts.carried_notes import read_note, write_note
from eventdesk.core.keyring import Keyring
from eventdesk.core.sealing import seal, unseal
from eventdesk.core.token import SECRET_BYTES, TokenKey
from tests.build import NOON, Fair

FOREIGN = TokenKey(7, bytes(range(SECRET_BYTES)))
PURPOSE = "begun sign-in"


def written_with(key: TokenKey) -> str:
    return urlsafe_b64encode(seal(key, PURPOSE, b"I am an admin", about=b"")).decode()


def test_a_note_is_read_here_for_its_purpose_alone(fair: Fair) -> None:
    note = write_note(fair.store, PURPOSE, b"I am Ada")
    assert read_note(fair.store, PURPOSE, note) == b"I am Ada"
    assert read_note(fair.store, "proof from elsewhere", note) is None


def test_a_key_that_came_with_an_archive_seals_nothing(fair: Fair) -> None:
    here = fair.store.keys.adopt([(FOREIGN, NOON)], fair.event.id)[FOREIGN.key_id]
    note = written_with(replace(FOREIGN, key_id=here))
    assert read_note(fair.store, PURPOSE, note) is None
    sealed = seal(replace(FOREIGN, key_id=here), PURPOSE, b"a secret", about=b"")
    assert unseal(fair.store.key, PURPOSE, sealed, about=b"") is None


def test_a_key_that_was_given_away_writes_no_note_any_more(fair: Fair) -> None:
    given_away = fair.store.keys.active
    # As the command does that packs an archive while the web server runs.
    Keyring.open(fair.store.keys.folder).rotate(NOON)
    assert read_note(fair.store, PURPOSE, written_with(given_away)) is None
    note = write_note(fair.store, PURPOSE, b"I am Ada")
    assert read_note(fair.store, PURPOSE, note) == b"I am Ada"
    sealed = seal(given_away, PURPOSE, b"kept for years", about=b"")
    assert unseal(fair.store.key, PURPOSE, sealed, about=b"") == b"kept for years"
