"""Imports, exports, archives, copies and the mirror."""

from typing import TYPE_CHECKING

from eventdesk.core.doors import opened

if TYPE_CHECKING:
    from eventdesk.exchange.archive.looking import (
        ArchiveFile,
        ArchiveLook,
        archives_here,
        look_into_archive,
    )
    from eventdesk.exchange.archive.package import SUFFIX, opened_package
    from eventdesk.exchange.archive.packing import pack_event
    from eventdesk.exchange.archive.scope import PARTS
    from eventdesk.exchange.archive.unpacking import bring_event
    from eventdesk.exchange.chat.printers import tell_of_printers
    from eventdesk.exchange.chat.queues import tell_of_queues
    from eventdesk.exchange.chat.sales import tell_of_sales
    from eventdesk.exchange.event_copies import duplicate_event
    from eventdesk.exchange.event_removal import archive_event, delete_event, unarchive_event
    from eventdesk.exchange.exports.export_sets import (
        ExportSet,
        NewExportSet,
        change_export_set,
        export_columns,
        export_sets,
        find_export_set,
        remove_export_set,
        save_export_set,
        schedule_export_set,
    )
    from eventdesk.exchange.exports.exporting import (
        LISTINGS,
        Exported,
        Listing,
        export_tickets,
        money_file,
        tickets_file,
    )
    from eventdesk.exchange.exports.schedule import (
        MAX_HOURS,
        MAX_KEPT,
        USUALLY_KEPT,
        WEEKDAYS,
        Every,
        Schedule,
        read_minute,
        spoken_schedule,
        time_of_day,
    )
    from eventdesk.exchange.exports.scheduled import write_due_exports
    from eventdesk.exchange.exports.selection import (
        COMPARISONS,
        EVERYTHING,
        Comparison,
        Condition,
        Selection,
        read_condition,
        spoken,
    )
    from eventdesk.exchange.first_event import (
        Begun,
        FirstEvent,
        TypeToSell,
        begin_event,
        read_types,
    )
    from eventdesk.exchange.imports.dry_run import check_import
    from eventdesk.exchange.imports.file_look import Look, look_at
    from eventdesk.exchange.imports.importing import Imported, run_import
    from eventdesk.exchange.imports.plan import LABELS, DryRun, Field, ImportPlan, Target
    from eventdesk.exchange.in_step.admissions import queue_admissions
    from eventdesk.exchange.in_step.following import keep_in_step
    from eventdesk.exchange.in_step.schedule_import import (
        FATE_WORDS,
        ScheduleReport,
        import_schedule,
        preview_schedule,
    )
    from eventdesk.exchange.in_step.talks import TalkFate, TalkLine
    from eventdesk.exchange.mirror import Mirrored, follow_store, refresh_mirror
    from eventdesk.exchange.schedule_file import schedule_json, schedule_xml
    from eventdesk.exchange.sheets.following import queue_sheets
    from eventdesk.exchange.webhooks.following import queue_webhooks
    from eventdesk.exchange.webhooks.thinning import thin_webhooks
    from eventdesk.exchange.webhooks.webhook_set_up import (
        allow_webhook_networks,
        renew_webhook_secret,
        webhook_networks,
        webhook_secret,
    )
else:
    __getattr__ = opened(__name__)
