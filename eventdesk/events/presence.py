"""Who was there: the admissions that count as coming."""

from sqlalchemy import ColumnElement, select

from data.schema import AdmissionRow, CheckInListRow


def by_a_door() -> ColumnElement[bool]:
    """Admissions that say somebody was there: all but the picking up of a badge before."""
    desks = select(CheckInListRow.id).where(CheckInListRow.kind == "badge")
    return AdmissionRow.list_id.not_in(desks)
