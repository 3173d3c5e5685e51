"""The time zone of this machine."""

import os
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

LOCALTIME = Path("/etc/localtime")
"""On Linux and macOS a link into the folder of time zones."""

TIMEZONE = Path("/etc/timezone")
"""On Debian the name of the zone in one line."""


def machine_zone() -> str:
    """Return the IANA name of this machine's time zone; "UTC" where it does not say one."""
    for name in (os.environ.get("TZ", "").lstrip(":"), _linked(), _written()):
        try:
            if name and name != "localtime":
                return ZoneInfo(name).key
        except (ZoneInfoNotFoundError, ValueError, OSError):
            continue
    return "UTC"


def _linked() -> str:
    try:
        parts = LOCALTIME.resolve().parts
    except OSError:
        return ""
    return "/".join(parts[parts.index("zoneinfo") + 1 :]) if "zoneinfo" in parts else ""


def _written() -> str:
    try:
        return TIMEZONE.read_text(encoding="ascii", errors="replace")[:100].strip()
    except OSError:
        return ""
