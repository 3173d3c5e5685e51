"""Files that pages need: each has its content's hash in its address, so browsers keep it."""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route as At

FOLDER: Final = Path(__file__).parents[1] / "static"

KINDS: Final = {".css": "text/css; charset=utf-8"}

FOR_EVER: Final = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Asset:
    """A file that browsers get as it is.

    Attributes:
        address: Where it is, below the root; another content has another.
        kind: Its media type.
    """

    address: str
    kind: str
    content: bytes


@cache
def asset(name: str) -> Asset:
    """Read one file of `static/`, once."""
    path = FOLDER / name
    content = path.read_bytes()
    said = hashlib.sha256(content).hexdigest()[:16]
    return Asset(f"/static/{path.stem}.{said}{path.suffix}", KINDS[path.suffix], content)


@cache
def _all() -> dict[str, Asset]:
    found = [asset(path.name) for path in sorted(FOLDER.iterdir()) if path.suffix in KINDS]
    return {each.address: each for each in found}


def asset_routes() -> list[At]:
    """Where they are served."""

    async def answer(request: Request) -> Response:
        found = _all().get(request.url.path)
        if found is None:
            raise HTTPException(404)
        headers = {"cache-control": FOR_EVER}
        return Response(found.content, media_type=found.kind, headers=headers)

    return [At("/static/{name}", answer)]
