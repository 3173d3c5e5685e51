"""Panels saved as files: pictures, or tables of the figures."""

from datetime import UTC
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo

from eventdesk.acts import Permission, ReadingSteps, place_for, reads_in_steps
from eventdesk.charts import table_of
from eventdesk.charts.pictures import PictureForm, picture
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import msg
from eventdesk.core.output_files import write_file
from eventdesk.figures.panel_values import Standing
from eventdesk.figures.statistics.panels import Panel
from eventdesk.tables.files import Form, free_path, save_table


class PanelForm(StrEnum):
    """How a panel is saved."""

    SVG = "svg"
    PNG = "png"
    PDF = "pdf"
    CSV = "csv"


def form_of(path: Path) -> PanelForm:
    """The form that the end of a file's name asks for."""
    ending = path.suffix.lower().lstrip(".")
    if ending not in set(PanelForm):
        raise InvalidInputError(
            msg("{name} names no form of a picture.", name=path.name),
            hint=msg("Use .svg, .png, .pdf or .csv."),
        )
    return PanelForm(ending)


@reads_in_steps(Permission.ATTEND, local=True)
def save_panel(
    steps: ReadingSteps,
    standing: Standing,
    panel: Panel,
    *,
    form: PanelForm,
    path: Path | None = None,
    overwrite: bool = False,
) -> Path:
    """Save a panel as it was read, in a place that `place_for` lets this actor use.

    Raises:
        FileTakenError: There is such a file already.
        InvalidInputError: Nothing may be written there.
    """
    with steps.read() as act:
        act.need(None, Permission.ATTEND)
        path = place_for(act, act.store.home, path, overwrite=overwrite)
    at = standing.at.astimezone(UTC)
    stem = f"{standing.event_name} {panel.title} {at:%Y-%m-%d %H%M}"
    path = path or free_path(steps.store.home, stem, form)
    if form is PanelForm.CSV:
        heading, rows = table_of(panel.chart)
        save_table(path, Form.CSV, heading, rows, overwrite=overwrite)
        return path
    local = standing.at.astimezone(ZoneInfo(standing.time_zone))
    words = f"{standing.event_name} · {standing.choice_words} · {local:%Y-%m-%d %H:%M}"
    content = picture(panel.chart, PictureForm(form), heading=words)
    write_file(path, content, overwrite=overwrite)
    return path
