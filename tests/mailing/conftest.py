"""A mail server by others for each test, and the house that uses it."""

from collections.abc import Iterator

import pytest

from data.store import Store
from tests.integrations.mail.post_office import PostOffice, post_office
from tests.mailing.office import set_mail_up


@pytest.fixture
def office(store: Store) -> Iterator[PostOffice]:
    """A mail server that the house of the test sends through."""
    with post_office() as office:
        set_mail_up(store, office.port)
        yield office
