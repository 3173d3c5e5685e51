"""A bucket of storage that speaks S3."""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, S3Store

from eventdesk.core.errors import ServiceError, ServiceRefusedError, ServiceSilentError
from eventdesk.core.ids import new_id
from eventdesk.core.messages import Message, msg
from eventdesk.core.plain_text import plain
from eventdesk.core.remedies import Remedy, advise

if TYPE_CHECKING:
    from eventdesk.integrations.service import Values

PART: Final = 8 << 20
"""Bytes of a part of an upload; storage takes no smaller ones than 5 MiB."""

CONNECT_S: Final = 10
ANSWER_S: Final = 120
"""How long a part may take."""

RETRIES: Final = 3
RETRY_FOR: Final = timedelta(seconds=60)
"""A part whose line broke is sent again so often and so long."""

USUAL_REGION: Final = "us-east-1"

_TRIED: Final = b"eventdesk was here"


@dataclass(frozen=True, slots=True)
class Kept:
    """A file in a bucket.

    Attributes:
        name: Below the folder.
        size: In bytes.
    """

    name: str
    size: int
    changed_at: datetime


class Bucket:
    """A folder of a bucket, or of a disk.

    Args:
        values: As the kind `storage` sets it up; or `folder`, the path of a folder.
    """

    def __init__(self, values: "Values") -> None:
        text = {name: str(value or "").strip() for name, value in values.items()}
        endpoint = text.get("endpoint", "")
        prefix = text.get("prefix", "").strip("/")
        self._store: S3Store | LocalStore
        if folder := text.get("folder"):
            self.name = folder
            with _told(self.name):
                self._store = LocalStore(folder, mkdir=True)
            return
        self.name = text["bucket"]
        with _told(self.name):
            self._store = S3Store(
                self.name,
                prefix=prefix or None,
                endpoint=endpoint or None,
                region=text.get("region") or USUAL_REGION,
                access_key_id=text["access_key"],
                secret_access_key=text["secret_key"],
                virtual_hosted_style_request=False,
                client_options={
                    "allow_http": endpoint.startswith("http://"),
                    "connect_timeout": timedelta(seconds=CONNECT_S),
                    "timeout": timedelta(seconds=ANSWER_S),
                },
                retry_config={"max_retries": RETRIES, "retry_timeout": RETRY_FOR},
            )

    def put(self, name: str, pieces: Iterable[bytes], size: int) -> None:
        """Upload a file in parts; it is there whole, or not at all.

        Args:
            name: Below the folder.
            pieces: The content.
            size: How many bytes they are together.

        Raises:
            ServiceError: It did not come to be.
        """
        with _told(self.name):
            obstore.put(
                self._store, name, pieces, use_multipart=True, chunk_size=PART, max_concurrency=2
            )
            there = obstore.head(self._store, name)["size"]
        if there != size:
            self.delete(name)
            raise ServiceSilentError(
                msg("The storage kept {there} of {size} bytes.", there=there, size=size)
            )

    def list(self, under: str = "") -> list[Kept]:
        """List the files of the folder; what is still being uploaded is none.

        Args:
            under: Only those of this folder in it.

        Raises:
            ServiceError: It cannot be listed.
        """
        with _told(self.name):
            return [
                Kept(str(each["path"]), each["size"], each["last_modified"])
                for some in obstore.list(self._store, under or None)
                for each in some
            ]

    def read(self, name: str) -> Iterator[bytes]:
        """Read a file piece by piece.

        Raises:
            ServiceError: It is not there, or the line breaks.
        """
        with _told(self.name):
            for piece in obstore.get(self._store, name).stream(min_chunk_size=PART):
                yield bytes(piece)

    def delete(self, name: str) -> None:
        """Delete a file; it may be gone already.

        Raises:
            ServiceError: The storage will not.
        """
        with _told(self.name):
            obstore.delete(self._store, name)


def probe(values: Mapping[str, object]) -> Message:
    """Write a file, read, list and delete it; see `ServiceKind.probe`."""
    bucket = Bucket({name: str(value or "") for name, value in values.items()})
    name = f"eventdesk-test-{new_id().hex}"
    bucket.put(name, [_TRIED], len(_TRIED))
    try:
        if b"".join(bucket.read(name)) != _TRIED:
            raise ServiceRefusedError(msg("The storage gives back something else than it got."))
        if name not in [each.name.rpartition("/")[2] for each in bucket.list()]:
            raise ServiceRefusedError(msg("The storage does not list what it keeps."))
    finally:
        bucket.delete(name)
    return msg("{bucket} takes, lists, gives back and deletes files.", bucket=bucket.name)


WRONG: Final[Mapping[str, tuple[Message, Message]]] = {
    "NoSuchBucket": (
        msg("There is no bucket {bucket}."),
        msg("Make it at the provider, or correct its name, region or address."),
    ),
    "InvalidAccessKeyId": (
        msg("The storage does not know the access key."),
        msg("Copy it anew from the provider; a deleted key is refused like this, too."),
    ),
    "SignatureDoesNotMatch": (
        msg("The secret key is not that of the access key."),
        msg("Copy both anew; check the region, too: it is part of the signature."),
    ),
    "RequestTimeTooSkewed": (
        msg("The clock of this machine is off by more than the storage allows."),
        advise(Remedy.SET_CLOCK),
    ),
    "AccessDenied": (
        msg("The key may not do this in bucket {bucket}."),
        msg("Allow it to list, read, write and delete: docs/services/storage.md has the rule."),
    ),
    "PermanentRedirect": (
        msg("Bucket {bucket} is in another region."),
        msg("Correct the region and the address."),
    ),
    "AuthorizationHeaderMalformed": (
        msg("Bucket {bucket} is in another region."),
        msg("Correct the region and the address."),
    ),
}
"""What is wrong and what to do, by the code that S3 answers with."""

_CODE: Final = re.compile(r"<Code>(\w+)</Code>")


@contextmanager
def _told(bucket: str) -> Iterator[None]:
    """Tell what a storage says in our words.

    Raises:
        ServiceRefusedError: It answered and will not.
        ServiceSilentError: It does not answer, or the line broke.
    """
    try:
        yield
    except (BaseError, FileNotFoundError, PermissionError) as error:
        raise _refused(str(error), bucket) from error


def _refused(said: str, bucket: str) -> ServiceError:
    found = _CODE.search(said)
    code = found[1] if found else ""
    if not found and "redirect without LOCATION" in said:  # S3's, when the region is another
        code = "PermanentRedirect"
    if code == "NoSuchKey":
        return ServiceRefusedError(msg("There is no such file in bucket {bucket}.", bucket=bucket))
    if code in WRONG:
        what, hint = WRONG[code]
        return ServiceRefusedError(replace(what, arguments={"bucket": bucket}), hint=hint)
    if code and code not in ("InternalError", "ServiceUnavailable", "SlowDown", "RequestTimeout"):
        return ServiceRefusedError(
            msg("The storage refuses: {code}.", code=code),
            hint=msg("docs/services/storage.md tells what it has to allow."),
        )
    return ServiceSilentError(
        msg("The storage does not answer: {why}.", why=plain(_reason(said), limit=160)),
        hint=msg("Check its address and the network; it is tried again by itself."),
    )


def _reason(said: str) -> str:
    """The part of a library's long sentence that says why."""
    first = said.partition("Debug source")[0]
    return " ".join(first.replace("Generic S3 error:", "").split())
