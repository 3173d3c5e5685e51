"""Sponsors of an event in their order: add, change, move, logo."""

from typing import Any, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from eventdesk.acts import Permission, Topic
from eventdesk.core.messages import _, msg, msg_p
from eventdesk.programme import (
    SPONSOR,
    NewSponsor,
    Programme,
    add_sponsor,
    change_sponsor,
    move_sponsor,
    read_programme,
    remove_sponsor,
    set_sponsor_logo,
)
from screens.core.part import act
from screens.modals.form_dialog import FormDialog
from screens.organizer.programme_tab import Listed, ProgrammeList
from screens.organizer.tab import EventPart
from screens.widgets.form import TextField
from screens.widgets.paged_table import Column, Line
from screens.widgets.path_suggester import typed_path


class SponsorsList(ProgrammeList):
    """Lists sponsors; they are moved up and down."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("plus", "move(True)", "Later", tooltip="Thank the marked one later"),
        Binding("minus", "move(False)", "Earlier", tooltip="Thank the marked one earlier"),
        Binding("l", "logo", "Logo", tooltip="Give the marked one a logo, or take it away"),
    ]
    COLUMNS = (
        Column(msg("Name")),
        Column(msg("Level"), 12),
        Column(msg("Badges"), 6),
        Column(msg("Logo"), 6),
        Column(msg_p("words", "Line"), least=70),
        Column(msg("Page"), least=104),
    )
    EMPTY = msg("No sponsors yet. Press N to add the first.")
    OF = Listed(
        msg("A sponsor"),
        lambda programme: programme.sponsors,
        SPONSOR,
        NewSponsor(""),
        (add_sponsor, change_sponsor, remove_sponsor),
    )
    REMOVE = msg("The event and its badges do not name them any more.")

    def lines(self, programme: Programme) -> list[Line]:
        """All sponsors in their order."""
        return [
            Line(
                one.id,
                (
                    one.name,
                    one.level,
                    _("✓ yes") if one.on_badges else "",
                    _("✓ yes") if one.logo else "",
                    one.line,
                    one.link,
                ),
            )
            for one in programme.sponsors
        ]

    @act
    async def action_logo(self) -> None:
        """Ask for the file of a logo, and keep it small; nothing typed takes the logo away."""
        marked = self.table.marked
        if marked is None:
            return

        async def save(values: dict[str, Any]) -> bool:
            await self.desk.write(set_sponsor_logo, marked.key, typed_path(values["file"]))
            return True

        dialog = FormDialog(
            _("The logo of {called}", called=self.called(marked)),
            [
                TextField(
                    "file",
                    _("File"),
                    max_length=1000,
                    help=_("A PNG or JPEG; empty takes it away."),
                )
            ],
            save,
            explanation=_(
                "It is kept at most 600 by 300 pixels large and shown on the event's page."
            ),
        )
        await self.ask(dialog)

    @work(group="move", exit_on_error=False)
    async def action_move(self, down: bool) -> None:
        """Move the marked one by a place."""
        marked = self.table.marked
        if marked is not None:
            await self.do(move_sponsor, marked.key, down=down)


class SponsorsTab(EventPart):
    """The sponsors of an event."""

    SHOWS = frozenset({Topic.PROGRAMME, Topic.EVENTS})
    NEEDS = Permission.PROGRAMME
    HELP = (
        "Sponsors are thanked in this order; + and - move the marked one, L gives it a logo. "
        "Badges name some."
    )

    def compose(self) -> ComposeResult:
        """Lay out the list."""
        yield SponsorsList(
            self.tools, self.actor, self.event.id, self.re_read, id="sponsors-of-event"
        )

    async def re_read(self) -> None:
        """Read the sponsors."""
        programme = await self.desk.read(read_programme, self.event.id)
        for each in self.query(SponsorsList):
            await each.show(programme)
