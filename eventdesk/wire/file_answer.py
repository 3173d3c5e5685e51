"""A file as an answer: its content is the body, its name and what it is are headers."""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote, unquote

from eventdesk.core.made_file import MadeFile

NAME: Final = "content-disposition"
KIND: Final = "content-type"
_NAMED: Final = re.compile(r"filename\*=UTF-8''([^;]*)")


def file_headers(made: MadeFile) -> dict[str, str]:
    """The headers that go with the content of a file.

    >>> file_headers(MadeFile("Ada ☃.ics", "text/calendar", b""))["content-disposition"]
    "attachment; filename*=UTF-8''Ada%20%E2%98%83.ics"
    """
    named = f"attachment; filename*=UTF-8''{quote(made.name, safe='')}"
    is_text = made.media_type.startswith("text/")
    return {NAME: named, KIND: made.media_type + ("; charset=utf-8" if is_text else "")}


def read_file(body: bytes, headers: Mapping[str, str]) -> MadeFile:
    """The file of an answer: the way back of `file_headers`.

    Args:
        headers: By their names in lower case.
    """
    named = _NAMED.search(headers.get(NAME, ""))
    kind = headers.get(KIND, "").partition(";")[0].strip()
    return MadeFile(unquote(named[1]) if named else "", kind, body)
