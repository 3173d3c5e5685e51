"""Backups, restore, audit check, erasure and the doctor."""

from typing import TYPE_CHECKING

from eventdesk.core.doors import opened

if TYPE_CHECKING:
    from eventdesk.keeping.audit_log import AuditEntry, check_audit, list_audit
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
    from eventdesk.keeping.personal_data import export_personal_data
    from eventdesk.keeping.progress import accept_progress, gone_back, mark_progress
    from eventdesk.keeping.restoring import restore
    from eventdesk.keeping.store_upgrade import (
        UpgradeCheck,
        check_upgrade,
        schema_of,
        undo_upgrade,
        upgrade,
    )
else:
    __getattr__ = opened(__name__)
