"""The form that sets a printer up, with a test badge before it is kept."""

from collections.abc import Sequence
from typing import Any

from eventdesk.acts import Actor
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import _, msg
from eventdesk.printing import NewPrinter, PrinterView, add_printer, change_printer, try_printer
from screens.core.station import Tools
from screens.modals.form_dialog import FormDialog
from screens.widgets.form import Field, NumberField, TextField, YesNoField

ADDRESSES = msg(
    "tcp://HOST, escpos+tcp://HOST, zpl+tcp://HOST, cups:QUEUE, escpos:/dev/usb/lp0, "
    "pdf:FOLDER, folder or file:PATH."
)


def printer_dialog(
    tools: Tools,
    actor: Actor,
    labels: Sequence[NumberField],
    *,
    printer: PrinterView | None = None,
    spec: str = "",
    name: str = "",
) -> FormDialog[PrinterView]:
    """Ask for a printer that is new, or for what changes of one.

    `labels` are the fields about its roll; `spec` and `name` stand in the fields of a new one.
    """

    async def save(values: dict[str, Any]) -> PrinterView:
        if values["trial"]:
            trial = await tools.desk.take_steps(
                try_printer, actor, values["spec"], layout=values["layout"]
            )
            if not trial.out:
                raise InvalidInputError(
                    msg("The test badge did not come out. {words}", words=trial.words),
                    hint=msg("{hint} Untick the test to keep it all the same.", hint=trial.hint)
                    if trial.hint
                    else msg("Untick the test to keep it all the same."),
                )
        new = NewPrinter(
            values["name"],
            values["spec"],
            values["layout"],
            values["here"],
            values["labels"],
            values["warn"],
        )
        if printer is None:
            return await tools.desk.write(add_printer, actor, new)
        return await tools.desk.write(change_printer, actor, printer.id, new)

    fields: list[Field[Any]] = [
        TextField(
            "name",
            _("Name"),
            value=printer.name if printer else name,
            required=True,
            max_length=60,
            help=_("As guests and staff are told it, such as: Desk A."),
        ),
        TextField(
            "spec",
            _("Address"),
            value=printer.spec if printer else spec,
            required=True,
            max_length=500,
            help=str(ADDRESSES),
        ),
        TextField(
            "layout",
            _("Layout"),
            value=printer.layout if printer else "",
            max_length=60,
            help=_("Name of the layout that fits its paper; empty is the event's."),
        ),
        YesNoField(
            "here",
            _("Only from here"),
            value=bool(printer and printer.device_id),
            help=_("Tick it when only this machine reaches it, as with a cable."),
        ),
        *labels,
        YesNoField("trial", _("Print a test badge"), value=printer is None),
    ]
    return FormDialog(
        _("Change a printer") if printer else _("Set a printer up"),
        fields,
        save,
        confirm=_("Save") if printer else _("Set up"),
    )
