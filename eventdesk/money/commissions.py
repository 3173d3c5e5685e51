"""Commissions: the share of sales the installation keeps, usual or agreed with an organizer."""

from uuid import UUID

from sqlalchemy import update

from data.rows import put_setting
from data.schema import AccountRow
from eventdesk.acts import Act, Permission, reads, writes
from eventdesk.core.errors import InvalidInputError, NotFoundError
from eventdesk.core.messages import msg
from eventdesk.core.money import MAX_BP
from eventdesk.sales import COMMISSION_SETTING, usual_share


@reads(Permission.INSTALLATION)
def usual_commission(act: Act) -> int:
    """Read the usual share, in basis points of an organizer's net."""
    act.need(None, Permission.INSTALLATION)
    return usual_share(act.connection)


@writes(Permission.INSTALLATION)
def set_usual_commission(act: Act, share_bp: int) -> None:
    """Set the usual share of tickets sold from now on, in basis points.

    Raises:
        InvalidInputError: Not between 0 and 100 percent.
    """
    _need_share(share_bp)
    act.need(None, Permission.INSTALLATION)
    put_setting(act.connection, COMMISSION_SETTING, str(share_bp))
    act.record("set_usual_commission", ("setting", None), share_bp=share_bp)


@writes(Permission.INSTALLATION)
def set_commission(act: Act, account_id: UUID, share_bp: int | None) -> None:
    """Agree on another share with one organizer; None is the usual one.

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
    act.record("set_commission", ("account", account_id), share_bp=share_bp)


def _need_share(share_bp: int) -> None:
    if not 0 <= share_bp <= MAX_BP:
        raise InvalidInputError(msg("A share is between 0 and 100 percent."))
