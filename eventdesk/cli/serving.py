"""`eventdesk serve`: the house over HTTP, with its chores and its printers, in one process."""

import socket
import sys
import threading
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import click

from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.cli.command import command, on_store, say
from eventdesk.cli.group import printer_of, settings_of
from eventdesk.cli.log_file import log_requests, log_to_file
from eventdesk.cli.spooling import Spooling
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.heap import share_one_heap
from eventdesk.core.keyring import FOLDER_NAME as KEYS_FOLDER
from eventdesk.core.lost_memory import told_of_lost_memory
from eventdesk.core.messages import _, msg
from eventdesk.events import find_event
from eventdesk.services import keep_pages_address, kept_pages_address

if TYPE_CHECKING:
    from eventdesk.web.tls import Https

PORT: Final = 8440
HOST: Final = "127.0.0.1"

NEEDED: Final = (
    "starlette",
    "uvicorn",
    "limits",
    "pydantic",
    "jinja2",
    "joserfc",
    "prometheus_client",
)
"""Modules of the extra `web`."""


@command(
    "serve",
    "",
    "--host 0.0.0.0",
    "--ticketing SUMMIT",
    "--url https://desk.example.org --trusted-proxy 127.0.0.1",
)
@click.option("--host", default=HOST, show_default=True, help="Address to listen at.")
@click.option("--port", default=PORT, show_default=True, help="Port to listen at; 0 takes any.")
@click.option("--url", default=None, help="Address that people see; kept until it is changed.")
@click.option("--tls", default=None, metavar="auto|off|FILE", help="How HTTPS is spoken.")
@click.option(
    "--trusted-proxy",
    "proxies",
    multiple=True,
    metavar="ADDRESS[/NET]",
    help="A proxy that is believed when it says for whom it asks; may be repeated.",
)
@click.option(
    "--ticketing",
    default="",
    metavar="EVENT",
    help="Serve the ticketing API of this event, too, without sign-in.",
)
@click.option("--printer", default=None, help="Where badges go: folder, tcp://HOST:PORT, …")
@on_store
def serve_command(
    store: Store,
    host: str,
    port: int,
    url: str | None,
    tls: str | None,
    proxies: tuple[str, ...],
    ticketing: str,
    printer: str | None,
) -> None:
    """Serve the house over HTTP: its API, and a printer of its badges, until Ctrl+C.

    The same process prints the badges of all doors and does what a house needs while it is open:
    deadlines, reminders, mails, backups. What is asked is noted in logs/access.log of the home.

    For this machine alone it speaks plain HTTP; for others, as at 0.0.0.0, HTTPS by an authority
    of the house (auto), which devices trust once: /trust says how. A FILE is a certificate with
    its key as PEM. Off leaves HTTPS to a proxy.

    Links in mails and on papers begin with the address given once as --url, else with the one
    where the server listens; --url "" goes back to that.

    With --ticketing whoever reaches the server may ask for tickets of that event by name, take the
    next of its queue and give tickets back, without signing in.
    """
    need_web()
    settings = settings_of(printer=printer)
    from eventdesk.web.serving import listening, serve, trusted

    trusted(proxies)
    mode = tls_mode(host, tls, proxies)
    if url is not None:
        keep_pages_address(store, SYSTEM, url)
    kept = kept_pages_address(store, SYSTEM)
    share_one_heap()
    event = find_event(store, SYSTEM, ticketing) if ticketing else None
    with listening(host, port) as taken:
        https = _https(mode, store, (host, str(urlsplit(kept).hostname or "")))
        _note_doubts(kept, https, proxies)
        urls = tuple(dict.fromkeys(filter(None, (kept, *found_at(taken, https)))))
        log_to_file(settings)
        log_requests(settings)
        spooling = Spooling(store, printer_of(settings), only_this=printer is not None)
        beginning = threading.Thread(target=spooling.begin, name="spooling")

        def ready() -> None:
            mark = https.fingerprint if https else ""
            say(told(urls, fingerprint=mark, qr=sys.stdout.isatty()))
            if event is not None:
                say([_("Tickets for {event}: {url}", event=event.name, url=f"{urls[0]}/summary")])
            beginning.start()

        try:
            with told_of_lost_memory(store.path):
                serve(
                    store,
                    taken,
                    urls=urls,
                    https=https,
                    proxies=proxies,
                    ticketing=event.id if event is not None else None,
                    after_write=spooling.wake,
                    on_ready=ready,
                )
        finally:
            if beginning.ident is not None:
                beginning.join()
            spooling.stop()


def tls_mode(host: str, tls: str | None, proxies: Sequence[str]) -> str:
    """Say how HTTPS is spoken: `auto`, `off`, or the name of a file.

    Raises:
        InvalidInputError: Others would be served without HTTPS.
    """
    from eventdesk.web.serving import is_loopback

    alone = is_loopback(host)
    if tls == "off" and not alone and not proxies:
        raise InvalidInputError(
            msg("At {host} others would be served without HTTPS.", host=host),
            hint=msg(
                "Leave --tls out, or name the proxy that speaks HTTPS: --trusted-proxy ADDRESS."
            ),
        )
    return tls or ("off" if alone else "auto")


def _https(mode: str, store: Store, hosts: Sequence[str]) -> "Https | None":
    """What the server shows to whoever connects."""
    if mode == "off":
        return None
    from eventdesk.web.tls import FileHttps, OwnHttps

    if mode != "auto":
        return FileHttps(Path(mode).expanduser())
    return OwnHttps(store.home / KEYS_FOLDER, [each for each in hosts if each], store.clock)


def _note_doubts(url: str, https: "Https | None", proxies: Sequence[str]) -> None:
    """Say so where browsers cannot use the address that people see as it is meant."""
    parts = urlsplit(url)
    host = str(parts.hostname or "")
    if not host or proxies:
        return
    if https is not None and not https.vouches_for(host):
        note = _("The certificate is not for {host}: browsers will warn of it.", host=host)
        click.echo(note, err=True)
    elif https is None and parts.scheme == "https":
        note = _("Name the proxy that speaks HTTPS for {host}: --trusted-proxy ADDRESS", host=host)
        click.echo(note, err=True)


def found_at(taken: socket.socket, https: "Https | None") -> Iterator[str]:
    """Say at which addresses browsers find a server, the one for other machines first.

    Args:
        taken: Where it listens.
        https: What it shows; None speaks HTTP.
    """
    from eventdesk.web.machine import own_addresses
    from eventdesk.web.serving import url_at, url_of

    host, port = taken.getsockname()[:2]
    scheme = "https" if https else "http"
    if https is not None:
        yield from (url_at(each, port, scheme) for each in https.names)
    if not ip_address(host).is_unspecified:
        yield url_of(taken, scheme)
        return
    most = 6 if ":" in host else 4
    for each in own_addresses():
        if each.version <= most and (https is None or https.vouches_for(str(each))):
            yield url_at(str(each), port, scheme)
    yield url_at("127.0.0.1", port, scheme)


def need_web() -> None:
    """See that the server's libraries are there.

    Raises:
        InvalidInputError: One is not.
    """
    if any(find_spec(each) is None for each in NEEDED):
        raise InvalidInputError(
            msg("The server needs packages more."),
            hint=msg("Install them: {command}", command='pip install "eventdesk[web]"'),
        )


def told(urls: Sequence[str], *, fingerprint: str = "", qr: bool) -> Iterator[str]:
    """Say where the house is served.

    Args:
        urls: Where it is found, the one for other machines first.
        fingerprint: SHA-256 of its own authority; "" without one.
        qr: Whether to draw the first one, too, for phones.
    """
    from badges.qr import half_blocks

    yield _("eventdesk is served at {url}", url=urls[0])
    for each in urls[1:]:
        yield _("  also at {url}", url=each)
    if qr:
        yield from half_blocks(urls[0], small=True)
    if fingerprint:
        yield _("Devices trust it once, as {url} explains:", url=f"{urls[0]}/trust")
        yield f"  SHA-256 {fingerprint}"
    yield _("Ctrl+C ends it; requests that are open may finish.")
