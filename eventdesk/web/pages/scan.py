"""The phone as a door: the page that pairs a phone, and the page that scans with its camera.

The pages hold no data of an event: the phone asks the API for them, as the device that it was
paired as, or as the person who is signed in. Words come with the page, in its language.
"""

from collections.abc import Mapping
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route as At

from eventdesk.core.messages import Message, msg
from eventdesk.desk import Desk
from eventdesk.door import ListKind, Outcome, said
from eventdesk.web.pages.assets import asset, has_asset
from eventdesk.web.pages.rendering import HEADERS, page
from eventdesk.web.pages.visits import visit
from eventdesk.web.sessions import Sessions, forget_cookie

DECODER: Final = "vendor/zxing-wasm/dist/es/reader/index.js"
DECODER_WASM: Final = "vendor/zxing-wasm/dist/reader/zxing_reader.wasm"

OF_THE_PHONE: Final = {
    **HEADERS,
    "content-security-policy": (
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; "
        "connect-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self' blob:; "
        "manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "permissions-policy": "camera=(self), microphone=(), geolocation=()",
}
"""Scripts of this house alone, none in the page itself; the camera for the page itself."""

WORDS: Final[Mapping[str, Message]] = {
    "pairing": msg("Pairing…"),
    "no_storage": msg("This browser keeps nothing, so it cannot be paired. Leave private mode."),
    "unreachable": msg("The house does not answer. Is this phone in its network?"),
    "still_asking": msg("No answer yet. Still asking…"),
    "offline": msg("No connection"),
    "pause": msg("Pause"),
    "go_on": msg("Go on"),
    "paused": msg("Paused"),
    "camera_refused": msg("The camera is not allowed."),
    "camera_refused_hint": msg(
        "Allow it in the settings of the browser for this page, then press Start. Codes can be "
        "typed meanwhile."
    ),
    "camera_missing": msg("No camera was found."),
    "camera_missing_hint": msg("Codes can be typed, and guests found by name."),
    "camera_unsafe": msg("This browser gives the camera to pages of HTTPS only."),
    "camera_unsafe_hint": msg("Open the page with https://; the house has a page /trust for it."),
    "no_decoder": msg("Codes cannot be read here: this browser has no decoder."),
    "full": msg("Full"),
    "counted": msg("{admitted} of {expected} admitted"),
    "inside": msg("{inside} inside"),
    "room": msg("{inside} of {capacity} inside"),
    "unpaid_device": msg("Staff who are signed in take payments. Send the guest to the desk."),
    "cash": msg("Take {amount} in cash"),
    "due": msg("{amount} is due."),
    "due_no_drawer": msg("{amount} is due. Open your drawer at a desk to take it here."),
    "nobody_found": msg("Nobody was found."),
    "no_scans": msg("Nothing was scanned here yet."),
    "undone": msg("Undone"),
    "badge_queued": msg("The badge goes to the printer."),
    "badge_reason": msg("Asked for at a phone"),
    "was_in": msg("in already"),
    "is_unpaid": msg("unpaid"),
    "is_cancelled": msg("cancelled"),
    "yes": msg("Yes"),
    "no": msg("No"),
    "optional": msg("(optional)"),
    "no_lists": msg("No check-in list is open to you."),
    "no_gate": msg("No gate"),
}
"""What the scripts of the pages say."""


def scan_routes(desk: Desk, sessions: Sessions) -> list[At]:
    """Where they are."""

    async def pair(request: Request) -> Response:
        return page(request, "pair.html", headers=OF_THE_PHONE, words=_words())

    async def scan(request: Request) -> Response:
        who = await visit(request, desk, sessions)
        answer = page(
            request,
            "scan.html",
            actor=who.actor,
            headers=OF_THE_PHONE,
            words=_words() | {"outcomes": outcomes()},
            decoder=asset(DECODER).address if has_asset(DECODER) else "",
            wasm=asset(DECODER_WASM).address if has_asset(DECODER_WASM) else "",
        )
        if who.is_over:
            forget_cookie(request, answer)
        return answer

    return [At("/pair", pair), At("/scan", scan)]


def _words() -> dict[str, Any]:
    return {name: str(message) for name, message in WORDS.items()}


def outcomes() -> dict[str, dict[str, str]]:
    """What each outcome looks like and is called, by the kind of the list and the outcome."""
    return {
        f"{kind}:{outcome}": {
            "tone": wording.tone,
            "sign": wording.tone.sign,
            "word": str(wording.word),
            "staff": str(wording.staff),
        }
        for kind in ListKind
        for outcome in Outcome
        for wording in (said(outcome, kind),)
    }
