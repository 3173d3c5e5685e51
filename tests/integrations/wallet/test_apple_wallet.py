"""Passes for Apple Wallet: what OpenSSL says of them, and what is read off them."""

import hashlib
import io
import json
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
import zxingcpp
from PIL import Image

from badges.qr import picture
from eventdesk.core.errors import ServiceRefusedError
from eventdesk.integrations.apple_wallet.kind import APPLE_WALLET
from eventdesk.integrations.apple_wallet.passes import AsksAgain, make_pass
from eventdesk.integrations.apple_wallet.pictures import pictures
from eventdesk.integrations.apple_wallet.signer import probe, signer_of
from tests.integrations.wallet.issuing import Apple, apple, as_pem, rsa_key, wallet_ticket

ASKS = AsksAgain("https://desk.example.org/wallet", "edp_" + "x" * 50)


@pytest.fixture(scope="module")
def issued() -> Apple:
    return apple()


def files_of(made: bytes) -> dict[str, bytes]:
    with ZipFile(io.BytesIO(made)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def made(issued: Apple, **ticket: object) -> dict[str, bytes]:
    signer = signer_of(issued.values(), datetime.now(UTC))
    return files_of(make_pass(wallet_ticket(**ticket), signer, ASKS))


def told(issued: Apple, **ticket: object) -> Any:
    return json.loads(made(issued, **ticket)["pass.json"])


def test_openssl_verifies_the_signature_up_to_the_authority(issued: Apple, tmp_path: Path) -> None:
    for name, content in made(issued).items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "ca.pem").write_text(issued.wwdr)

    def verified() -> subprocess.CompletedProcess[str]:
        line = "openssl smime -verify -binary -inform DER -in signature -content manifest.json"
        line += " -CAfile ca.pem -purpose any -out seen"
        return subprocess.run(
            line.split(), cwd=tmp_path, capture_output=True, text=True, check=False, timeout=20
        )

    good = verified()
    assert good.returncode == 0, good.stderr
    assert (tmp_path / "seen").read_bytes() == (tmp_path / "manifest.json").read_bytes()
    changed = (tmp_path / "manifest.json").read_bytes().replace(b"pass.json", b"pass.jsom")
    (tmp_path / "manifest.json").write_bytes(changed)
    assert verified().returncode != 0


def test_the_manifest_has_the_sha1_of_each_file(issued: Apple) -> None:
    files = made(issued)
    manifest = json.loads(files["manifest.json"])
    assert set(manifest) == set(files) - {"manifest.json", "signature"}
    assert {"pass.json", "icon.png", "icon@2x.png", "logo.png"} <= set(manifest)
    for name, digest in manifest.items():
        assert hashlib.sha1(files[name]).hexdigest() == digest


def test_its_barcode_is_the_ticket(issued: Apple) -> None:
    (barcode,) = told(issued)["barcodes"]
    assert barcode["format"] == "PKBarcodeFormatQR"
    seen = zxingcpp.read_barcodes(picture(barcode["message"]).convert("L"))
    assert [each.text for each in seen] == [wallet_ticket().token]
    assert barcode["altText"] == wallet_ticket().code


def test_it_says_what_whose_where_and_when(issued: Apple) -> None:
    said = told(issued)
    assert said["passTypeIdentifier"] == "pass.org.example.tickets"
    assert said["teamIdentifier"] == "ABCDE12345"
    assert said["relevantDate"].endswith(("+01:00", "+02:00"))
    assert said["webServiceURL"] == ASKS.address
    assert said["authenticationToken"] == ASKS.token
    fields = {each["key"]: each["value"] for part in said["eventTicket"].values() for each in part}
    assert fields["event"] == "Fair of Engines"
    assert fields["holder"] == "Ada Lovelace"
    assert fields["seat"] == "B 12"
    assert fields["where"] == "Hall · 1 Long Street"
    assert "voided" not in said


def test_without_a_code_it_is_void(issued: Apple) -> None:
    said = told(issued, token="")
    assert said["voided"] is True
    assert "barcodes" not in said


def test_what_people_typed_stays_text(issued: Apple) -> None:
    said = told(issued, holder='"}\u202e\x1b[31m<b>', event="x" * 5000)
    fields = {each["key"]: each["value"] for part in said["eventTicket"].values() for each in part}
    assert fields["holder"] == '"}<b>'
    assert len(fields["event"]) <= 300


def test_its_pictures_are_as_large_as_apple_says() -> None:
    sizes = {name: Image.open(io.BytesIO(png)).size for name, png in pictures().items()}
    assert sizes["icon.png"] == (29, 29)
    assert sizes["icon@2x.png"] == (58, 58)
    assert sizes["icon@3x.png"] == (87, 87)
    assert sizes["logo@2x.png"] == (100, 100)


def test_the_probe_says_until_when_it_signs(issued: Apple) -> None:
    values = APPLE_WALLET.clean(issued.values())
    assert "valid until 20" in str(probe(values))


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"certificate": "x"}, "The certificate cannot be read"),
        ({"wwdr": "x"}, "WWDR\\) cannot be read"),
        ({"key": "x"}, "private key cannot be read"),
        ({"key": as_pem(rsa_key(9))}, "not that of the certificate"),
        ({"pass_type": "pass.other"}, "Pass type ID does not fit"),
        ({"team": "ZZZZZ00000"}, "Team ID does not fit"),
    ],
)
def test_the_probe_says_what_is_wrong(issued: Apple, wrong: dict[str, str], says: str) -> None:
    with pytest.raises(ServiceRefusedError, match=says) as raised:
        probe(issued.values(**wrong))
    assert raised.value.hint


def test_a_certificate_of_another_authority_is_told(issued: Apple) -> None:
    with pytest.raises(ServiceRefusedError, match="not issued by"):
        probe(issued.values(wwdr=issued.certificate))


def test_a_certificate_that_expired_is_told() -> None:
    old = apple(ends_at=datetime.now(UTC) - timedelta(days=1))
    with pytest.raises(ServiceRefusedError, match="not valid today"):
        probe(old.values())


def test_a_key_may_be_one_line(issued: Apple) -> None:
    one_line = issued.key.replace("\n", "\\n")
    assert "valid until" in str(probe(issued.values(key=one_line)))
