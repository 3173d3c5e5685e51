"""npm oidc-provider in a process of its own, where it is installed."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "counterparts" / "oidc_provider.mjs"
FOLDER = Path(__file__).parents[3] / ".counterparts" / "oidc"
INSTALLED = FOLDER / "node_modules" / "oidc-provider"


@pytest.fixture(scope="session")
def oidc_provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The issuer of a provider by others, with the device flow and PKCE required."""
    with providing(tmp_path_factory.mktemp("oidc")) as issuer:
        yield issuer


@contextmanager
def providing(folder: Path, *back: str) -> Iterator[str]:
    """Have it run; its issuer.

    Args:
        folder: An empty one.
        back: Where it leads back to, too.
    """
    node = shutil.which("node")
    if node is None or not INSTALLED.is_dir():
        pytest.skip("npm oidc-provider is not installed here; `make oidc-provider` installs it")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (folder / SCRIPT.name).write_bytes(SCRIPT.read_bytes())
    (folder / "node_modules").symlink_to(FOLDER / "node_modules")
    with subprocess.Popen(
        [node, SCRIPT.name, str(port), *back],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "NODE_NO_WARNINGS": "1"},
    ) as process:
        assert process.stdout is not None
        assert b"ready" in process.stdout.readline()
        yield f"http://127.0.0.1:{port}"
        process.terminate()
