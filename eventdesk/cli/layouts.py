"""Commands on how badges look: list layouts, check one, draw one, copy one, use one."""

from pathlib import Path

import click

from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.cli.command import Lines, group, on_event, on_store
from eventdesk.cli.group import A_FILE, OVERWRITE, settings_of
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import _, _p, msg
from eventdesk.core.output_files import write_file
from eventdesk.core.plain_text import plain
from eventdesk.events import EventView

layout_command = group(
    "layout",
    "eventdesk layout copy label-62 vip",
    'eventdesk layout use vip --event "Harbour Summit"',
)


@layout_command.command("list")
@on_store
def list_layouts(store: Store) -> Lines:
    """List one's own layouts and the ready ones, and what is wrong with any."""
    from eventdesk.printing import all_layouts

    for each in all_layouts(store, SYSTEM):
        size = f"{each.width_mm:g} x {each.height_mm:g} mm" if each.sides else _("broken")
        whose = _("yours") if each.own else _p("layout", "ready")
        said = str(each.problem) or ", ".join(each.used_by)
        line = f"{each.name:20} {size:18} {whose:6} {plain(said, limit=300)}"
        yield line.rstrip()


@layout_command.command("show", "a6")
@click.argument("name")
def show_layout(name: str) -> None:
    """Print a layout's file, as a start for one's own."""
    from badges.layout_file import find_layout, write_layout

    folder = settings_of().home / "layouts"
    click.echo(write_layout(find_layout(name, folder)), nl=False)


@layout_command.command("check", "./vip.toml")
@click.argument("file", type=A_FILE)
def check_one_layout(file: Path) -> str:
    """Check a layout, by name or as a FILE: the first error is told with its line and field."""
    from badges.layout_file import find_layout, load_layout
    from eventdesk.printing import missing_logos

    is_file = file.suffix == ".toml"
    folder = settings_of().home / "layouts"
    layout = load_layout(file) if is_file else find_layout(str(file), folder)
    if problems := " ".join(map(str, missing_logos(layout))):
        raise InvalidInputError(problems, hint=msg("Badges print without that logo."))
    return _(
        "{file}: sound, {size}, {sides} side(s), {parts} parts",
        file=plain(str(file)),
        size=f"{layout.width_mm:g} x {layout.height_mm:g} mm",
        sides=len(layout.sides),
        parts=sum(map(len, layout.sides)),
    )


@layout_command.command("preview", "a6 badge.png --ticket K7QM-2X9P")
@click.argument("name")
@click.argument("png", type=A_FILE)
@click.option("--ticket", default="", help="Ticket code; without it a sample with a long name.")
@click.option("--dpi", type=click.IntRange(50, 1200), default=300, help="Dots per inch.")
@click.option("--back", is_flag=True, help="The second side.")
@OVERWRITE
def preview_layout(name: str, png: Path, ticket: str, dpi: int, back: bool, overwrite: bool) -> str:
    """Draw a badge by the layout NAME, or by a file, into the picture PNG."""
    from badges.drawing import badge_png
    from badges.layout_file import find_layout, load_layout
    from eventdesk.booking import ticket_by_code
    from eventdesk.printing import sample_badge, ticket_badge

    home = settings_of().home
    layout = (
        load_layout(Path(name)) if name.endswith(".toml") else find_layout(name, home / "layouts")
    )
    if back and len(layout.sides) < 2:
        raise InvalidInputError(
            msg("{name!r} has no second side.", name=name), hint=msg("Leave --back away.")
        )
    badge = sample_badge()
    if ticket:
        with Store(home) as store:
            badge = ticket_badge(store, SYSTEM, ticket_by_code(store, SYSTEM, ticket).id)
    content = badge_png(badge, layout, dpi=dpi, side=int(back))
    write_file(png, content, overwrite=overwrite)
    return str(png)


@layout_command.command("copy", "label-62 vip")
@click.argument("name")
@click.argument("new_name")
@on_event
def copy_layout(store: Store, event: EventView, name: str, new_name: str) -> str:
    """Copy a layout, ready or one's own, to a file of one's own; prints its path."""
    from eventdesk.printing import duplicate_layout, path_of

    duplicate_layout(store, SYSTEM, event.id, name, new_name)
    return str(path_of(store.home, new_name))


@layout_command.command("use", 'a6 --event "Harbour Summit" --correction')
@click.argument("name")
@on_event
@click.option(
    "--correction/--no-correction",
    default=None,
    help="Whether guests may correct name and second line at the kiosk.",
)
def use_layout(store: Store, event: EventView, name: str, correction: bool | None) -> str:
    """Print an event's badges by the layout NAME; "printer" leaves it to each printer."""
    from eventdesk.printing import set_badges

    layout = "" if name == "printer" else name
    set_badges(store, SYSTEM, event.id, layout=layout, correction=correction)
    return f"{plain(event.name)}: {plain(name)}"
