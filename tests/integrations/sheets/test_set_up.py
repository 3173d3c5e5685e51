"""Each thing that may be wrong with a service account or a spreadsheet has a name."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from eventdesk.core.errors import (
    InvalidInputError,
    ServiceError,
    ServiceRefusedError,
    ServiceSilentError,
)
from eventdesk.integrations import google_account
from eventdesk.integrations.google_sheets.kind import SHEETS, spreadsheet_id
from eventdesk.integrations.google_sheets.layout import Block, blocks
from eventdesk.integrations.google_sheets.spreadsheet import probe
from eventdesk.integrations.service import Value
from tests.integrations.chaos import Counterpart, Fault
from tests.integrations.google_house import EMAIL, key_file, pem
from tests.integrations.sheets.google import BOOK, Google, google_here, values


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Google, Counterpart]]:
    with google_here(monkeypatch) as both:
        yield both


@pytest.fixture
def google(here: tuple[Google, Counterpart]) -> Google:
    return here[0]


OTHER_KEY = {"type": "service_account", "client_email": EMAIL}


@pytest.mark.parametrize(
    ("file", "wrong"),
    [
        ("-----BEGIN PRIVATE KEY-----", "The key file is no JSON."),
        ("[1]", "The key is not that of a service account."),
        (json.dumps({"installed": {"client_id": "7"}}), "This is the file of an OAuth client"),
        (json.dumps({"type": "authorized_user"}), "The key is not that of a service account."),
        (json.dumps(OTHER_KEY), "The key file lacks 'private_key'."),
        (json.dumps({**OTHER_KEY, "private_key": "x"}), "The private key in the key file cannot"),
        (key_file(client_email=""), "The key file lacks 'client_email'."),
        (key_file(token_uri="http://10.0.0.1/token"), "The key file does not lead to Google."),
        ("[" * 100_000, "The key is not that of a service account."),
    ],
)
def test_a_key_file_that_cannot_be_is_refused_by_name(file: str, wrong: str) -> None:
    with pytest.raises(InvalidInputError) as error:
        SHEETS.clean(values(account=file))
    assert str(error.value).startswith(wrong)
    assert error.value.hint or len(file) > 50_000


def test_the_public_half_of_a_key_is_no_key() -> None:
    from joserfc.jwk import RSAKey

    public = RSAKey.import_key(pem()).as_pem(private=False).decode()
    with pytest.raises(InvalidInputError, match="private key"):
        SHEETS.clean(values(account=key_file(private_key=public)))


@pytest.mark.parametrize(
    "typed",
    [
        BOOK,
        f"https://docs.google.com/spreadsheets/d/{BOOK}",
        f"https://docs.google.com/spreadsheets/d/{BOOK}/edit?gid=7#gid=7",
        f"https://docs.google.com/spreadsheets/u/1/d/{BOOK}/edit",
    ],
)
def test_an_address_is_read_as_browsers_show_it(typed: str) -> None:
    assert spreadsheet_id(typed) == BOOK


@pytest.mark.parametrize("typed", ["https://example.org/", "x", f"../{BOOK}", f"{BOOK}é"])
def test_what_is_no_address_of_a_spreadsheet_is_refused(typed: str) -> None:
    with pytest.raises(InvalidInputError, match="not the address of a Google spreadsheet"):
        SHEETS.clean(values(spreadsheet=typed))


def test_the_test_says_who_may_write_where_and_changes_nothing(google: Google) -> None:
    assert str(probe(values())) == f"{EMAIL} may write into Demo Days."
    assert google.writes == 0
    assert google.title == "Demo Days"


def test_columns_that_nobody_chose_are_told() -> None:
    with pytest.raises(ServiceRefusedError, match="No columns are chosen"):
        probe(values(attendees=[]))


def test_a_spreadsheet_that_would_get_nothing_is_not_set_up() -> None:
    with pytest.raises(InvalidInputError, match="Choose at least one") as refused:
        SHEETS.clean(values(attendees=[]))
    assert refused.value.field == "attendees"
    assert SHEETS.clean(values(attendees=[], sales=["price"]))


def _not_shared(google: Google) -> None:
    google.editors.clear()


def _read_only(google: Google) -> None:
    google.editors.clear()
    google.readers.add(EMAIL)


def _deleted(google: Google) -> None:
    google.is_there = False


def _api_off(google: Google) -> None:
    google.is_api_on = False


def _key_gone(google: Google) -> None:
    pem("another")
    google.keys.clear()


def _quota(google: Google) -> None:
    google.quota = 0


@pytest.mark.parametrize(
    ("happens", "wrong", "kind"),
    [
        (_not_shared, "is not shared with desk@demo", ServiceRefusedError),
        (_read_only, "is not shared with desk@demo", ServiceRefusedError),
        (_deleted, "There is no such spreadsheet at Google.", ServiceRefusedError),
        (_api_off, "The Google Sheets API is not switched on", ServiceRefusedError),
        (_key_gone, "Google does not take the key of desk@demo", ServiceRefusedError),
        (_quota, "wants fewer calls for a while", ServiceSilentError),
    ],
)
def test_what_is_wrong_at_google_has_a_name(
    google: Google, happens: Callable[[Google], None], wrong: str, kind: type[ServiceError]
) -> None:
    happens(google)
    with pytest.raises(kind, match=wrong):
        probe(values())


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({"error": "invalid_grant", "error_description": "Invalid grant: account not found"}, "no"),
        ({"error": "disabled_client"}, "switched off"),
    ],
)
def test_an_account_that_is_gone_or_off_has_a_name(
    here: tuple[Google, Counterpart], said: dict[str, Value], wrong: str
) -> None:
    from tests.integrations.chaos import Reply

    here[1].handler = lambda _asked: Reply.of(said, 400)
    with pytest.raises(ServiceRefusedError, match=wrong):
        probe(values())


def test_a_page_in_the_place_of_a_token_is_told(here: tuple[Google, Counterpart]) -> None:
    here[1].fails(Fault.HTML, times=None)
    with pytest.raises(ServiceSilentError, match="A page came in the place"):
        probe(values())


def test_a_token_is_used_until_it_ends(here: tuple[Google, Counterpart]) -> None:
    google, line = here
    probe(values())
    probe(values())
    assert [asked.path for asked in line.asked].count("/token") == 1
    google.tokens.clear()
    probe(values())
    assert [asked.path for asked in line.asked].count("/token") == 2


def test_neither_key_nor_token_is_shown() -> None:
    shown = repr(google_account.account_of(key_file()))
    assert "PRIVATE" not in shown
    assert pem()[40:80] not in shown


def test_a_clock_of_google_that_is_apart_is_taken_to_sign(google: Google) -> None:
    google.ahead = timedelta(hours=3)
    assert EMAIL in str(probe(values()))


def test_cells_go_together_into_as_few_blocks_as_there_are_gaps() -> None:
    cells = {(row, column): row for row in (1, 2, 4) for column in (0, 1, 3)}
    assert blocks(cells, 100) == [
        Block(1, 0, [[1, 1], [2, 2]]),
        Block(1, 3, [[1], [2]]),
        Block(4, 0, [[4, 4]]),
        Block(4, 3, [[4]]),
    ]
    assert Block(1, 0, [[1, 1], [2, 2]]).address("It's") == "'It''s'!A2:B3"
