"""The page that explains how to trust the house's authority, and gives it away.

It is plain HTML without a style or a script of its own, so that it is read before anything is
trusted. What it says of systems are the makers' own ways:
https://support.apple.com/102390, https://support.google.com/pixelphone/answer/2844832,
https://support.mozilla.org/kb/setting-certificate-authorities-firefox.
"""

from collections.abc import Sequence
from html import escape
from typing import Final

from cryptography.hazmat.primitives.serialization import Encoding
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route as At

from eventdesk.core.authority import Authority
from eventdesk.core.messages import Message, msg, reader
from eventdesk.web.tls import Https, OwnHttps

PATH: Final = "/trust"
FILE_PATH: Final = "/trust/eventdesk.crt"

WAYS: Final[tuple[tuple[str, tuple[Message, ...]], ...]] = (
    (
        "Windows",
        (
            msg("Its SHA-256 is what certutil -hashfile eventdesk.crt SHA256 says of the file."),
            msg("Open the file, and choose: Install Certificate…, Current User."),
            msg("Choose: Place all certificates in the following store, Browse…"),
            msg("Choose: Trusted Root Certification Authorities, Next, Finish, Yes."),
        ),
    ),
    (
        "macOS",
        (
            msg("Open the file; Keychain Access adds it to the keychain login."),
            msg("In Keychain Access, double-click the certificate and open: Trust."),
            msg("When using this certificate: Always Trust. Close the window, and confirm."),
        ),
    ),
    (
        "iPhone, iPad",
        (
            msg("Download the file with Safari, and allow the profile."),
            msg("Settings, General, VPN & Device Management: install the profile."),
            msg("Settings, General, About, Certificate Trust Settings: switch it on."),
        ),
    ),
    (
        "Android",
        (
            msg("Open the settings, and search for: CA certificate."),
            msg("Under Security & privacy, choose: Install a certificate, CA certificate."),
            msg("Choose: Install anyway, and the file."),
        ),
    ),
    (
        "Firefox",
        (
            msg("On Windows and macOS, Firefox trusts what the system trusts; first see there."),
            msg("Else: Settings, Privacy & Security, View Certificates…, Authorities, Import…"),
            msg("Choose the file, and: Trust this CA to identify websites."),
        ),
    ),
)
"""What to do on each system, step by step."""


def trust_routes(https: Https | None) -> Sequence[At]:
    """The page and the file of an authority; nothing where the house has none of its own."""
    if not isinstance(https, OwnHttps):
        return ()
    authority = https.authority
    file = authority.certificate.public_bytes(Encoding.DER)

    async def page(_request: Request) -> Response:
        return HTMLResponse(page_of(authority))

    async def download(_request: Request) -> Response:
        # Phones offer to install what comes as this type.
        return Response(
            file,
            media_type="application/x-x509-ca-cert",
            headers={"content-disposition": 'attachment; filename="eventdesk.crt"'},
        )

    return [At(PATH, page), At(FILE_PATH, download)]


def page_of(authority: Authority) -> str:
    """The page, in the reader's language."""
    language = reader().language
    pairs = authority.fingerprint.split(":")
    half = len(pairs) // 2
    parts = [
        f"<h1>{_text(_TITLE)}</h1>",
        f"<p>{_text(_WHAT)}</p>",
        f"<h2>{_text(_FETCH)}</h2>",
        f'<p><a href="{FILE_PATH}">eventdesk.crt</a> ({escape(authority.name)})</p>',
        f"<h2>{_text(_COMPARE)}</h2>",
        f"<p>{_text(_WHERE)}</p>",
        f"<p><code>{':'.join(pairs[:half])}:<wbr>{':'.join(pairs[half:])}</code></p>",
        f"<h2>{_text(_STEPS)}</h2>",
    ]
    for system, steps in WAYS:
        listed = "".join(f"<li>{_text(step)}</li>" for step in steps)
        parts.append(f"<h3>{escape(system)}</h3><ol>{listed}</ol>")
    parts += [f"<h2>{_text(_AFTERWARDS)}</h2>", f"<p>{_text(_REMOVE)}</p>"]
    return (
        f'<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{_text(_TITLE)}</title></head><body><main>{''.join(parts)}</main></body></html>"
    )


_TITLE: Final = msg("Trust this house")
_WHAT: Final = msg(
    "This house speaks HTTPS by an authority of its own. Once this device trusts it, the warning "
    "is gone, and pages may use the camera and work without a line. It can vouch for names and "
    "addresses of local networks and of this machine alone, for no site of the Internet."
)
_FETCH: Final = msg("1. Download the authority")
_COMPARE: Final = msg("2. Compare")
_WHERE: Final = msg(
    "Before you trust it, let the device show the details of the file, and compare its SHA-256 "
    "with the one on the screen of the machine that serves; eventdesk doctor shows it there, too. "
    "If they differ, somebody is in between: stop here. It should be this one, but who is in "
    "between could write anything on this page:"
)
_STEPS: Final = msg("3. Trust it")
_AFTERWARDS: Final = msg("After the event")
_REMOVE: Final = msg(
    "Remove it where you have put it: it is called eventdesk and the name of the machine."
)


def _text(message: Message) -> str:
    return escape(str(message))
