"""A bucket: whole files or none, whatever happens to the line; and the words for what is wrong."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from eventdesk.core.errors import ServiceRefusedError, ServiceSilentError
from eventdesk.integrations.storage import bucket as bucket_module
from eventdesk.integrations.storage.bucket import Bucket, probe
from eventdesk.integrations.storage.kind import STORAGE
from tests.integrations.storage.counterpart import Storage, cut_line

pytestmark = pytest.mark.long

MIB = 1 << 20


def pieces(size: int) -> Iterator[bytes]:
    for number in range(size // MIB):
        yield bytes([number % 251]) * MIB


def test_a_file_of_many_parts_comes_back_as_it_went(storage: Storage) -> None:
    bucket = Bucket(storage.values())
    bucket.put("a.sealed", pieces(20 * MIB), 20 * MIB)
    assert b"".join(bucket.read("a.sealed")) == b"".join(pieces(20 * MIB))
    assert [(each.name, each.size) for each in bucket.list()] == [("a.sealed", 20 * MIB)]
    bucket.delete("a.sealed")
    assert bucket.list() == []


def test_folders_of_a_bucket_see_nothing_of_each_other(storage: Storage) -> None:
    Bucket(storage.values()).put("a.sealed", [b"x"], 1)
    assert Bucket(storage.values(prefix="house/b")).list() == []


def test_a_line_that_is_cut_once_is_taken_up_again(storage: Storage) -> None:
    with cut_line(storage.url, after=6 * MIB, cuts=1) as (address, line):
        bucket = Bucket(storage.values(endpoint=address))
        bucket.put("a.sealed", pieces(30 * MIB), 30 * MIB)
    assert line.cut == 1
    assert b"".join(Bucket(storage.values()).read("a.sealed")) == b"".join(pieces(30 * MIB))


def test_a_line_that_stays_cut_leaves_nothing_that_is_listed(storage: Storage) -> None:
    with cut_line(storage.url, after=5 * MIB, cuts=1000) as (address, line):
        bucket = Bucket(storage.values(endpoint=address))
        with pytest.raises(ServiceSilentError):
            bucket.put("a.sealed", pieces(30 * MIB), 30 * MIB)
    assert line.cut > 1
    whole = Bucket(storage.values())
    assert whole.list() == []
    whole.put("a.sealed", pieces(30 * MIB), 30 * MIB)
    assert [each.size for each in whole.list()] == [30 * MIB]


def test_what_cannot_be_read_to_its_end_is_not_there(storage: Storage) -> None:
    def breaks() -> Iterator[bytes]:
        yield from pieces(12 * MIB)
        raise OSError("disk")

    bucket = Bucket(storage.values())
    with pytest.raises(OSError, match="disk"):
        bucket.put("a.sealed", breaks(), 20 * MIB)
    assert bucket.list() == []


def test_the_probe_tries_all_that_is_needed(storage: Storage) -> None:
    said = str(probe(STORAGE.clean(storage.values())))
    assert storage.bucket in said
    assert Bucket(storage.values()).list() == []


def test_no_such_bucket_is_told(storage: Storage) -> None:
    with pytest.raises(ServiceRefusedError, match="no bucket nowhere-here") as raised:
        probe(storage.values(bucket="nowhere-here"))
    assert "Make it at the provider" in raised.value.hint


def test_no_server_is_told(storage: Storage) -> None:
    with pytest.raises(ServiceSilentError, match="does not answer"):
        probe(storage.values(endpoint="http://127.0.0.1:9"))


ANSWERS = {
    "InvalidAccessKeyId": (403, "does not know the access key"),
    "SignatureDoesNotMatch": (403, "not that of the access key"),
    "RequestTimeTooSkewed": (403, "clock of this machine is off"),
    "AccessDenied": (403, "may not do this in bucket"),
    "PermanentRedirect": (301, "another region"),
    "AuthorizationHeaderMalformed": (400, "another region"),
    "InvalidBucketName": (400, "refuses: InvalidBucketName"),
}


@pytest.mark.parametrize("code", ANSWERS)
def test_what_the_storage_answers_is_told_in_our_words(code: str, storage: Storage) -> None:
    """By the error codes of Amazon S3's API reference, which moto answers only in part."""
    status, says = ANSWERS[code]

    class Refuses(BaseHTTPRequestHandler):
        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("content-length") or 0))
            body = f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>x</Message></Error>"
            self.send_response(status)
            self.send_header("content-type", "application/xml")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        do_GET = do_PUT = do_POST = do_DELETE = answer  # noqa: N815  (http.server's names)

        def log_message(self, *_words: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Refuses) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        endpoint = f"http://127.0.0.1:{server.server_address[1]}"
        with pytest.raises(ServiceRefusedError, match=says) as raised:
            Bucket(storage.values(endpoint=endpoint)).list()
        with pytest.raises(ServiceRefusedError, match=says):
            probe(storage.values(endpoint=endpoint))
        server.shutdown()
    assert raised.value.hint


def test_no_secret_is_told(storage: Storage) -> None:
    with pytest.raises(ServiceSilentError) as raised:
        Bucket(storage.values(endpoint="http://127.0.0.1:9")).list()
    assert "wJalrXUtnFEMI" not in f"{raised.value}{raised.value.__cause__!r}"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lose patience soon."""
    from datetime import timedelta

    monkeypatch.setattr(bucket_module, "RETRY_FOR", timedelta(seconds=4))
