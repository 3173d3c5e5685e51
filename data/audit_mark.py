"""How far the audit was sealed, kept apart from the database.

`audit-seal.json` lies beside the keys. Whoever can write the database only can put an older end
of the audit, or none, in the place of the true one; the mark tells.

    {"seq": 17, "digest": "<64 hexadecimal digits>", "seal": "<64 hexadecimal digits>"}
"""

import hashlib
import hmac
import json
from dataclasses import dataclass
from pathlib import Path

from eventdesk.core.errors import AuditBrokenError, StoreReadOnlyError
from eventdesk.core.messages import msg
from eventdesk.core.private_file import folder_lock, read_private, replace_private

FILE_NAME = "audit-seal.json"
_MAX_FILE_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Mark:
    """The last link of the chain when it was sealed: its entry's number and its digest."""

    seq: int
    digest: bytes


def read_mark(folder: Path, key: bytes) -> Mark | None:
    """Read the mark that lies in a keys folder; None when there is none.

    Raises:
        AuditBrokenError: It was not made with this key.
        StoreReadOnlyError: It cannot be read.
    """
    try:
        fields = json.loads(read_private(folder / FILE_NAME, limit=_MAX_FILE_BYTES)[0])
        mark = Mark(int(fields["seq"]), bytes.fromhex(fields["digest"]))
        genuine = hmac.compare_digest(_seal(key, mark), bytes.fromhex(fields["seal"]))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise unusable(folder / FILE_NAME, error) from error
    except (ValueError, KeyError, TypeError, ArithmeticError, RecursionError):
        genuine = False
    if not genuine:
        raise AuditBrokenError(
            msg("{folder} was changed, or made with other keys.", folder=folder / FILE_NAME),
            hint=msg("Put back the keys folder this store was used with."),
        )
    return mark


def put_mark(folder: Path, key: bytes, mark: Mark) -> None:
    """Move the mark forward; one that another process has put further stays.

    Raises:
        AuditBrokenError: The mark that is there was not made with this key.
        StoreReadOnlyError: It cannot be written.
    """
    fields = {"seq": mark.seq, "digest": mark.digest.hex(), "seal": _seal(key, mark).hex()}
    try:
        with folder_lock(folder):
            present = read_mark(folder, key)
            if present is None or present.seq < mark.seq:
                replace_private(folder / FILE_NAME, json.dumps(fields).encode("ascii") + b"\n")
    except OSError as error:
        raise unusable(folder / FILE_NAME, error) from error


def _seal(key: bytes, mark: Mark) -> bytes:
    text = b"audit mark 1\0" + str(mark.seq).encode("ascii") + b"\0" + mark.digest
    return hmac.digest(key, text, hashlib.sha256)


def unusable(file: Path, error: OSError) -> StoreReadOnlyError:
    """The error for a file of a keys folder that cannot be read or written."""
    return StoreReadOnlyError(
        msg("{folder} cannot be used: {strerror}.", folder=file, strerror=error.strerror),
        hint=msg("Check the owner and the free space of its folder."),
    )
