"""The authority of a house: what it vouches for, and that others agree."""

import subprocess
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509

from eventdesk.core.authority import (
    CERTIFICATE_LIFE,
    FILE_NAME,
    LIFE,
    RENEWED,
    Name,
    authority_of,
    certificate_of,
    fingerprint,
    read_authority,
)
from eventdesk.core.errors import InvalidInputError

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
HERE: list[Name] = ["desk1", "desk1.local", ip_address("192.168.1.7"), ip_address("fd00::7")]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "keys").mkdir(mode=0o700)
    return tmp_path / "keys"


def openssl(*words: object) -> subprocess.CompletedProcess[str]:
    command = ["openssl", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def checked(folder: Path, file: Path, at: datetime = NOON) -> str:
    """What openssl says of a server's certificate, where it trusts the authority only."""
    stamp = int(at.timestamp())
    trusting = ("-x509_strict", "-purpose", "sslserver", "-CAfile", folder / FILE_NAME)
    done = openssl("verify", "-attime", stamp, *trusting, file)
    return done.stdout.strip() if done.returncode == 0 else done.stderr


def leaf(file: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(file.read_bytes())


def names_in(file: Path) -> set[object]:
    said = leaf(file).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return {*said.get_values_for_type(x509.DNSName), *said.get_values_for_type(x509.IPAddress)}


def test_openssl_trusts_what_it_vouches_for(folder: Path) -> None:
    file = certificate_of(folder, authority_of(folder, "Desk1", NOON), HERE, NOON)
    assert checked(folder, file) == f"{file}: OK"
    assert names_in(file) == {*HERE}


def test_the_fingerprint_is_the_one_that_openssl_shows(folder: Path) -> None:
    assert fingerprint(folder) == ""
    authority_of(folder, "desk1", NOON)
    shown = openssl("x509", "-in", folder / FILE_NAME, "-noout", "-fingerprint", "-sha256").stdout
    assert shown.strip().partition("=")[2] == fingerprint(folder)


@pytest.mark.parametrize("name", ["example.org", "desk1.example.org", ip_address("192.0.2.7")])
def test_what_is_not_near_it_leaves_out_and_openssl_would_refuse(folder: Path, name: Name) -> None:
    authority = authority_of(folder, "desk1", NOON)
    file = certificate_of(folder, authority, [*HERE, name], NOON)
    assert names_in(file) == {*HERE}
    forged = folder / "forged.pem"
    forged.write_bytes(authority.certify([name], NOON))
    assert "permitted subtree violation" in checked(folder, forged)


def test_it_vouches_for_no_other_authority(folder: Path) -> None:
    authority = authority_of(folder, "desk1", NOON)
    bounds = authority.certificate.extensions
    assert bounds.get_extension_for_class(x509.BasicConstraints).value.path_length == 0


def test_it_is_made_once_and_only_its_owner_reads_it(folder: Path) -> None:
    made = authority_of(folder, "desk1", NOON)
    again = authority_of(folder, "another-name", NOON + timedelta(days=400))
    certificate_of(folder, made, HERE, NOON)
    assert again.certificate == made.certificate
    assert {each.stat().st_mode & 0o077 for each in folder.iterdir()} == {0}


def test_a_certificate_stays_until_its_end_is_near_or_a_name_is_new(folder: Path) -> None:
    authority = authority_of(folder, "desk1", NOON)
    first = leaf(certificate_of(folder, authority, HERE, NOON))
    almost = NOON + CERTIFICATE_LIFE - RENEWED
    assert leaf(certificate_of(folder, authority, HERE[:2], almost)) == first
    moved = certificate_of(folder, authority, [*HERE, ip_address("10.0.0.9")], NOON)
    second = leaf(moved)
    assert ip_address("10.0.0.9") in names_in(moved)
    later = almost + timedelta(minutes=1)
    third = certificate_of(folder, authority, HERE, later)
    assert leaf(third) != second
    assert checked(folder, third, later).endswith("OK")


def test_a_certificate_of_another_authority_is_made_anew(folder: Path) -> None:
    file = certificate_of(folder, authority_of(folder, "desk1", NOON), HERE, NOON)
    (folder / FILE_NAME).unlink()
    certificate_of(folder, authority_of(folder, "desk1", NOON), HERE, NOON)
    assert checked(folder, file).endswith("OK")


def test_no_certificate_outlives_its_authority(folder: Path) -> None:
    authority = authority_of(folder, "desk1", NOON)
    late = authority.ends_at - timedelta(days=7)
    first = leaf(certificate_of(folder, authority, HERE, late))
    assert first.not_valid_after_utc == authority.ends_at
    assert leaf(certificate_of(folder, authority, HERE, late + timedelta(days=1))) == first


def test_one_that_is_over_is_said_to_be_and_left_where_it_is(folder: Path) -> None:
    before = authority_of(folder, "desk1", NOON)
    with pytest.raises(InvalidInputError, match="ended on 2036-") as refused:
        authority_of(folder, "desk1", NOON + LIFE)
    assert "clock" in refused.value.hint
    found = read_authority(folder)
    assert found is not None
    assert found.certificate == before.certificate


@pytest.mark.parametrize("content", [b"", b"no certificate", b"-----BEGIN PRIVATE KEY-----\nAA\n"])
def test_a_broken_one_is_said_to_be_and_left_where_it_is(folder: Path, content: bytes) -> None:
    (folder / FILE_NAME).write_bytes(content)
    with pytest.raises(InvalidInputError, match=r"authority\.pem cannot be read"):
        authority_of(folder, "desk1", NOON)
    assert (folder / FILE_NAME).read_bytes() == content


@pytest.mark.parametrize("machine", ["", "Ada's Mac", "ü", "a" * 70, "-x", "desk1.example.org"])
def test_it_is_made_on_any_machine(folder: Path, machine: str) -> None:
    authority = authority_of(folder, machine, NOON)
    file = certificate_of(folder, authority, [*HERE[1:], machine], NOON)
    assert checked(folder, file).endswith("OK")
    assert (machine in names_in(file)) is (machine == "desk1.example.org")


@pytest.mark.parametrize("name", ["desk1.lan", "desk1.home.arpa", "desk1.internal", "desk1"])
def test_it_vouches_for_names_of_local_networks(folder: Path, name: str) -> None:
    authority = authority_of(folder, "desk1", NOON)
    file = certificate_of(folder, authority, [name], NOON)
    assert names_in(file) == {name}
    assert checked(folder, file).endswith("OK")


@pytest.mark.parametrize("machine", ["dev", "xn--p1ai", "com"])
def test_a_machine_called_like_a_domain_of_the_web_has_no_authority_over_it(
    folder: Path, machine: str
) -> None:
    authority = authority_of(folder, machine, NOON)
    assert not authority.may_vouch_for(machine)
    assert not authority.may_vouch_for(f"bank.{machine}")
