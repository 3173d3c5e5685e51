"""Backups, restore, audit check, erasure and the doctor."""

from typing import TYPE_CHECKING

from eventdesk.core.doors import opened

if TYPE_CHECKING:
    from eventdesk.keeping.audit_log import AuditEntry, check_audit, list_audit
    from eventdesk.keeping.backup_under_way import is_backing_up
    from eventdesk.keeping.backups import (
        FOLDER,
        Backup,
        back_up,
        backups_here,
        beside,
        check_backup,
        keep_backup,
        list_backups,
        make_backup,
        newest_made_at,
        thinned,
    )
    from eventdesk.keeping.erasure import Erased, erase_account, finish_erasures
    from eventdesk.keeping.event_erasure import (
        MAX_DAYS,
        ErasurePreview,
        PersonalDataHeld,
        erase_due_events,
        erase_event,
        events_holding_data,
        keep_personal_data,
        preview_event_erasure,
    )
    from eventdesk.keeping.examination import (
        SUBJECT_NAMES,
        SUBJECTS,
        Finding,
        Terminal,
        examine,
        examine_one,
        worst,
    )
    from eventdesk.keeping.guests import erase_guest, export_guest
    from eventdesk.keeping.health import house_health
    from eventdesk.keeping.key_rotation import RotatedKeys, rotate_keys
    from eventdesk.keeping.personal_data import export_personal_data, personal_data_file
    from eventdesk.keeping.progress import accept_progress, gone_back, mark_progress
    from eventdesk.keeping.replica import ReplicaState, litestream, replay, replica_state, replicate
    from eventdesk.keeping.restoring import restore
    from eventdesk.keeping.store_upgrade import (
        UpgradeCheck,
        check_upgrade,
        schema_of,
        undo_upgrade,
        upgrade,
    )
    from eventdesk.keeping.stored_backups import (
        NO_PHRASE,
        StoredBackup,
        bucket_of,
        has_recovery_phrase,
        list_stored,
        make_recovery_phrase,
        recovery_secret,
        restore_stored,
        stored_in,
    )
    from eventdesk.keeping.stored_files import Fetched, InStep, fetch_files
    from eventdesk.keeping.stored_folders import queue_folders
    from eventdesk.keeping.watching import HouseFigures, house_figures
else:
    __getattr__ = opened(__name__)
