"""Backups elsewhere: sealed before they leave, uploaded by the spooler, restored on nothing."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import delete, select

from data.schema import DeliveryRow, TicketRow
from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.booking import my_ticket
from eventdesk.core.errors import BackupError, NotFoundError, ServiceSilentError
from eventdesk.core.recovery import new_secret, secret_of
from eventdesk.core.sealed_stream import opened
from eventdesk.integrations.service import named
from eventdesk.integrations.storage.bucket import Bucket
from eventdesk.keeping import (
    StoredBackup,
    keep_backup,
    list_stored,
    make_backup,
    make_recovery_phrase,
    restore_stored,
    stored_in,
)
from eventdesk.keeping.stored_backups import NO_PHRASE, SENDER, past_their_time
from eventdesk.services import (
    Dropped,
    Failed,
    Fate,
    Outgoing,
    Sent,
    add_service,
    service_deliveries,
    service_of,
)
from eventdesk.spooler.senders import SENDERS, ServiceCourier
from tests.build import NOON, Fair
from tests.integrations.storage.counterpart import Storage, cut_line, moto, new_bucket
from tests.integrations.wallet.issuing import google_values

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def moto_url() -> Iterator[str]:
    with moto() as url:
        yield url


@pytest.fixture
def storage(moto_url: str) -> Storage:
    return new_bucket(moto_url)


@pytest.fixture
def phrase(fair: Fair, storage: Storage) -> str:
    """A house with storage and a recovery phrase."""
    fair.store.clock = lambda: NOON
    add_service(fair.store, SYSTEM, "storage", storage.values())
    return make_recovery_phrase(fair.store, SYSTEM)


def send(fair: Fair, name: str) -> dict[Any, Fate]:
    """What the sender tells of one delivery."""
    told: dict[Any, Fate] = {}
    job = Outgoing(uuid4(), "stored_backup", None, None, None, None, None, {}, 1, NOON)
    service = service_of(fair.store, SYSTEM, "storage")
    assert service is not None
    SENDER.send(fair.store, service, [replace(job, payload={"backup": name})], told.__setitem__)
    return told


def uploaded(fair: Fair) -> StoredBackup:
    backup = make_backup(fair.store, SYSTEM)
    (fate,) = send(fair, backup.path.name).values()
    assert isinstance(fate, Sent)
    return list_stored(fair.store, SYSTEM)[0]


def test_a_backup_comes_back_on_an_empty_machine_by_its_phrase(
    fair: Fair, storage: Storage, phrase: str, tmp_path: Path
) -> None:
    ticket = fair.sell("Ada Lovelace").ticket_ids[0]
    token = my_ticket(fair.store, SYSTEM, ticket).token
    add_service(fair.store, SYSTEM, "google-wallet", google_values())
    stored = uploaded(fair)
    fair.store.close()

    home = tmp_path / "empty"
    back, _aside = restore_stored(
        Bucket(storage.values()), home, secret_of(phrase), now=NOON + timedelta(days=1)
    )

    assert back == stored
    with Store(home) as store:
        assert my_ticket(store, SYSTEM, ticket).token == token
        for kind in ("storage", "google-wallet"):
            service = service_of(store, SYSTEM, kind)
            assert service is not None
            assert service.values["secret_key" if kind == "storage" else "account"]
    keys = home / "keys"
    assert (keys / "recovery.key").stat().st_mode & 0o777 == 0o600
    assert all(path.stat().st_mode & 0o077 == 0 for path in keys.rglob("*"))
    assert [path.name for path in (home / "backups").glob(".fetching-*")] == []


def test_nothing_of_it_can_be_read_where_it_is_kept(
    fair: Fair, storage: Storage, phrase: str
) -> None:
    fair.sell("Ada Lovelace")
    stored = uploaded(fair)
    kept = b"".join(Bucket(storage.values()).read(stored.name))
    assert kept.startswith(b"eventdesk sealed 1\n")
    for secret in (b"Lovelace", b"SQLite", b"token_keys", b"EXAMPLE", b"\x1f\x8b\x08\x00"):
        assert secret not in kept[:200]
    assert b"wJalrXUtnFEMI" not in kept
    assert b"wJalrXUtnFEMI" in b"".join(opened([kept], secret_of(phrase)))


def test_another_phrase_or_a_changed_byte_restores_nothing(
    fair: Fair, storage: Storage, phrase: str, tmp_path: Path
) -> None:
    stored, bucket = uploaded(fair), Bucket(storage.values())
    with pytest.raises(BackupError, match="does not open with this key"):
        restore_stored(bucket, tmp_path / "empty", new_secret(), now=NOON)
    kept = bytearray(b"".join(bucket.read(stored.name)))
    kept[-1] ^= 1
    bucket.put(stored.name, [bytes(kept)], len(kept))
    with pytest.raises(BackupError):
        restore_stored(bucket, tmp_path / "empty", secret_of(phrase), now=NOON)
    assert not (tmp_path / "empty" / "eventdesk.db").exists()


def test_what_was_cut_off_is_not_restored(
    fair: Fair, storage: Storage, phrase: str, tmp_path: Path
) -> None:
    stored, bucket = uploaded(fair), Bucket(storage.values())
    kept = b"".join(bucket.read(stored.name))[:-600]
    bucket.put(stored.name, [kept], len(kept))
    with pytest.raises(BackupError):
        restore_stored(bucket, tmp_path / "empty", secret_of(phrase), now=NOON)


def test_a_backup_is_named_and_what_is_not_there_is_told(
    fair: Fair, storage: Storage, phrase: str, tmp_path: Path
) -> None:
    stored, bucket, secret = uploaded(fair), Bucket(storage.values()), secret_of(phrase)
    with pytest.raises(NotFoundError):
        restore_stored(bucket, tmp_path / "empty", secret, name="20200101T000000Z.sealed", now=NOON)
    with pytest.raises(NotFoundError):
        restore_stored(Bucket(storage.values(prefix="x")), tmp_path / "empty", secret, now=NOON)
    back, _aside = restore_stored(bucket, tmp_path / "empty", secret, name=stored.name, now=NOON)
    assert back == stored


def test_a_backup_is_queued_and_a_courier_takes_it_there(fair: Fair, phrase: str) -> None:
    make_backup(fair.store, SYSTEM)
    service = service_of(fair.store, SYSTEM, "storage")
    assert service is not None
    courier = ServiceCourier(fair.store, named(SENDERS[SENDER.kind][1]), service, threading.Event())
    assert courier.turn() == 1
    assert len(list_stored(fair.store, SYSTEM)) == 1
    (delivery,), _total = service_deliveries(fair.store, SYSTEM, service.id)
    assert delivery.state == "sent"
    assert delivery.where.endswith(".sealed")
    assert courier.turn() == 0


def test_without_a_phrase_nothing_leaves(fair: Fair, storage: Storage) -> None:
    fair.store.clock = lambda: NOON
    add_service(fair.store, SYSTEM, "storage", storage.values())
    backup = make_backup(fair.store, SYSTEM)
    assert list(send(fair, backup.path.name).values()) == [Failed(NO_PHRASE)]
    assert list_stored(fair.store, SYSTEM) == []


def test_a_backup_that_was_thinned_meanwhile_is_dropped(fair: Fair, phrase: str) -> None:
    for name in ("20200101T000000Z.db.gz", "../../keys/eventdesk-keys.json"):
        assert list(send(fair, name).values()) == [Dropped()]


def test_a_network_that_is_cut_leaves_no_half_backup(fair: Fair, storage: Storage) -> None:
    fair.store.clock = lambda: NOON
    with cut_line(storage.url, after=2_000, cuts=1_000) as (address, _line):
        add_service(fair.store, SYSTEM, "storage", storage.values(endpoint=address))
        make_recovery_phrase(fair.store, SYSTEM)
        backup = make_backup(fair.store, SYSTEM)
        with pytest.raises(ServiceSilentError):
            send(fair, backup.path.name)
    assert stored_in(Bucket(storage.values())) == []


def test_the_newest_and_the_first_of_each_month_stay() -> None:
    now = datetime(2026, 6, 30, tzinfo=UTC)
    days = [now - timedelta(days=day) for day in range(0, 800, 5)]
    there = [StoredBackup(f"{at:%Y%m%dT%H%M%SZ}.sealed", at, 1, at) for at in days]
    gone = past_their_time(there, 10, now)
    stay = [each for each in there if each not in gone]
    assert stay[:10] == there[:10]
    months = [f"{each.made_at:%Y-%m}" for each in stay[10:]]
    assert len(months) == len(set(months)) >= 11
    assert all(now - each.made_at <= timedelta(days=366) for each in stay)


def test_what_a_clock_stamped_that_was_ahead_drives_no_right_backup_out() -> None:
    now = datetime(2026, 6, 30, tzinfo=UTC)
    hours = [now - timedelta(hours=hour) for hour in range(0, 40)]
    ahead = [StoredBackup(f"ahead-{at}", at.replace(year=2036), 1, at) for at in hours[10:]]
    right = [StoredBackup(f"right-{at}", at, 1, at) for at in hours[:10]]
    gone = past_their_time([*right, *ahead], 30, now)
    assert not {each.name for each in gone} & {each.name for each in right}


def test_a_damaged_copy_of_the_same_name_is_neither_used_nor_touched(
    fair: Fair, storage: Storage, phrase: str
) -> None:
    fair.sell("Ada Lovelace")
    stored = uploaded(fair)
    [local] = (fair.store.home / "backups").glob("*.db.gz")
    damaged = local.read_bytes()[:500]
    local.write_bytes(damaged)
    fair.store.close()
    bucket = Bucket(storage.values())
    back, _aside = restore_stored(bucket, fair.store.home, secret_of(phrase), now=NOON)
    assert back.name == stored.name
    assert local.read_bytes() == damaged
    with Store(fair.store.home) as store, store.read() as connection:
        assert "Ada Lovelace" in connection.execute(select(TicketRow.holder_name)).scalars().all()


def test_a_backup_whose_program_ended_before_it_was_queued_is_queued_later(
    fair: Fair, phrase: str
) -> None:
    service = service_of(fair.store, SYSTEM, "storage")
    assert service is not None
    make_backup(fair.store, SYSTEM)
    with fair.store.write() as connection:
        connection.execute(delete(DeliveryRow))
    for _look in range(2):
        keep_backup(fair.store, SYSTEM)
    lines, total = service_deliveries(fair.store, SYSTEM, service.id)
    assert (total, lines[0].state) == (1, "queued")
