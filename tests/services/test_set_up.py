"""Services are set up, changed, tried and removed; their secrets stay beside the keys."""

from typing import Any

import pytest
from sqlalchemy import select

from data.schema import AuditRow, ServiceRow
from eventdesk.acts import SYSTEM, Role
from eventdesk.core.errors import InvalidInputError, NotAllowedError, NotFoundError
from eventdesk.core.fields import LINE, Field
from eventdesk.core.ids import new_id
from eventdesk.core.json_text import json_text
from eventdesk.core.messages import msg
from eventdesk.integrations.service import ServiceKind, Values
from eventdesk.services import (
    ServiceHealth,
    add_service,
    change_service,
    folder_of,
    list_services,
    read_service,
    remove_service,
    resend,
    service_deliveries,
    service_kinds,
    service_of,
    services_of,
    set_up,
)
from eventdesk.services import test_service as try_service
from eventdesk.services.secret_files import read_secrets
from tests.build import Fair
from tests.people import make_staff
from tests.services.counterpart import LineServer

SECRET = "a very secret word"


def given(server: LineServer) -> dict[str, str | int | bool | list[str] | None]:
    return {"port": server.port, "password": SECRET}


def test_its_secrets_lie_beside_the_keys_and_nowhere_else(
    fair: Fair, counterpart: LineServer
) -> None:
    added = add_service(fair.store, SYSTEM, "counterpart", given(counterpart))
    assert added.secrets == ("password",)
    assert "password" not in added.values
    with fair.store.read() as connection:
        rows = connection.execute(select(ServiceRow.__table__)).all()
        log = connection.execute(select(AuditRow.detail)).all()
    assert SECRET not in f"{rows} {log} {added}"
    [file] = folder_of(fair.store.home).iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    found = service_of(fair.store, SYSTEM, "counterpart")
    assert found is not None
    assert found.values["password"] == SECRET
    assert SECRET not in repr(found)


def test_a_change_leaves_what_is_not_given_and_an_empty_secret(
    fair: Fair, counterpart: LineServer
) -> None:
    added = add_service(fair.store, SYSTEM, "counterpart", given(counterpart))
    change_service(fair.store, SYSTEM, added.id, {"user": "ada", "password": ""})
    found = service_of(fair.store, SYSTEM, "counterpart")
    assert found is not None
    assert (found.values["user"], found.values["password"]) == ("ada", SECRET)
    assert found.values["port"] == counterpart.port
    assert len(list(folder_of(fair.store.home).iterdir())) == 1


def test_it_is_tried_and_how_it_is_is_kept(fair: Fair, counterpart: LineServer) -> None:
    added = add_service(fair.store, SYSTEM, "counterpart", given(counterpart))
    assert added.health is ServiceHealth.UNKNOWN
    assert try_service(fair.store, SYSTEM, added.id).works
    assert counterpart.came == [f"hello {SECRET}"]
    assert read_service(fair.store, SYSTEM, added.id).health is ServiceHealth.GOOD
    counterpart.answers["hello"] = "no"
    trial = try_service(fair.store, SYSTEM, added.id)
    assert (trial.works, trial.text, trial.hint) == (
        *(False, "It refuses the password."),
        "Type it again.",
    )
    view = read_service(fair.store, SYSTEM, added.id)
    assert (view.health, view.health_text) == (
        ServiceHealth.TROUBLE,
        "It refuses the password. Type it again.",
    )
    assert view.failing_since is not None


def test_what_cannot_be_is_refused_and_leaves_no_secret(fair: Fair) -> None:
    wrong: list[Values] = [{"port": "x"}, {"port": None}, {"port": 1, "host": "no such field"}]
    for values in wrong:
        with pytest.raises(InvalidInputError):
            add_service(fair.store, SYSTEM, "counterpart", values)
    with pytest.raises(NotFoundError):
        add_service(fair.store, SYSTEM, "nothing", {})
    assert not folder_of(fair.store.home).exists() or not any(folder_of(fair.store.home).iterdir())


def test_one_that_is_removed_leaves_nothing(fair: Fair, counterpart: LineServer) -> None:
    added = add_service(fair.store, SYSTEM, "counterpart", given(counterpart))
    remove_service(fair.store, SYSTEM, added.id)
    assert list_services(fair.store, SYSTEM) == []
    assert list(folder_of(fair.store.home).iterdir()) == []


def test_one_that_is_switched_off_is_not_found(fair: Fair, counterpart: LineServer) -> None:
    added = add_service(fair.store, SYSTEM, "counterpart", given(counterpart))
    change_service(fair.store, SYSTEM, added.id, {}, enabled=False)
    assert service_of(fair.store, SYSTEM, "counterpart") is None


def test_an_event_has_its_own_before_the_house(fair: Fair, counterpart: LineServer) -> None:
    organizer = make_staff(fair, Role.ORGANIZER)
    house = add_service(fair.store, SYSTEM, "counterpart", given(counterpart))
    own = add_service(
        fair.store, organizer, "counterpart", given(counterpart), event_id=fair.event.id
    )
    found = service_of(fair.store, SYSTEM, "counterpart", event_id=fair.event.id)
    assert found is not None
    assert found.id == own.id
    assert [each.id for each in services_of(fair.store, SYSTEM, "counterpart")] == [house.id]
    with pytest.raises(NotAllowedError):
        add_service(fair.store, organizer, "counterpart", given(counterpart))
    with pytest.raises(NotAllowedError):
        read_service(fair.store, organizer, house.id)
    with pytest.raises(NotAllowedError):
        service_deliveries(fair.store, organizer, house.id)
    with pytest.raises(NotAllowedError):
        resend(fair.store, organizer, house.id, new_id())
    with pytest.raises(NotAllowedError):
        list_services(fair.store, make_staff(fair, Role.STAFF, name="Uma"), event_id=fair.event.id)


def test_an_answer_of_the_api_has_no_secret(fair: Fair, counterpart: LineServer) -> None:
    add_service(fair.store, SYSTEM, "counterpart", given(counterpart))
    assert SECRET not in json_text([repr(list_services(fair.store, SYSTEM))])


def test_one_whose_secrets_are_gone_can_be_switched_off(fair: Fair) -> None:
    needed = ServiceKind(
        "counterpart",
        msg("Counterpart"),
        msg("Needs a key."),
        (Field("key", LINE, "Key", secret=True, needed=True),),
        "tests.services.counterpart:probe",
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tests.services.counterpart.COUNTERPART", needed)
        added = add_service(fair.store, SYSTEM, "counterpart", {"key": "a key"})
        for file in folder_of(fair.store.home).iterdir():
            file.unlink()
        change_service(fair.store, SYSTEM, added.id, {}, enabled=False)
        with pytest.raises(InvalidInputError):
            change_service(fair.store, SYSTEM, added.id, {"key": ""})
    assert service_of(fair.store, SYSTEM, "counterpart") is None


def test_a_change_that_is_refused_leaves_the_secrets_of_who_was_first(
    fair: Fair, counterpart: LineServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    added = add_service(fair.store, SYSTEM, "counterpart", given(counterpart))
    read = read_secrets

    def then_somebody_is_faster(*which: Any) -> dict[str, str]:
        secrets = read(*which)
        monkeypatch.setattr(set_up, "read_secrets", read)
        change_service(fair.store, SYSTEM, added.id, {"password": "another word"})
        return secrets

    monkeypatch.setattr(set_up, "read_secrets", then_somebody_is_faster)
    with pytest.raises(InvalidInputError, match="meanwhile"):
        change_service(fair.store, SYSTEM, added.id, {}, enabled=False)
    found = service_of(fair.store, SYSTEM, "counterpart")
    assert found is not None
    assert found.values["password"] == "another word"


def test_what_guests_reach_by_pages_alone_is_not_offered(fair: Fair) -> None:
    offered = {each.kind for each in service_kinds(fair.store, SYSTEM)}
    assert {"mail", "stripe", "oidc"} <= offered
    assert not {"apple-wallet", "google-wallet"} & offered
