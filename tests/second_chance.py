"""Names the tests that passed only when they were tried once more: each is a fault to be mended."""

from typing import Any


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print `unsteady NAME: why` for what failed first and passed then."""
    stats = terminalreporter.stats
    failed = {each.nodeid for kind in ("failed", "error") for each in stats.get(kind, ())}
    first = {each.nodeid: each.longrepr for each in stats.get("rerun", ())}
    for name, why in first.items():
        if name not in failed:
            crash = getattr(why, "reprcrash", None)
            reason = str(crash.message if crash else why).partition("\n")[0]
            terminalreporter.write_line(f"unsteady {name}: {reason}", yellow=True)
