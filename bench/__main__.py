"""All measurements, one after the other: `python -m bench [--quick]`."""

import importlib
import platform
from datetime import UTC, datetime

BENCHES = (
    "decoding",
    "clips",
    "checkin",
    "server",
    "ticketing",
    "turns",
    "search",
    "start",
    "hand",
    "rest",
    "beside",
    "screens",
    "badges",
    "printing",
    "couriers",
    "mails",
    "lists",
    "statistics",
    "imports",
    "day",
)


def main() -> None:
    """Run each in this process, under a heading that says on which machine."""
    from data.sqlite.driver import driver
    from eventdesk import __version__

    print(f"eventdesk {__version__}, {datetime.now(UTC):%Y-%m-%d}, {_machine()}")
    print(f"Python {platform.python_version()}, SQLite {driver.sqlite_version}")
    for name in BENCHES:
        importlib.import_module(f"bench.{name}").main()


def _machine() -> str:
    model, cores = "an unknown processor", 0
    with open("/proc/cpuinfo", encoding="utf-8") as lines:
        for line in lines:
            if line.startswith("model name"):
                model, cores = line.partition(":")[2].strip(), cores + 1
    return f"{cores} cores of {model}, {platform.system()}"


if __name__ == "__main__":
    main()
