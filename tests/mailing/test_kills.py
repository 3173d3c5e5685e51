"""A program that dies between sending a mail and noting it: the mail goes again, as the same."""

import subprocess
import sys
from datetime import timedelta

import pytest
from sqlalchemy import update

from data.schema import DeliveryRow
from eventdesk.core.clock import utc_now
from tests.booking.test_guest_orders import buy
from tests.build import Fair
from tests.faults.processes import REPOSITORY
from tests.integrations.mail.post_office import PostOffice
from tests.mailing.office import deliver, queued, states

pytestmark = pytest.mark.long


def test_what_was_sent_and_not_noted_goes_again_under_its_name(
    fair: Fair, office: PostOffice
) -> None:
    buy(fair)
    buy(fair, email="kim@example.org")
    command = [sys.executable, "-m", "tests.mailing.sending_program", str(fair.store.home)]
    with subprocess.Popen(command, cwd=REPOSITORY) as program:
        office.taken = program.kill
        program.wait(timeout=30)
    assert program.returncode == -9
    assert len(office.letters) == 1
    assert states(fair.store) == ["leased", "leased"]
    office.taken = lambda: None
    deliver(fair.store)
    assert len(office.letters) == 1, "the lease holds"
    with fair.store.write() as connection:
        over = utc_now() - timedelta(seconds=1)
        connection.execute(update(DeliveryRow).values(leased_until=over))
    deliver(fair.store)
    assert states(fair.store) == ["sent", "sent"]
    first, *others = (each["Message-ID"] for each in office.letters)
    assert others.count(first) == 1
    assert len(others) == 2
    assert {f"<{row.id}@example.org>" for row in queued(fair.store)} == {first, *others}
