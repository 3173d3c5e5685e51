"""What admins look after: the log, backups, failed deliveries, commission."""

import gzip
from typing import Any

import pytest
from sqlalchemy import update

from data.schema import AuditRow, DeliveryRow
from eventdesk.accounts import person
from eventdesk.acts import SYSTEM, Actor, seal_audit
from eventdesk.core.errors import InvalidInputError, NotAllowedError, NotFoundError
from eventdesk.door import reprint
from eventdesk.keeping import (
    back_up,
    backups_here,
    check_audit,
    check_backup,
    list_audit,
    make_backup,
)
from eventdesk.keeping.backups import keys_beside
from eventdesk.money import set_commission, set_usual_commission, usual_commission
from eventdesk.printing import badge_queue, list_failed, retry_delivery, retry_failed
from tests.build import NOON, SUPERVISOR, Fair, make_fair
from tests.people import make_another_admin, make_guest


@pytest.fixture
def admin(fair: Fair) -> Actor:
    return make_another_admin(fair.store)


def test_the_log_is_read_from_its_end_and_searched(fair: Fair, admin: Actor) -> None:
    entries, total = list_audit(fair.store, admin)
    assert [entry.seq for entry in entries] == list(range(total, 0, -1))
    assert (entries[0].verb, entries[0].actor_name) == ("make_admin", "eventdesk")
    page, again = list_audit(fair.store, admin, offset=2, limit=2)
    assert ([entry.seq for entry in page], again) == ([total - 2, total - 3], total)
    found, count = list_audit(fair.store, admin, search="add gate")
    assert ([entry.detail for entry in found], count) == (["name: Gate A"], 1)
    assert found[0].event_name == "Demo Days"
    assert list_audit(fair.store, admin, search="GATE A")[1] == 1
    assert list_audit(fair.store, admin, search="100%") == ([], 0)


def test_the_log_is_narrowed_to_an_event_an_act_a_person_and_a_time(
    fair: Fair, admin: Actor
) -> None:
    other = make_fair(fair.store, "Other Days")

    def found(**given: Any) -> list[str]:
        return [one.event_name for one in list_audit(fair.store, admin, **given)[0]]

    assert found(verb="add-gate") == ["Other Days", "Demo Days"]
    assert found(verb="add gate", event_id=other.event.id) == ["Other Days"]
    assert found(verb="add_gate", by="nobody") == []
    assert found(verb="add_gate", end=NOON) == []
    assert found(verb="add_gate", begin=NOON, limit=1) == ["Other Days"]


def test_a_changed_entry_is_named(fair: Fair, admin: Actor) -> None:
    seal_audit(fair.store, SYSTEM)
    assert check_audit(fair.store, admin).problems == ()
    with fair.store.write() as connection:
        connection.execute(update(AuditRow).where(AuditRow.seq == 2).values(verb="nothing"))
    assert "Entry 2 was changed" in check_audit(fair.store, admin).problems[0]


def test_a_backup_is_made_and_checked(fair: Fair, admin: Actor) -> None:
    fair.sell()
    made = back_up(fair.store, admin.at(NOON))
    assert backups_here(fair.store, admin) == [made]
    assert check_backup(fair.store, admin, made.path).problems == ()
    for file in keys_beside(made.path).iterdir():
        file.unlink()
    assert check_backup(fair.store, admin, made.path).problems
    with pytest.raises(NotFoundError, match="There is no such backup"):
        check_backup(fair.store, admin, fair.store.path)


def test_a_damaged_backup_is_found(fair: Fair, admin: Actor) -> None:
    made = make_backup(fair.store, SYSTEM.at(NOON))
    content = bytearray(made.path.read_bytes())
    content[5000:90000] = bytes(85000)
    made.path.write_bytes(content)
    assert check_backup(fair.store, admin, made.path).problems


def test_what_failed_is_listed_and_tried_again(fair: Fair, admin: Actor) -> None:
    for name in ("Ada", "Grace"):
        booked = fair.sell(name)
        reprint(fair.store, SUPERVISOR.at(NOON), booked.ticket_ids[0], reason="lost")
    with fair.store.write() as connection:
        connection.execute(
            update(DeliveryRow).values(state="failed", finished_at=NOON, last_error="No paper")
        )
    failed, total = list_failed(fair.store, admin, search="ada")
    assert [(one.name, one.error) for one in failed] == [("Ada", "No paper")]
    assert (total, list_failed(fair.store, admin)[1]) == (1, 2)
    retry_delivery(fair.store, admin.at(NOON), failed[0].id)
    with pytest.raises(NotFoundError, match="This is not waiting for a decision any more"):
        retry_delivery(fair.store, admin.at(NOON), failed[0].id)
    assert badge_queue(fair.store, SYSTEM).waiting == 1
    assert retry_failed(fair.store, admin.at(NOON)) == 1


def test_the_usual_share_and_other_terms(fair: Fair, admin: Actor) -> None:
    guest = make_guest(fair.store)
    assert guest.id is not None
    assert usual_commission(fair.store, admin) == 0
    for share in (300, 450):
        set_usual_commission(fair.store, admin.at(NOON), share)
    assert usual_commission(fair.store, admin) == 450
    set_commission(fair.store, admin.at(NOON), guest.id, 200)
    assert person(fair.store, admin, guest.id).commission_bp == 200
    set_commission(fair.store, admin.at(NOON), guest.id, None)
    assert person(fair.store, admin, guest.id).commission_bp is None
    for share in (-1, 10_001):
        with pytest.raises(InvalidInputError, match="A share is between 0 and 100 percent"):
            set_usual_commission(fair.store, admin.at(NOON), share)
        with pytest.raises(InvalidInputError, match="A share is between 0 and 100 percent"):
            set_commission(fair.store, admin.at(NOON), guest.id, share)
    with pytest.raises(NotFoundError, match="There is no such account"):
        set_commission(fair.store, SYSTEM.at(NOON), fair.event.id, 1)


def test_an_organizer_looks_after_none_of_it(fair: Fair) -> None:
    for act in (list_audit, check_audit, backups_here, list_failed, usual_commission):
        with pytest.raises(NotAllowedError):
            act(fair.store, SUPERVISOR)


def test_a_check_leaves_nothing_beside_a_backup_that_somebody_packed_with_its_log_on(
    fair: Fair, admin: Actor
) -> None:
    backup = back_up(fair.store, admin.at(NOON))
    content = bytearray(gzip.decompress(backup.path.read_bytes()))
    content[18:20] = b"\2\2"  # as a file is that has a write-ahead log
    backup.path.write_bytes(gzip.compress(content))
    before = sorted(backup.path.parent.iterdir())
    assert check_backup(fair.store, admin, backup.path).problems == ()
    assert sorted(backup.path.parent.iterdir()) == before
