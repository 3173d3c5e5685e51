"""Address of the house's own pages: kept, or where its server is."""

import pytest

from eventdesk.acts import SYSTEM
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.serving import noted_serving
from eventdesk.services import keep_pages_address, pages_address
from tests.build import Fair


def test_it_is_where_the_server_is_found_by_others_until_somebody_says_so(fair: Fair) -> None:
    store = fair.store
    assert pages_address(store, SYSTEM) == ""
    with noted_serving(store.home, ("http://127.0.0.1:8440",)):
        assert pages_address(store, SYSTEM) == ""
    with noted_serving(store.home, ("https://192.168.1.7:8440",)):
        assert pages_address(store, SYSTEM) == "https://192.168.1.7:8440"
        keep_pages_address(store, SYSTEM, "https://desk.example.org/")
        assert pages_address(store, SYSTEM) == "https://desk.example.org"
        own = "https://tickets.example.org/"
        assert pages_address(store, SYSTEM, typed=own) == "https://tickets.example.org"
    assert pages_address(store, SYSTEM) == "https://desk.example.org"
    keep_pages_address(store, SYSTEM, "")
    assert pages_address(store, SYSTEM) == ""


@pytest.mark.parametrize(
    "address",
    [
        *("desk.example.org", "ftp://desk.example.org", "javascript:alert(1)", "https://"),
        *("https://desk.example.org/pages", "https://desk.example.org?x=1", "https://a b"),
        *("https://desk.example.org#x", "https://me@desk.example.org"),
    ],
)
def test_what_is_no_address_of_a_server_is_refused(fair: Fair, address: str) -> None:
    with pytest.raises(InvalidInputError):
        keep_pages_address(fair.store, SYSTEM, address)
    assert pages_address(fair.store, SYSTEM) == ""
