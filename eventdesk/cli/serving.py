"""`eventdesk serve`: the house over HTTP, with its chores and its printers, in one process."""

import sys
import threading
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Final

import click

from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.cli.command import command, on_store, say
from eventdesk.cli.group import printer_of, settings_of
from eventdesk.cli.log_file import log_requests, log_to_file
from eventdesk.cli.lost_memory import told_of_lost_memory
from eventdesk.cli.spooling import Spooling
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.heap import share_one_heap
from eventdesk.core.messages import _, msg
from eventdesk.services import keep_pages_address, pages_address

PORT: Final = 8440
HOST: Final = "127.0.0.1"

NEEDED: Final = ("starlette", "uvicorn", "limits", "pydantic")
"""Modules of the extra `web`."""


@command("serve", "", "--port 8450", "--url https://desk.example.org")
@click.option("--host", default=HOST, show_default=True, help="Address to listen at.")
@click.option("--port", default=PORT, show_default=True, help="Port to listen at; 0 takes any.")
@click.option("--url", default=None, help="Address that people see; kept until it is changed.")
@click.option("--printer", default=None, help="Where badges go: folder, tcp://HOST:PORT, …")
@on_store
def serve_command(store: Store, host: str, port: int, url: str | None, printer: str | None) -> None:
    """Serve the house over HTTP: its API, and a printer of its badges, until Ctrl+C.

    The same process prints the badges of all doors and does what a house needs while it is open:
    deadlines, reminders, mails, backups. What is asked is noted in logs/access.log of the home.

    Links in mails and on papers begin with the address given once as --url, else with the one
    where the server listens; --url "" goes back to that.
    """
    need_web()
    settings = settings_of(printer=printer)
    if url is not None:
        keep_pages_address(store, SYSTEM, url)
    from eventdesk.web.serving import listening, serve, url_of

    share_one_heap()
    with listening(host, port) as taken:
        log_to_file(settings)
        log_requests(settings)
        kept = pages_address(store, SYSTEM)
        urls = tuple(dict.fromkeys(filter(None, (kept, url_of(taken)))))
        spooling = Spooling(store, printer_of(settings), only_this=printer is not None)
        beginning = threading.Thread(target=spooling.begin, name="spooling")

        def ready() -> None:
            say(told(urls, qr=sys.stdout.isatty()))
            beginning.start()

        try:
            with told_of_lost_memory(store.path):
                serve(store, taken, urls=urls, after_write=spooling.wake, on_ready=ready)
        finally:
            if beginning.ident is not None:
                beginning.join()
            spooling.stop()


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


def told(urls: tuple[str, ...], *, qr: bool) -> Iterator[str]:
    """Say where the house is served.

    Args:
        urls: Where it is found, the one for other machines first.
        qr: Whether to draw the first one, too, for phones.
    """
    from badges.qr import half_blocks

    yield _("eventdesk is served at {url}", url=urls[0])
    for each in urls[1:]:
        yield _("  also at {url}", url=each)
    if qr:
        yield from half_blocks(urls[0], small=True)
    yield _("Ctrl+C ends it; requests that are open may finish.")
