"""The card reader of a machine on the command line, against a Stripe on loopback."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from eventdesk.acts import SYSTEM
from eventdesk.door import reader_here
from eventdesk.integrations.payments import CardReader
from eventdesk.services import add_service
from tests.build import NOON, Fair, empty_store, make_fair
from tests.cli.conftest import Call
from tests.integrations.stripe_vendor import StripeVendor
from tests.integrations.test_stripe import VALUES


@pytest.fixture(autouse=True)
def fair(home: Path) -> Iterator[Fair]:
    with empty_store(home) as store:
        yield make_fair(store)


@pytest.fixture
def stripe(fair: Fair, monkeypatch: pytest.MonkeyPatch) -> Iterator[StripeVendor]:
    with StripeVendor() as vendor:
        monkeypatch.setattr("eventdesk.integrations.stripe.gateway.ORIGIN", vendor.origin)
        add_service(fair.store, SYSTEM.at(NOON), "stripe", VALUES)
        yield vendor


def marked(listed: str) -> list[str]:
    return [line.split()[-1] for line in listed.splitlines() if line.startswith("*")]


def test_the_readers_are_listed_those_online_first_and_the_one_here_is_marked(
    call: Call, stripe: StripeVendor
) -> None:
    away, here = stripe.add_reader("Attic", online=False), stripe.add_reader("Desk 1")
    listed = call("reader", "list")
    assert listed.exit_code == 0
    first, second = listed.stdout.splitlines()
    assert ("Desk 1" in first, "✓ online" in first, first.endswith(here)) == (True, True, True)
    assert ("Attic" in second, "✗ offline" in second, second.endswith(away)) == (True, True, True)
    assert marked(listed.stdout) == []
    assert call("reader", "use", "Attic").exit_code == 0
    assert marked(call("reader", "list").stdout) == [away]


def test_a_reader_is_chosen_by_its_label_or_its_name_at_stripe_and_forgotten(
    call: Call, home: Path, stripe: StripeVendor
) -> None:
    name, other = stripe.add_reader("Desk 1"), stripe.add_reader("Desk [b]2")
    assert "✓ Cards are taken at Desk 1" in call("reader", "use", "Desk 1").stdout
    assert reader_here(home) == CardReader(name, "Desk 1")
    assert "Cards are taken at Desk [b]2" in call("reader", "use", other).stdout
    assert reader_here(home) == CardReader(other, "Desk [b]2")
    for _once_more in range(2):
        forgotten = call("reader", "forget")
        assert (forgotten.exit_code, reader_here(home)) == (0, None)
        assert "No card reader stands here any more." in forgotten.stdout


def test_an_unknown_reader_is_refused_and_the_one_here_stays(
    call: Call, home: Path, stripe: StripeVendor
) -> None:
    stripe.add_reader("Desk 1")
    call("reader", "use", "Desk 1")
    kept = reader_here(home)
    assert kept is not None
    refused = call("reader", "use", "Desk 9")
    assert refused.exit_code == 2
    assert "Stripe knows no such card reader." in refused.stderr
    assert "eventdesk reader list names them." in refused.stderr
    assert reader_here(home) == kept


def test_without_stripe_or_its_answer_it_is_said_what_is_missing(
    call: Call, home: Path, fair: Fair, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = call("reader", "list")
    assert missing.exit_code == 2
    assert "card readers" in missing.stderr
    with StripeVendor() as vendor:
        monkeypatch.setattr("eventdesk.integrations.stripe.gateway.ORIGIN", vendor.origin)
        add_service(fair.store, SYSTEM.at(NOON), "stripe", VALUES)
        vendor.add_reader("Desk 1")
        vendor.down = True
        for words in (("list",), ("use", "Desk 1")):
            silent = call("reader", *words)
            assert (silent.exit_code, type(silent.exception)) == (1, SystemExit)
            assert "Stripe" in silent.stderr
    assert reader_here(home) is None
    assert call("reader", "forget").exit_code == 0  # nobody has to be asked for that
