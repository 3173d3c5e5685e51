"""Commands on tickets: show, export, reissue."""

from pathlib import Path

import click

from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.booking import (
    all_tokens,
    block,
    reissue,
    set_companion,
    ticket_by_code,
    token_of,
    unblock,
)
from eventdesk.cli.command import group, on_event, on_store
from eventdesk.cli.group import OVERWRITE, progress
from eventdesk.core.output_files import need_place, write_file
from eventdesk.core.plain_text import file_name, how_many, plain
from eventdesk.events import EventView, event_detail
from eventdesk.printing import ticket_badge

ticket_command = group("ticket", "eventdesk ticket show K7QM2X9P")


@ticket_command.command("show")
@click.argument("code")
@click.option("--png", type=click.Path(path_type=Path, dir_okay=False), help="Write it as PNG.")
@click.option("--svg", type=click.Path(path_type=Path, dir_okay=False), help="Write it as SVG.")
@click.option("--receipt", is_flag=True, help="As on a 58 mm receipt.")
@click.option("--token", is_flag=True, help="Print only the text of the QR code.")
@OVERWRITE
@on_store
def show(
    store: Store,
    code: str,
    png: Path | None,
    svg: Path | None,
    receipt: bool,
    token: bool,
    overwrite: bool,
) -> None:
    """Show a ticket with its QR code in the terminal, or write it as a picture.

    Example: eventdesk ticket show K7QM2X9P --png ticket.png
    """
    from badges import ticket as pictures
    from badges.qr import half_blocks

    found = ticket_by_code(store, code)
    badge = ticket_badge(store, found.id)
    if token:
        click.echo(token_of(store, found.id))
        return
    for file in (png, svg):
        if file is not None:
            need_place(file, overwrite=overwrite)
    if png is not None:
        write_file(png, pictures.picture_png(badge), overwrite=overwrite)
        click.echo(str(png))
    if svg is not None:
        write_file(svg, pictures.svg(badge).encode(), overwrite=overwrite)
        click.echo(str(svg))
    if receipt:
        click.echo("\n".join(pictures.receipt(badge)))
    elif png is None and svg is None:
        for line in half_blocks(badge.token):
            click.echo(line)
        state = "cancelled" if found.cancelled else "paid" if found.paid else "unpaid"
        click.echo(f"{plain(found.name)} · {plain(found.ticket_type)} · {found.code} · {state}")


@ticket_command.command("export")
@on_event
@click.option(
    "--to",
    "folder",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for the pictures; made when missing.",
)
@OVERWRITE
def export(store: Store, event: EventView, folder: Path, overwrite: bool) -> str:
    """Write one PNG a ticket of an event, named by its code.

    Example: eventdesk ticket export --event "Demo Days" --to tickets/
    """
    from badges.qr import png

    taken = event_detail(store, SYSTEM, event.id).taken
    with progress("Writing tickets", taken) as done:
        written = 0
        for code, token in all_tokens(store, event.id):
            path = folder / f"{file_name(code, fallback='ticket')}.png"
            write_file(path, png(token), overwrite=overwrite)
            written += 1
            done(written)
    return f"{how_many(written, 'ticket')} of {plain(event.name)} went into {folder}."


@ticket_command.command("reissue")
@click.argument("code")
@click.option("--reason", required=True, help="Why; the old code answers with it.")
@on_store
def reissue_ticket(store: Store, code: str, reason: str) -> str:
    """Issue a ticket's QR code anew; the old one is revoked.

    Example: eventdesk ticket reissue K7QM2X9P --reason "phone lost"
    """
    found = ticket_by_code(store, code)
    return reissue(store, SYSTEM, found.id, reason=reason)


@ticket_command.command("block")
@click.argument("code")
@click.option("--note", default="", help="Why; staff see it when the ticket is refused.")
@click.option("--lift", is_flag=True, help="Take the ticket again.")
@on_store
def block_ticket(store: Store, code: str, note: str, lift: bool) -> str:
    """Refuse a ticket at every door from now on, or take it again.

    Example:
      eventdesk ticket block K7QM2X9P --note "card reported stolen"
      eventdesk ticket block K7QM2X9P --lift
    """
    if lift == bool(note):
        raise click.UsageError("Say either --note or --lift.")
    found = ticket_by_code(store, code)
    if lift:
        unblock(store, SYSTEM, found.id)
    else:
        block(store, SYSTEM, found.id, note=note)
    return f"Ticket {found.code} is {'taken again' if lift else 'blocked'}."


@ticket_command.command("companion")
@click.argument("code")
@click.option("--of", "lead", default="", help="Ticket code of whom the holder accompanies.")
@on_store
def companion(store: Store, code: str, lead: str) -> None:
    """Make the ticket CODE one for a companion, who enters with or behind another holder.

    Without --of the ticket is nobody's companion any more.

    Example: eventdesk ticket companion K7QM2X9P --of 4HTN8RWC
    """
    found = ticket_by_code(store, code)
    lead_id = ticket_by_code(store, lead).id if lead.strip() else None
    made = set_companion(store, SYSTEM, found.id, lead_id)
    if made.of_ticket_id is None:
        click.echo(f"{plain(made.name)} accompanies nobody.")
    else:
        click.echo(f"{plain(made.name)} accompanies {plain(made.of_name)}.")
