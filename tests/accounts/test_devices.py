"""Paired devices: a code pairs one, its secret is staff of one event, and it can be revoked."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from data.schema import PairedDeviceRow, PairingOfferRow
from data.store import Store
from eventdesk.accounts import (
    A_DESK,
    DEVICE_SECRET,
    DeviceCount,
    DeviceProfile,
    DeviceRole,
    NewDevice,
    ban,
    change_device,
    count_all_devices,
    count_devices,
    end_phone,
    list_devices,
    make_token,
    note_devices_seen,
    offer_pairing,
    offer_phone,
    pair_device,
    remove_member,
    revoke_device,
    this_device,
    who_am_i,
    who_is_device,
)
from eventdesk.acts import SYSTEM, VISITOR, Actor, ActorKind, Permission, Role
from eventdesk.core.errors import InvalidInputError, NotAllowedError, NotFoundError, SignInError
from eventdesk.door import (
    OfflineScan,
    Outcome,
    Taken,
    add_gate,
    check_in,
    deliver_offline_scans,
    event_doors,
    offline_conflicts,
    offline_list,
    remove_gate,
    scan_answer,
)
from eventdesk.events import events_of, hearing
from tests.build import ATTENDEE, NOON, STAFF, Fair, make_fair
from tests.people import make_admin, make_staff


def paired(fair: Fair, profile: DeviceProfile = A_DESK, name: str = "") -> NewDevice:
    offer = offer_pairing(fair.store, SYSTEM.at(NOON), fair.event.id, profile=profile)
    return pair_device(fair.store, VISITOR.at(NOON), offer.code, name=name)


def actor_of(fair: Fair, new: NewDevice) -> Actor:
    return who_is_device(fair.store, SYSTEM.at(NOON), new.secret)


def test_a_device_is_staff_of_its_event(fair: Fair) -> None:
    new = paired(fair, name="Front desk")
    actor = actor_of(fair, new)
    device = new.device.id
    assert new.secret.startswith(DEVICE_SECRET)
    assert actor == Actor(ActorKind.DEVICE, device, "Front desk", Role.STAFF, device, fair.event.id)
    assert who_am_i(fair.store, actor.at(NOON)) == actor
    result = check_in(fair.store, actor.at(NOON), fair.scan(fair.token(fair.sell())))
    assert result.outcome is Outcome.ADMITTED
    assert [each.id for each in events_of(fair.store, actor.at(NOON))] == [fair.event.id]


def test_elsewhere_and_for_itself_it_may_nothing(fair: Fair) -> None:
    other = make_fair(fair.store, "Elsewhere")
    actor = actor_of(fair, paired(fair))
    with pytest.raises(NotAllowedError):
        check_in(fair.store, actor.at(NOON), other.scan(other.token(other.sell())))
    with pytest.raises(NotAllowedError):
        list_devices(fair.store, actor.at(NOON), other.event.id)
    with pytest.raises(NotAllowedError):
        make_token(fair.store, actor.at(NOON), "more", frozenset({Permission.DOOR}))
    with pytest.raises(NotAllowedError):
        offer_pairing(fair.store, actor.at(NOON), fair.event.id)


def test_only_hashes_are_kept(fair: Fair) -> None:
    offer = offer_pairing(fair.store, SYSTEM.at(NOON), fair.event.id)
    new = pair_device(fair.store, VISITOR.at(NOON), offer.code)
    with fair.store.read() as connection:
        kept = [
            *connection.execute(select(PairingOfferRow.__table__)).one(),
            *connection.execute(select(PairedDeviceRow.__table__)).one(),
        ]
    assert not {new.secret, offer.code, offer.code.replace("-", "")} & set(map(str, kept))


@pytest.mark.parametrize(
    "typed", [str.lower, lambda code: f" {code} ", lambda code: code.replace("-", "")]
)
def test_a_code_is_read_however_it_is_typed(fair: Fair, typed: Callable[[str], str]) -> None:
    offer = offer_pairing(fair.store, SYSTEM.at(NOON), fair.event.id)
    assert pair_device(fair.store, VISITOR.at(NOON), typed(offer.code)).device.event == "Demo Days"


def test_a_code_pairs_one_device_and_ends_after_five_minutes(fair: Fair) -> None:
    offer = offer_pairing(fair.store, SYSTEM.at(NOON), fair.event.id)
    late = VISITOR.at(NOON + timedelta(minutes=5))
    for asked, code in ((late, offer.code), (VISITOR.at(NOON), "AAAA-AAAA")):
        with pytest.raises(SignInError):
            pair_device(fair.store, asked, code)
    pair_device(fair.store, VISITOR.at(NOON), offer.code)
    with pytest.raises(SignInError):
        pair_device(fair.store, VISITOR.at(NOON), offer.code)


@pytest.mark.long
def test_a_code_pairs_one_device_also_in_a_race(fair: Fair) -> None:
    stores = [Store(fair.store.home) for _ in range(4)]
    offer = offer_pairing(fair.store, SYSTEM, fair.event.id)

    def tried(store: Store) -> bool:
        try:
            pair_device(store, VISITOR, offer.code)
        except SignInError:
            return False
        return True

    with ThreadPoolExecutor(len(stores)) as pool:
        assert sum(pool.map(tried, stores)) == 1
    for store in stores:
        store.close()
    assert len(list_devices(fair.store, SYSTEM, fair.event.id)) == 1


def test_who_is_revoked_is_refused_at_once(fair: Fair) -> None:
    new = paired(fair)
    actor = actor_of(fair, new)
    revoke_device(fair.store, SYSTEM.at(NOON), new.device.id)
    with pytest.raises(SignInError):
        actor_of(fair, new)
    for refused in (
        lambda: check_in(fair.store, actor.at(NOON), fair.scan(fair.token(fair.sell()))),
        lambda: who_am_i(fair.store, actor.at(NOON)),
        lambda: this_device(fair.store, actor.at(NOON)),
        lambda: events_of(fair.store, actor.at(NOON)),
        lambda: hearing(fair.store, actor.at(NOON)),
    ):
        with pytest.raises(NotAllowedError):
            refused()
    assert list_devices(fair.store, SYSTEM.at(NOON), fair.event.id) == []
    with pytest.raises(NotFoundError):
        revoke_device(fair.store, SYSTEM.at(NOON), new.device.id)


@pytest.mark.parametrize(("days", "works"), [(3, True), (6, False)])
def test_it_works_on_for_some_days_after_its_event(fair: Fair, days: int, works: bool) -> None:
    new = paired(fair)
    later = SYSTEM.at(NOON + timedelta(days=days))
    if works:
        assert who_is_device(fair.store, later, new.secret).id == new.device.id
    else:
        with pytest.raises(SignInError, match="over"):
            who_is_device(fair.store, later, new.secret)


def test_it_sees_its_own_profile_and_nobody_else_does(fair: Fair) -> None:
    profile = DeviceProfile(DeviceRole.KIOSK, fair.door.id, fair.gate.id)
    new = paired(fair, profile)
    seen = this_device(fair.store, actor_of(fair, new).at(NOON))
    assert (seen.name, seen.list, seen.gate) == ("Gate A 1", "Main entrance", "Gate A")
    assert seen.profile == profile
    with pytest.raises(NotAllowedError):
        this_device(fair.store, STAFF.at(NOON))


def test_its_profile_is_changed_for_its_next_look(fair: Fair) -> None:
    new = paired(fair, DeviceProfile(gate_id=fair.gate.id))
    profile = DeviceProfile(DeviceRole.KIOSK, fair.door.id)
    change_device(fair.store, SYSTEM.at(NOON), new.device.id, profile=profile, name="Kiosk 7")
    seen = this_device(fair.store, actor_of(fair, new).at(NOON))
    assert (seen.name, seen.profile, seen.gate) == ("Kiosk 7", profile, "")


def test_a_list_or_gate_of_another_event_is_refused(fair: Fair) -> None:
    other = make_fair(fair.store, "Elsewhere")
    new = paired(fair)
    for profile in (DeviceProfile(list_id=other.door.id), DeviceProfile(gate_id=other.gate.id)):
        with pytest.raises(NotFoundError):
            offer_pairing(fair.store, SYSTEM.at(NOON), fair.event.id, profile=profile)
        with pytest.raises(NotFoundError):
            change_device(fair.store, SYSTEM.at(NOON), new.device.id, profile=profile)


def test_a_gate_that_goes_leaves_its_devices_without_one(fair: Fair) -> None:
    new = paired(fair, DeviceProfile(gate_id=fair.gate.id))
    remove_gate(fair.store, SYSTEM.at(NOON), fair.gate.id)
    assert this_device(fair.store, actor_of(fair, new).at(NOON)).profile.gate_id is None


def test_who_was_heard_of_just_now_is_online(fair: Fair) -> None:
    new, other = paired(fair), paired(fair)
    later = NOON + timedelta(minutes=10)
    note_devices_seen(fair.store, SYSTEM.at(later), {new.device.id: 4.0, other.device.id: 60.0})
    listed = list_devices(fair.store, SYSTEM.at(later), fair.event.id)
    assert [(each.id, each.online) for each in listed] == [
        (new.device.id, True),
        (other.device.id, False),
    ]
    assert listed[0].seen_at == later - timedelta(seconds=4)
    counted = DeviceCount(paired=2, online=1)
    assert count_devices(fair.store, SYSTEM.at(later), fair.event.id) == counted
    assert count_all_devices(fair.store, SYSTEM.at(later)) == counted


def test_who_offered_it_is_named(fair: Fair) -> None:
    admin = make_admin(fair.store)
    offer = offer_pairing(fair.store, admin.at(NOON), fair.event.id)
    new = pair_device(fair.store, VISITOR.at(NOON), offer.code)
    assert new.device.paired_by == admin.name


def test_each_device_has_a_name_of_its_own(fair: Fair) -> None:
    names = [paired(fair, name=each).device.name for each in ("", "", "Hall", "hall", "eventdesk")]
    assert names == ["Desk 1", "Desk 2", "Hall", "hall 1", "eventdesk 1"]
    first = list_devices(fair.store, SYSTEM.at(NOON), fair.event.id)[0]
    with pytest.raises(InvalidInputError):
        change_device(fair.store, SYSTEM.at(NOON), first.id, profile=A_DESK, name="HALL")


def phone_of(fair: Fair) -> NewDevice:
    """A phone of the desk at the gate, offered by whoever works there."""
    sam = make_staff(fair).at(NOON)
    offer = offer_phone(fair.store, sam, fair.door.id, gate_id=fair.gate.id)
    return pair_device(fair.store, VISITOR.at(NOON), offer.code, name="Uma's phone")


def test_who_works_at_a_desk_pairs_a_phone_with_it(fair: Fair) -> None:
    actor = actor_of(fair, phone_of(fair))
    scan = fair.scan(fair.token(fair.sell("Ada")), gate_id=fair.gate.id)
    result = check_in(fair.store, actor.at(NOON), scan)
    assert (result.outcome, result.name) == (Outcome.ADMITTED, "Ada")
    assert scan_answer(fair.store, STAFF.at(NOON), result.scan_id) == result
    [door] = event_doors(fair.store, actor.at(NOON))
    assert [each.id for each in door.lists] == [fair.door.id]
    assert [each.id for each in door.gates] == [fair.gate.id]


def test_the_phone_of_a_desk_checks_in_there_only(fair: Fair) -> None:
    actor, other = actor_of(fair, phone_of(fair)).at(NOON), fair.list("Field", offline=True)
    away = add_gate(fair.store, SYSTEM.at(NOON), fair.event.id, "Gate Z")
    token = fair.token(fair.sell())
    for list_id, gate_id in ((other.id, fair.gate.id), (fair.door.id, away.id)):
        with pytest.raises(NotAllowedError):
            check_in(fair.store, actor, fair.scan(token, list_id=list_id, gate_id=gate_id))
    with pytest.raises(NotAllowedError):
        offline_list(fair.store, actor, other.id)


def test_what_it_let_in_before_it_was_given_another_door_counts(fair: Fair) -> None:
    field = fair.list("Field", offline=True)
    sam = make_staff(fair).at(NOON)
    offer = offer_phone(fair.store, sam, field.id, gate_id=fair.gate.id)
    new = pair_device(fair.store, VISITOR.at(NOON), offer.code)
    away = add_gate(fair.store, SYSTEM.at(NOON), fair.event.id, "Gate Z")
    profile = DeviceProfile(DeviceRole.PHONE, field.id, away.id)
    change_device(fair.store, SYSTEM.at(NOON), new.device.id, profile=profile)
    token = fair.token(fair.sell())
    told = OfflineScan("n1", token, NOON.isoformat(), "admitted", gate_id=fair.gate.id)
    [answer] = deliver_offline_scans(fair.store, actor_of(fair, new).at(NOON), field.id, [told])
    assert (answer.state, answer.outcome) == (Taken.TAKEN, Outcome.ADMITTED)
    [conflict], _total = offline_conflicts(fair.store, sam, fair.event.id)
    assert conflict.why == "other_door"
    assert str(conflict.told) == "let in at another door than the phone is for"


def test_it_delivers_nothing_at_another_event(fair: Fair) -> None:
    actor, other = actor_of(fair, phone_of(fair)).at(NOON), make_fair(fair.store, "Elsewhere")
    told = OfflineScan("n1", "x", NOON.isoformat(), "admitted")
    with pytest.raises(NotAllowedError):
        deliver_offline_scans(fair.store, actor, other.door.id, [told])


def test_a_desk_ends_its_phone_at_once_and_no_other_device(fair: Fair) -> None:
    new, desk = phone_of(fair), paired(fair, name="Front desk")
    with pytest.raises(NotAllowedError):
        end_phone(fair.store, STAFF.at(NOON), desk.device.id)
    end_phone(fair.store, STAFF.at(NOON), new.device.id)
    with pytest.raises(SignInError, match="was revoked"):
        actor_of(fair, new)
    assert actor_of(fair, desk).name == "Front desk"


def leaves(fair: Fair, account_id: UUID) -> None:
    remove_member(fair.store, SYSTEM.at(NOON), fair.event.id, account_id)


def is_banned(fair: Fair, account_id: UUID) -> None:
    ban(fair.store, SYSTEM.at(NOON), account_id, reason="A test")


@pytest.mark.parametrize("goes", [leaves, is_banned])
def test_a_phone_works_as_long_as_whoever_paired_it(
    fair: Fair, goes: Callable[[Fair, UUID], None]
) -> None:
    new = phone_of(fair)
    actor = actor_of(fair, new)
    with fair.store.read() as connection:
        paired_by = connection.execute(select(PairedDeviceRow.paired_by)).scalar_one()
    assert paired_by is not None
    goes(fair, paired_by)
    with pytest.raises(NotAllowedError, match="was revoked"):
        check_in(fair.store, actor.at(NOON), fair.scan("x", gate_id=fair.gate.id))
    with pytest.raises(SignInError, match="was revoked"):
        actor_of(fair, new)


def test_guests_and_phones_pair_and_end_no_phone(fair: Fair) -> None:
    new = phone_of(fair)
    for actor in (ATTENDEE, actor_of(fair, new)):
        with pytest.raises(NotAllowedError):
            offer_phone(fair.store, actor.at(NOON), fair.door.id, gate_id=fair.gate.id)
        with pytest.raises(NotAllowedError):
            end_phone(fair.store, actor.at(NOON), new.device.id)
    assert actor_of(fair, new).name == "Uma's phone"


def test_the_phone_of_a_desk_has_a_list(fair: Fair) -> None:
    with pytest.raises(InvalidInputError):
        paired(fair, DeviceProfile(DeviceRole.PHONE))
