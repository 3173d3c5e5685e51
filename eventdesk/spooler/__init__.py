"""The spooler: takes what must leave the house out of the store and delivers it.

Threads beside the desk, so that nothing holds up anything else: a courier for each printer, one
thread that keeps them, one for the short chores, one for the gateways and one for the backups.
"""

from eventdesk.spooler.courier import BATCH, Courier
from eventdesk.spooler.house import House, StoreHouse, house_of
from eventdesk.spooler.spooler import POLL_S, Spooler

__all__ = ["BATCH", "POLL_S", "Courier", "House", "Spooler", "StoreHouse", "house_of"]
