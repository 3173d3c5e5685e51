"""Panels of a wall as files: pictures, and the same figures as a table."""

from datetime import UTC
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo

from eventdesk.charts import table_of
from eventdesk.charts.pictures import PictureForm, picture
from eventdesk.errors import InvalidInputError
from eventdesk.model.standing import Standing
from eventdesk.tables.drafts import drafted
from eventdesk.tables.files import Form, free_path, save_table
from eventdesk.usecases.statistics.panels import Panel


class PanelForm(StrEnum):
    """How a panel is saved."""

    SVG = "svg"
    PNG = "png"
    PDF = "pdf"
    CSV = "csv"


def form_of(path: Path) -> PanelForm:
    """The form that the end of a file's name asks for.

    Raises:
        InvalidInputError: It names none.
    """
    ending = path.suffix.lower().lstrip(".")
    if ending not in set(PanelForm):
        raise InvalidInputError(
            f"{path.name} names no form of a picture.", hint="Use .svg, .png, .pdf or .csv."
        )
    return PanelForm(ending)


def save_panel(
    home: Path, standing: Standing, panel: Panel, form: PanelForm, path: Path | None = None
) -> Path:
    """Save a panel as it was read; who could read it could see all that is in it.

    Args:
        home: The home folder, whose folder for exports takes it where no path is named.
        standing: What it was made of.
        panel: The panel.
        form: How.
        path: Where; what is there is replaced.

    Returns:
        The file.

    Raises:
        InvalidInputError: It cannot be written, or a library is not installed.
    """
    at = standing.at.astimezone(UTC)
    stem = f"{standing.event_name} {panel.title} {at:%Y-%m-%d %H%M}"
    path = path or free_path(home, stem, form)
    if form is PanelForm.CSV:
        heading, rows = table_of(panel.chart)
        save_table(path, Form.CSV, heading, rows)
        return path
    local = standing.at.astimezone(ZoneInfo(standing.time_zone))
    words = f"{standing.event_name} · {standing.choice_words} · {local:%Y-%m-%d %H:%M}"
    content = picture(panel.chart, PictureForm(form), heading=words)
    with drafted(path) as draft:
        draft.write_bytes(content)
    return path
