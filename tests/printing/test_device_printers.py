"""Printers at paired devices: which badges come out there, and who may ask for them."""

import base64
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

import pytest
from sqlalchemy import select

from data.schema import DeliveryRow, PrinterRow
from data.store import Store
from eventdesk.accounts import (
    DeviceProfile,
    change_device,
    offer_pairing,
    pair_device,
    revoke_device,
    who_is_device,
)
from eventdesk.acts import SYSTEM, VISITOR, Actor
from eventdesk.core.errors import InvalidInputError, NotAllowedError
from eventdesk.core.messages import msg
from eventdesk.core.printing import Health, Status
from eventdesk.door import add_gate, check_in
from eventdesk.printing import (
    BadgeOut,
    Lease,
    badges_due,
    claim_badges,
    confirm_badges,
    duplicate_layout,
    folder_of,
    forget_job,
    give_up_badge,
    list_printers,
    move_badge,
    note_health,
    pass_on_badge,
    plug_in_printer,
    release_printers,
    retry_badge,
    return_badges,
    sent_jobs,
    set_badges,
    settle_job,
    take_back_job,
    take_printers,
)
from eventdesk.printing.deliveries import SentJob
from tests.badge_jobs import READY, set_up, state_of
from tests.build import NOON, STAFF, Fair

PROGRAM = "far/1/abc"


@dataclass(frozen=True)
class Away:
    """A paired device with a printer."""

    fair: Fair
    actor: Actor
    printer_id: UUID

    def take(self) -> None:
        """Drive its printer, and find it well."""
        take_printers(self.fair.store, self.actor.at(NOON), PROGRAM)
        note_health(self.fair.store, self.actor.at(NOON), self.printer_id, READY)

    def claim(self) -> list[UUID]:
        """What it takes to print."""
        jobs = claim_badges(
            self.fair.store,
            self.actor.at(NOON),
            f"{PROGRAM}/1",
            printer_id=self.printer_id,
            holder=PROGRAM,
        )
        return [each.delivery_id for each in jobs]


def away(fair: Fair, gate_id: UUID | None = None, name: str = "") -> Away:
    profile = DeviceProfile(gate_id=gate_id)
    offer = offer_pairing(fair.store, SYSTEM.at(NOON), fair.event.id, profile=profile)
    new = pair_device(fair.store, VISITOR.at(NOON), offer.code, name=name)
    actor = who_is_device(fair.store, SYSTEM.at(NOON), new.secret)
    plug_in_printer(fair.store, actor.at(NOON), "folder")
    [printer] = [
        one for one in list_printers(fair.store, SYSTEM.at(NOON)) if one.device_id == actor.id
    ]
    return Away(fair, actor, printer.id)


def admitted(fair: Fair, actor: Actor, gate_id: UUID | None = None, name: str = "Ada") -> UUID:
    scan = fair.scan(fair.token(fair.sell(name)), gate_id=gate_id)
    delivery_id = check_in(fair.store, actor.at(NOON), scan).delivery_id
    assert delivery_id is not None
    return delivery_id


def at_the_hub(fair: Fair, printer_id: UUID | None = None) -> list[UUID]:
    """What the hub's own spooler takes to print."""
    holder = ""
    if printer_id is not None:
        holder = "hub"
        take_printers(fair.store, SYSTEM.at(NOON), holder)
        note_health(fair.store, SYSTEM.at(NOON), printer_id, READY)
    jobs = claim_badges(fair.store, SYSTEM.at(NOON), "hub/1", printer_id=printer_id, holder=holder)
    return [each.delivery_id for each in jobs]


def test_a_device_prints_what_it_asked_for_and_what_its_gate_did(fair: Fair) -> None:
    gate = add_gate(fair.store, SYSTEM.at(NOON), fair.event.id, "Gate B")
    device, other = away(fair, fair.gate.id, "One"), away(fair, gate.id, "Two")
    device.take()
    own = admitted(fair, device.actor)
    at_its_gate = admitted(fair, STAFF, fair.gate.id, "Bea")
    others = admitted(fair, other.actor, gate.id, "Cy")
    nobodys = admitted(fair, STAFF, None, "Di")
    assert device.claim() == [own, at_its_gate]
    assert set(at_the_hub(fair)) == {others, nobodys}


def test_the_hub_prints_for_a_device_that_is_away(fair: Fair) -> None:
    device = away(fair, fair.gate.id)
    delivery_id = admitted(fair, device.actor, fair.gate.id)
    assert at_the_hub(fair, set_up(fair, "At the hub")) == [delivery_id]


def test_a_profile_may_name_a_printer_of_the_house(fair: Fair) -> None:
    first, chosen = set_up(fair, "First"), set_up(fair, "Chosen")
    device = away(fair)
    profile = DeviceProfile(printer_id=chosen)
    change_device(fair.store, SYSTEM.at(NOON), device.actor.device_id, profile=profile)  # type: ignore[arg-type]
    device.take()
    delivery_id = admitted(fair, device.actor)
    assert at_the_hub(fair, chosen) == [delivery_id]
    assert at_the_hub(fair, first) == []


def test_a_badge_that_is_moved_to_a_device_comes_out_there(fair: Fair) -> None:
    device = away(fair)
    device.take()
    delivery_id = admitted(fair, STAFF)
    move_badge(fair.store, SYSTEM.at(NOON), delivery_id, printer_id=device.printer_id)
    assert device.claim() == [delivery_id]


def test_its_printer_follows_it_to_another_gate_and_goes_with_it(fair: Fair) -> None:
    device = away(fair, fair.gate.id)
    gate = add_gate(fair.store, SYSTEM.at(NOON), fair.event.id, "Gate B")
    profile = DeviceProfile(gate_id=gate.id)
    device_id = device.actor.id
    assert device_id is not None
    change_device(fair.store, SYSTEM.at(NOON), device_id, profile=profile)
    [printer] = list_printers(fair.store, SYSTEM.at(NOON))
    assert printer.gates == ((gate.id, "Gate B"),)
    device.take()
    taken = admitted(fair, device.actor)
    assert device.claim() == [taken]
    revoke_device(fair.store, SYSTEM.at(NOON), device_id)
    assert list_printers(fair.store, SYSTEM.at(NOON)) == []


def test_a_revoked_device_drives_no_printer(fair: Fair) -> None:
    device = away(fair)
    device_id = device.actor.id
    assert device_id is not None
    revoke_device(fair.store, SYSTEM.at(NOON), device_id)
    for refused in (
        lambda: plug_in_printer(fair.store, device.actor.at(NOON), "tcp://192.0.2.1"),
        device.take,
        device.claim,
    ):
        with pytest.raises(NotAllowedError, match="revoked"):
            refused()


def test_a_device_has_one_printer_and_may_have_none(fair: Fair) -> None:
    device = away(fair, name="Front")
    assert plug_in_printer(fair.store, device.actor.at(NOON), "tcp://192.0.2.1") == "Front"
    [printer] = list_printers(fair.store, SYSTEM.at(NOON))
    assert (printer.id, printer.spec, printer.device) == (
        device.printer_id,
        "tcp://192.0.2.1",
        "Front",
    )
    assert plug_in_printer(fair.store, device.actor.at(NOON), "none") == ""
    assert list_printers(fair.store, SYSTEM.at(NOON)) == []
    with pytest.raises(InvalidInputError):
        plug_in_printer(fair.store, device.actor.at(NOON), "a printer")


def test_a_layout_of_the_houses_own_travels_with_the_badge_once(fair: Fair) -> None:
    duplicate_layout(fair.store, SYSTEM.at(NOON), fair.event.id, "label-62", "own")
    set_badges(fair.store, SYSTEM.at(NOON), fair.event.id, layout="own")
    file = folder_of(fair.store.home) / "own.toml"
    logo = '\n\n[[front]]\nkind = "logo"\nfile = "us.png"\nx = 1\ny = 1\nwidth = 9\nheight = 9\n'
    file.write_text(file.read_text() + logo)
    (file.parent / "us.png").write_bytes(b"\x89PNG")
    device = away(fair)
    device.take()

    def claimed(*known: str) -> object:
        admitted(fair, device.actor)
        [job] = claim_badges(
            fair.store,
            device.actor.at(NOON),
            f"{PROGRAM}/1",
            printer_id=device.printer_id,
            holder=PROGRAM,
            known=known,
        )
        assert job.badge.layout == "own"
        return job.layout

    first = claimed()
    assert first.text == file.read_text()  # type: ignore[attr-defined]
    assert base64.b64decode(first.logos["us.png"]) == b"\x89PNG"  # type: ignore[attr-defined]
    again = claimed(first.mark)  # type: ignore[attr-defined]
    assert (again.mark, again.text) == (first.mark, "")  # type: ignore[attr-defined]


def rows(store: Store, but: Away) -> list[object]:
    """All that couriers change, but for a device's own printer."""
    with store.read() as connection:
        printers = select(PrinterRow.__table__).where(PrinterRow.id != but.printer_id)
        badges = connection.execute(select(DeliveryRow.__table__))
        return [*badges, *connection.execute(printers)]


Asking = Callable[[Store, Actor, UUID, UUID, SentJob], object]
COURIER = f"{PROGRAM}/1"
ASKINGS: dict[str, Asking] = {
    "badges_due": lambda s, a, p, d, j: badges_due(s, a.at(NOON), printer_id=p),
    "claim": lambda s, a, p, d, j: claim_badges(s, a.at(NOON), COURIER, printer_id=p, asked=True),
    "confirm": lambda s, a, p, d, j: confirm_badges(
        s, a.at(NOON), COURIER, [BadgeOut(d, 1, True, "here", NOON)], printer_id=p, status=READY
    ),
    "confirm without": lambda s, a, p, d, j: confirm_badges(
        s, a.at(NOON), COURIER, [BadgeOut(d, 1, True, "here", NOON)]
    ),
    "return": lambda s, a, p, d, j: return_badges(s, a.at(NOON), COURIER, [Lease(d, 1)]),
    "retry": lambda s, a, p, d, j: retry_badge(s, a.at(NOON), COURIER, d, attempts=1, error=""),
    "give up": lambda s, a, p, d, j: give_up_badge(s, a.at(NOON), COURIER, d, attempts=1, error=""),
    "pass on": lambda s, a, p, d, j: pass_on_badge(
        s, a.at(NOON), COURIER, d, attempts=1, printer_id=p, error=""
    ),
    "sent_jobs": lambda s, a, p, d, j: sent_jobs(s, a.at(NOON), p, ""),
    "settle": lambda s, a, p, d, j: settle_job(s, a.at(NOON), j, printed=True, error=""),
    "forget": lambda s, a, p, d, j: forget_job(s, a.at(NOON), j),
    "take back": lambda s, a, p, d, j: take_back_job(s, a.at(NOON), j, error=""),
    "health": lambda s, a, p, d, j: note_health(
        s, a.at(NOON), p, Status(Health.ERROR, msg("broken"))
    ),
    "release": lambda s, a, p, d, j: release_printers(s, a.at(NOON), PROGRAM),
    "take": lambda s, a, p, d, j: take_printers(s, a.at(NOON), "another"),
}


@pytest.mark.parametrize("asking", ASKINGS.values(), ids=ASKINGS)
@pytest.mark.parametrize("state", ["leased", "sent"])
def test_nobody_else_asks_for_badges_of_a_device(fair: Fair, asking: Asking, state: str) -> None:
    device, other = away(fair, fair.gate.id, "One"), away(fair, fair.gate.id, "Two")
    device.take()
    delivery_id = admitted(fair, device.actor)
    assert device.claim() == [delivery_id]
    if state == "sent":
        out = BadgeOut(delivery_id, 1, False, "here", NOON, "7")
        confirm_badges(
            fair.store, device.actor.at(NOON), COURIER, [out], printer_id=device.printer_id
        )
    assert state_of(fair.store, delivery_id) == state
    job, before = SentJob(delivery_id, "7", NOON, 1), rows(fair.store, other)
    with suppress(NotAllowedError):
        asking(fair.store, other.actor, device.printer_id, delivery_id, job)
    for nobody in (STAFF, VISITOR):
        with pytest.raises(NotAllowedError):
            asking(fair.store, nobody, device.printer_id, delivery_id, job)
    assert rows(fair.store, other) == before
