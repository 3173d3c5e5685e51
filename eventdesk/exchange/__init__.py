"""Imports, exports, archives, copies and the mirror."""

from typing import TYPE_CHECKING

from eventdesk.core.doors import opened

if TYPE_CHECKING:
    from eventdesk.exchange.archive.package import opened_package
    from eventdesk.exchange.archive.packing import pack_event
    from eventdesk.exchange.archive.scope import PARTS
    from eventdesk.exchange.archive.unpacking import bring_event
    from eventdesk.exchange.event_copies import duplicate_event
    from eventdesk.exchange.event_removal import archive_event, delete_event, unarchive_event
    from eventdesk.exchange.exports.exporting import LISTINGS, Exported, Listing, export_tickets
    from eventdesk.exchange.imports.dry_run import check_import
    from eventdesk.exchange.imports.file_look import Look, look_at
    from eventdesk.exchange.imports.importing import Imported, run_import
    from eventdesk.exchange.imports.plan import LABELS, DryRun, Field, ImportPlan, Target
    from eventdesk.exchange.mirror import Mirrored, follow_store, refresh_mirror
else:
    __getattr__ = opened(__name__)
