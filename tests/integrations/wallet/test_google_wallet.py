"""Save links for Google Wallet: verified with the account's public key."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import zxingcpp
from joserfc import jwt
from joserfc.errors import BadSignatureError
from joserfc.jwk import RSAKey

from badges.qr import picture
from eventdesk.core.errors import InvalidInputError, ServiceRefusedError
from eventdesk.integrations.google_wallet.contents import issuer_of
from eventdesk.integrations.google_wallet.kind import GOOGLE_WALLET
from eventdesk.integrations.google_wallet.passes import probe
from eventdesk.integrations.google_wallet.save_link import MAX_JWT, SAVE, save_link
from tests.integrations.google_house import EMAIL, key_file, pem
from tests.integrations.wallet.google import ISSUER, GoogleWallet, wallet_here
from tests.integrations.wallet.issuing import as_pem, google_values, rsa_key, wallet_ticket

NOW = datetime(2026, 5, 1, tzinfo=UTC)


def link_of(**ticket: object) -> str:
    return save_link(wallet_ticket(**ticket), issuer_of(google_values()), NOW)


def told(**ticket: object) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    link = link_of(**ticket)
    public = RSAKey.import_key(pem())
    read = jwt.decode(link.removeprefix(SAVE), public, algorithms=["RS256"])
    (event,), (one,) = read.claims["payload"].values()
    return read.claims, event, one


def test_the_link_is_signed_by_the_service_account() -> None:
    claims, event, one = told()
    assert claims["iss"] == EMAIL
    assert (claims["aud"], claims["typ"], claims["iat"]) == (
        "google",
        "savetowallet",
        int(NOW.timestamp()),
    )
    assert one["classId"] == event["id"] == f"3388000000012345678.{wallet_ticket().event_id.hex}"
    assert event["reviewStatus"] == "UNDER_REVIEW"
    other = RSAKey.import_key(as_pem(rsa_key(4)))
    with pytest.raises(BadSignatureError):
        jwt.decode(link_of().removeprefix(SAVE), other, algorithms=["RS256"])


def test_its_barcode_is_the_ticket() -> None:
    _claims, _event, one = told()
    assert one["barcode"]["type"] == "QR_CODE"
    seen = zxingcpp.read_barcodes(picture(one["barcode"]["value"]).convert("L"))
    assert [each.text for each in seen] == [wallet_ticket().token]


def test_a_code_made_anew_is_another_pass() -> None:
    assert told()[2]["id"] != told(revision=2)[2]["id"]


@pytest.mark.parametrize("name", ["Ada", "\U00010348" * 500, '"\\' * 300])
def test_a_link_is_never_longer_than_it_may_be(name: str) -> None:
    ticket = {"holder": name, "event": name, "where": f"{name} · {name}", "ticket_type": name}
    link = link_of(**ticket, seat=name)
    assert len(link.removeprefix(SAVE)) <= MAX_JWT
    assert told(**ticket)[2]["barcode"]["value"] == wallet_ticket().token


@pytest.fixture
def google(monkeypatch: pytest.MonkeyPatch) -> Iterator[GoogleWallet]:
    with wallet_here(monkeypatch) as (google, _there):
        yield google


def test_the_probe_says_who_may_change_passes_and_changes_nothing(google: GoogleWallet) -> None:
    said = probe(GOOGLE_WALLET.clean(google_values()))
    assert str(said) == f"{EMAIL} may change passes of issuer {ISSUER}."
    assert google.changes == []


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"issuer": "BCR2DN"}, "issuer ID"),
        ({"account": "x"}, "no JSON"),
        ({"account": "[]"}, "service account"),
        ({"account": '{"type": "authorized_user"}'}, "service account"),
        ({"account": key_file(private_key="x")}, "private key"),
    ],
)
def test_the_probe_says_what_is_wrong(wrong: dict[str, str], says: str) -> None:
    with pytest.raises(ServiceRefusedError, match=says) as raised:
        probe(google_values(**wrong))
    assert raised.value.hint


def _not_invited(google: GoogleWallet) -> None:
    google.users.clear()


def _api_off(google: GoogleWallet) -> None:
    google.is_api_on = False


def _key_gone(google: GoogleWallet) -> None:
    google.keys.clear()


def _account_gone(google: GoogleWallet) -> None:
    google.known.clear()


@pytest.mark.parametrize(
    ("happens", "says"),
    [
        (_not_invited, f"may not change passes of issuer {ISSUER}"),
        (_api_off, "The Google Wallet API is not switched on"),
        (_key_gone, "Google does not take the key of desk@demo"),
        (_account_gone, "Google knows no service account desk@demo"),
    ],
)
def test_the_probe_says_what_is_wrong_at_google(
    google: GoogleWallet, happens: Callable[[GoogleWallet], None], says: str
) -> None:
    happens(google)
    with pytest.raises(ServiceRefusedError, match=says) as raised:
        probe(google_values())
    assert raised.value.hint


def test_another_issuer_is_told(google: GoogleWallet) -> None:
    with pytest.raises(ServiceRefusedError, match="may not change passes of issuer 99"):
        probe(google_values(issuer="99"))


def test_a_key_is_looked_at_when_it_is_typed() -> None:
    with pytest.raises(InvalidInputError, match="no JSON"):
        GOOGLE_WALLET.clean(google_values(account="x"))
