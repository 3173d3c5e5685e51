"""`eventdesk start`: from an empty home to an event whose guests can come, in one command."""

import getpass
import shlex
from pathlib import Path
from typing import Final

import click

from data.store import FILE_NAME, Store
from eventdesk.accounts import create_first_admin, needs_first_account
from eventdesk.acts import SYSTEM
from eventdesk.cli.command import Lines, command
from eventdesk.cli.encodings import ENCODING
from eventdesk.cli.group import A_FILE, can_ask, settings_of
from eventdesk.cli.importing import imported_lines, name_problems, taken_in
from eventdesk.core import typed_text
from eventdesk.core.errors import InvalidInputError, NotFoundError
from eventdesk.core.ids import new_code
from eventdesk.core.messages import _, msg
from eventdesk.core.plain_text import plain
from eventdesk.core.wall_clock import machine_zone, read_moment, spoken
from eventdesk.exchange import Begun, FirstEvent, Imported, begin_event, check_import, read_types

_EXAMPLE: Final = "Regular 120@25.00, Student 40"


@command("start", '"Harbour Summit" --types "Regular 120@25.00,Student 40" --guests people.csv')
@click.argument("name", default="")
@click.option("--types", default="", help='Name, how many, @ price: "Regular 120@25.00,VIP 9".')
@click.option("--guests", type=A_FILE, help="Who comes, in a CSV, XLSX or JSON file.")
@click.option("--from", "starts", default="", help="When it starts; else today at 09:00.")
@click.option("--until", "ends", default="", help="When it ends; else that day at 18:00.")
@click.option("--zone", default="", help="Time zone of the event; without it, this machine's.")
@click.option("--currency", default="", help="Three letters; without it, this machine's.")
@click.option("--email", default="", help="Address of the first account.")
@ENCODING
def start_command(
    name: str,
    types: str,
    guests: Path | None,
    starts: str,
    ends: str,
    zone: str,
    currency: str,
    email: str,
    encoding: str,
) -> Lines:
    """Make all that an event needs: store, account, event, ticket types, list, guests.

    What is there already is kept, so the same command may be given again, such as with more
    guests. Without a NAME it asks.
    """
    if not name:
        name, types, guests, email = _asked(types, guests, email)
    zone = typed_text.time_zone(zone or machine_zone())
    begin, end = (read_moment(each, zone) if each else None for each in (starts, ends))
    wanted = FirstEvent(name, read_types(types), begin, end, zone, currency, guests, encoding)
    if email:
        typed_text.address(email)
    if guests is not None and not guests.is_file():
        raise NotFoundError(
            msg("There is no file {path}.", path=guests), hint=msg("Check its name and folder.")
        )
    home = settings_of().home
    with Store(home) if (home / FILE_NAME).exists() else Store.create(home) as store:
        begun = begin_event(store, SYSTEM, wanted)
        yield from _made(begun, home)
        address, password = _first_account(store, email)
        if password:
            yield _("  Sign in as     {email} · {password}", email=address, password=password)
        if begun.staff_pin:
            yield _("  Kiosk PIN      {pin}", pin=begun.staff_pin)
        if password or begun.staff_pin:
            yield _("Note what opens them: it is shown only now.")
        done = _guests(store, begun, wanted)
    if done is not None and done.tickets:
        yield from imported_lines(done)
    elif begun.nothing_new and not password:
        yield _("All of it was here already; nothing was changed.")
    yield from _next()


def _asked(types: str, guests: Path | None, email: str) -> tuple[str, str, Path | None, str]:
    """Ask for what was left out.

    Raises:
        InvalidInputError: Nobody is there to answer.
    """
    if not can_ask():
        raise InvalidInputError(
            msg("The event needs a name."), hint=msg('Such as: eventdesk start "Harbour Summit"')
        )
    name = click.prompt(_("Name of the event"))
    types = types or click.prompt(
        _("Ticket types, such as {example}", example=_EXAMPLE), default=_("Regular")
    )
    if guests is None:
        path = click.prompt(_("File of guests, if there is one"), default="", show_default=False)
        guests = Path(path.strip()).expanduser() if path.strip() else None
    email = email or click.prompt(_("Your e-mail address"), default=_usual_address())
    return name, types, guests, email


def _usual_address() -> str:
    """An address for who is logged in to this machine."""
    try:
        return f"{getpass.getuser()}@localhost"
    except (KeyError, OSError):  # a user without a name
        return "admin@localhost"


def _first_account(store: Store, email: str) -> tuple[str, str]:
    """Make the first account where there is none; its address and password, else nothing."""
    if not needs_first_account(store, SYSTEM):
        return "", ""
    address = email or _usual_address()
    password = "-".join(new_code(4) for _ in range(3)).lower()
    create_first_admin(store, SYSTEM, address, address.partition("@")[0].capitalize(), password)
    return address, password


def _made(begun: Begun, home: Path) -> Lines:
    event = begun.event
    when = " – ".join(spoken(at, event.time_zone) for at in (event.starts_at, event.ends_at))
    yield _("{name} ({code}) is in {home}.", name=plain(event.name), code=event.code, home=home)
    yield _("  When           {when} ({zone})", when=when, zone=event.time_zone)
    if begun.types:
        yield _("  Ticket types   {types}", types=plain(", ".join(begun.types)))
    yield _("  Check-in list  {name}", name=plain(begun.list.name))


def _guests(store: Store, begun: Begun, wanted: FirstEvent) -> Imported | None:
    """Import the guests; what stands in the way is named and ends the command with status 3."""
    if wanted.guests is None or begun.plan is None:
        return None
    checked = check_import(store, SYSTEM, begun.event.id, wanted.guests, begun.plan)
    name_problems(checked)
    if not checked.possible:
        again = _(
            "Mend the file or --types, and give the same command again; what was made is kept."
        )
        click.echo(again, err=True)
    return taken_in(store, begun.event, wanted.guests, begun.plan, checked)


def _next() -> Lines:
    home = click.get_current_context().find_root().obj
    program = "eventdesk" if home is None else f"eventdesk --home {shlex.quote(str(home))}"
    steps = {
        f"{program} desk": _("the registration desk: scan, or type a name, and Enter"),
        f"{program} kiosk --camera 0": _("the kiosk; its PIN closes it"),
        f"{program} check-in CODE": _("lets one in; find NAME says the code"),
        program: _("sign in, and set up the rest"),
    }
    width = max(map(len, steps))
    yield _("What comes next:")
    for typed, words in steps.items():
        yield f"  {typed:<{width}}  {words}"
