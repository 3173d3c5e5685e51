"""What tests of a phone at the door share."""

import pytest

from eventdesk.accounts import offer_phone
from eventdesk.acts import SYSTEM
from eventdesk.core.clock import utc_now
from tests.build import NOON, Fair


@pytest.fixture(autouse=True)
def _in_time(fair: Fair) -> None:
    began = utc_now()
    fair.store.clock = lambda: NOON + (utc_now() - began)


@pytest.fixture
def code(fair: Fair) -> str:
    """A code that pairs one phone with the door of the fair."""
    return offer_phone(fair.store, SYSTEM, fair.door.id, gate_id=fair.gate.id).code
