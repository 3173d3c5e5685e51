"""What the installation keeps of organizers' sales: the usual share, other terms for some."""

from uuid import UUID

from sqlalchemy import delete, insert, select, update

from data.schema import AccountRow, SettingRow
from eventdesk.acts import Act, Permission, reads, writes
from eventdesk.core.errors import InvalidInputError, NotFoundError
from eventdesk.core.messages import msg
from eventdesk.core.money import MAX_BP
from eventdesk.sales import COMMISSION_SETTING


@reads(Permission.INSTALLATION)
def usual_commission(act: Act) -> int:
    """Read the usual share, in basis points of an organizer's net; 0 where none was set."""
    act.need(None, Permission.INSTALLATION)
    value = act.connection.execute(
        select(SettingRow.value).where(SettingRow.key == COMMISSION_SETTING)
    ).scalar_one_or_none()
    return int(value or 0)


@writes(Permission.INSTALLATION)
def set_usual_commission(act: Act, share_bp: int) -> None:
    """Set the usual share; it holds for tickets sold from now on, where no other terms do.

    Raises:
        InvalidInputError: Not between 0 and 100 percent.
    """
    _need_share(share_bp)
    act.need(None, Permission.INSTALLATION)
    act.connection.execute(delete(SettingRow).where(SettingRow.key == COMMISSION_SETTING))
    act.connection.execute(insert(SettingRow).values(key=COMMISSION_SETTING, value=str(share_bp)))
    subject = ("setting", None)
    act.record("set_usual_commission", subject, share_bp=share_bp)


@writes(Permission.INSTALLATION)
def set_commission(act: Act, account_id: UUID, share_bp: int | None) -> None:
    """Agree with one organizer on another share; None is the usual one again.

    Raises:
        NotFoundError: There is no such account.
        InvalidInputError: Not between 0 and 100 percent.
    """
    if share_bp is not None:
        _need_share(share_bp)
    act.need(None, Permission.INSTALLATION)
    changed = act.connection.execute(
        update(AccountRow)
        .where(AccountRow.id == account_id, AccountRow.erased_at.is_(None))
        .values(commission_bp=share_bp)
    )
    if not changed.rowcount:
        raise NotFoundError(msg("There is no such account."), hint=msg("Find it under People."))
    subject = ("account", account_id)
    act.record("set_commission", subject, share_bp=share_bp)


def _need_share(share_bp: int) -> None:
    if not 0 <= share_bp <= MAX_BP:
        raise InvalidInputError(msg("A share is between 0 and 100 percent."))
