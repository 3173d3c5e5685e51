"""How far the store had come, kept apart from it.

`progress.json` lies beside the keys: the last scan and the last entry of the audit, each by number
and id. A store that lost the end of its log, or an older copy put in its place, is sound in itself;
only the mark tells that it had come farther.

    {"scan": [1204, "<32 hexadecimal digits>"], "audit": [77, "<32>"], "seal": "<64>"}
"""

import hashlib
import hmac
import json
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from data.audit_mark import unusable
from eventdesk.core.errors import AuditBrokenError
from eventdesk.core.messages import msg
from eventdesk.core.private_file import read_private, replace_private
from eventdesk.core.remedies import Remedy, advise

FILE_NAME = "progress.json"
_MAX_FILE_BYTES = 4096

Last = tuple[int, UUID]
"""Number and id of a row; 0 and the id of zeros where there is none."""


@dataclass(frozen=True, slots=True)
class Progress:
    """The last scan and the last entry of the audit."""

    scan: Last
    audit: Last


def read_progress(folder: Path, key: bytes) -> Progress | None:
    """Read the mark of a keys folder; None when there is none.

    Raises:
        AuditBrokenError: It was not made with this key.
        StoreReadOnlyError: It cannot be read.
    """
    try:
        fields = json.loads(read_private(folder / FILE_NAME, limit=_MAX_FILE_BYTES)[0])
        (scan_no, scan_id), (seq, entry_id) = fields["scan"], fields["audit"]
        progress = Progress((int(scan_no), UUID(scan_id)), (int(seq), UUID(entry_id)))
        genuine = hmac.compare_digest(_seal(key, progress), str(fields["seal"]))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise unusable(folder / FILE_NAME, error) from error
    except (ValueError, KeyError, TypeError, AttributeError, ArithmeticError, RecursionError):
        genuine = False
    if not genuine:
        raise AuditBrokenError(
            msg("{folder} was changed, or made with other keys.", folder=folder / FILE_NAME),
            hint=advise(Remedy.ACCEPT_STORE),
        )
    return progress


def put_progress(folder: Path, key: bytes, progress: Progress) -> None:
    """Write the mark.

    Raises:
        StoreReadOnlyError: It cannot be written.
    """
    fields = {"scan": _spelled(progress.scan), "audit": _spelled(progress.audit)}
    content = json.dumps(fields | {"seal": _seal(key, progress)}).encode("ascii")
    try:
        replace_private(folder / FILE_NAME, content + b"\n")
    except OSError as error:
        raise unusable(folder / FILE_NAME, error) from error


def _spelled(last: Last) -> list[object]:
    return [last[0], last[1].hex]


def _seal(key: bytes, progress: Progress) -> str:
    text = json.dumps([_spelled(progress.scan), _spelled(progress.audit)]).encode("ascii")
    return hmac.new(key, b"progress mark 1\0" + text, hashlib.sha256).hexdigest()
