"""Files that pages need: each has its content's hash in its address, so browsers keep it.

A file of `static/` has its own hash. The files of a folder below it import one another, so they
share the hash of the whole folder: `/static/scan.0123456789abcdef/page.js` imports `./camera.js`.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route as At

FOLDER: Final = Path(__file__).parents[1] / "static"

KINDS: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".wasm": "application/wasm",
}

FOR_EVER: Final = "public, max-age=31536000, immutable"

OF_SCRIPTS: Final = {
    # A worker is bound by what comes with its own file, not by its page.
    "content-security-policy": (
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'"
    )
}


@dataclass(frozen=True, slots=True)
class Asset:
    """A file that browsers get as it is.

    Attributes:
        address: Where it is, below the root; another content has another.
        kind: Its media type.
        headers: What it is served with besides.
    """

    address: str
    kind: str
    content: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


@cache
def asset(name: str) -> Asset:
    """Read one file of `static/`, once: `app.css`, or `scan/page.js` of a folder.

    Raises:
        FileNotFoundError: There is none.
    """
    path = FOLDER / name
    content = path.read_bytes()
    top, _slash, below = name.partition("/")
    if below:
        address = f"/static/{top}.{_hash_of_folder(top)}/{below}"
    else:
        address = f"/static/{path.stem}.{_hash(content)}{path.suffix}"
    headers = OF_SCRIPTS if path.suffix == ".js" else {}
    return Asset(address, KINDS[path.suffix], content, headers)


def has_asset(name: str) -> bool:
    """Whether a file of `static/` is there; those of `vendor/` may be missing."""
    return (FOLDER / name).is_file()


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


@cache
def _hash_of_folder(top: str) -> str:
    said = (f"{name}\0{_hash((FOLDER / name).read_bytes())}\n" for name in _names(FOLDER / top))
    return _hash("".join(said).encode())


def _names(folder: Path) -> list[str]:
    """The files below a folder that browsers may get, as `asset` takes them."""
    paths = sorted(folder.rglob("*"))
    return [path.relative_to(FOLDER).as_posix() for path in paths if path.suffix in KINDS]


@cache
def _all() -> dict[str, Asset]:
    found = [asset(name) for name in _names(FOLDER)]
    return {each.address: each for each in found}


def asset_routes() -> list[At]:
    """Where they are served."""

    async def answer(request: Request) -> Response:
        found = _all().get(request.url.path)
        if found is None:
            raise HTTPException(404)
        headers = {"cache-control": FOR_EVER, **found.headers}
        return Response(found.content, media_type=found.kind, headers=headers)

    return [At("/static/{name:path}", answer)]
