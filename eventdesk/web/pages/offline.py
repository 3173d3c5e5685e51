"""What lets the page of a door be opened without the network: its worker, and how it is installed.

The worker keeps what the page is made of. Browsers ask for it at each visit; where any file of the
pages changed it says another version, so they fetch the rest anew.
"""

import hashlib
from functools import cache
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route as At

import eventdesk
from eventdesk.core.messages import FOLDER as WORDS
from eventdesk.core.messages import _, reader
from eventdesk.web.pages.assets import FOLDER
from eventdesk.web.pages.rendering import TEMPLATES

SCOPE: Final = "/scan"

SCRIPTS: Final = FOLDER / "scan"

_WORKER_POLICY: Final = "default-src 'none'; connect-src 'self'; frame-ancestors 'none'"

_GREEN: Final = "#14532d"


def offline_routes() -> list[At]:
    """Where they are."""

    async def worker(_request: Request) -> Response:
        headers = {
            "cache-control": "no-cache",
            "content-security-policy": _WORKER_POLICY,
            "service-worker-allowed": SCOPE,
        }
        return Response(_worker(), media_type="text/javascript", headers=headers)

    async def manifest(_request: Request) -> Response:
        language = reader().language
        made = {
            "id": SCOPE,
            "name": _("eventdesk: check in"),
            "short_name": _("Check in"),
            "lang": language,
            "start_url": SCOPE,
            "scope": SCOPE,
            "display": "standalone",
            "background_color": _GREEN,
            "theme_color": _GREEN,
            "icons": [{"src": "/scan.svg", "type": "image/svg+xml", "sizes": "any"}],
        }
        headers = {"content-language": language, "vary": "accept-language, cookie"}
        return JSONResponse(made, 200, headers, "application/manifest+json")

    async def icon(_request: Request) -> Response:
        content = (SCRIPTS / "icon.svg").read_bytes()
        return Response(content, media_type="image/svg+xml")

    return [At("/sw.js", worker), At("/scan.webmanifest", manifest), At("/scan.svg", icon)]


@cache
def _worker() -> str:
    return (SCRIPTS / "sw.js").read_text(encoding="utf-8").replace("{version}", version())


@cache
def version() -> str:
    """What changes with any file that pages are made of, and with the program."""
    made = hashlib.sha256(eventdesk.__version__.encode())
    for folder in (FOLDER, TEMPLATES, WORDS):
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                made.update(path.relative_to(folder).as_posix().encode() + b"\0")
                made.update(hashlib.sha256(path.read_bytes()).digest())
    return made.hexdigest()[:16]
