"""Folders that the storage keeps, too: looked at by a chore, and brought in step by deliveries."""

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import delete, select

from data.schema import DeliveryRow
from data.store import Store
from eventdesk.acts import SYSTEM, Act, Steps, steps
from eventdesk.core.ids import new_id
from eventdesk.core.messages import msg
from eventdesk.integrations.storage.kind import FOLDERS
from eventdesk.keeping.backups import STORAGE
from eventdesk.keeping.stored_backups import NO_PHRASE, bucket_of, recovery_secret
from eventdesk.keeping.stored_files import bring_in_step, is_in_step
from eventdesk.services import Failed, Later, Outgoing, Sent, SetUp, Told, service_of

KIND: Final = "stored_files"
"""The kind of a delivery that brings a folder in step."""

AGAIN: Final = timedelta(hours=1)
"""How long after the storage refused it is asked again by itself."""

LISTED: Final = timedelta(days=7)
"""How long deliveries that are over stay listed."""


@steps(internal=True)
def queue_folders(steps: Steps) -> int:
    """Queue the folders that changed since the storage had them; returns how many."""
    service = service_of(steps.store, SYSTEM, STORAGE)
    secret = recovery_secret(steps.store.home)
    if service is None or secret is None:
        return 0
    changed = [
        folder
        for folder in FOLDERS
        if not is_in_step(
            steps.store.home, folder, _where(service), secret, kept=_keeps(service, folder)
        )
    ]
    if not changed:
        return 0
    with steps.write() as act:
        return sum(_queued(act, service, folder) for folder in changed)


class FolderSender:
    """Brings folders in step with the storage; see `services.Sender`."""

    kind = KIND
    service = STORAGE
    patience = timedelta(days=1)
    at_once = 1

    def send(self, store: Store, service: SetUp, jobs: Sequence[Outgoing], told: Told) -> None:
        """Upload what changed in folders, and delete there what was deleted here."""
        bucket, secret = bucket_of(service.values), recovery_secret(store.home)
        for job in jobs:
            folder = str(job.payload.get("folder"))
            if secret is None:
                told(job.id, Failed(NO_PHRASE))
                continue
            try:
                done = bring_in_step(
                    bucket,
                    store.home,
                    folder,
                    _where(service),
                    secret,
                    kept=_keeps(service, folder),
                )
            except OSError as error:
                told(
                    job.id, Later(msg("{path} cannot be read: {error}.", path=folder, error=error))
                )
            else:
                where = f"{bucket.name}: +{done.uploaded} -{done.deleted}"
                told(job.id, Sent(where))


SENDER: Final = FolderSender()


def _keeps(service: SetUp, folder: str) -> bool:
    chosen = service.values.get("folders")
    return folder in FOLDERS and isinstance(chosen, list) and folder in chosen


def _where(service: SetUp) -> str:
    """What tells a storage from another: what was taken to one is not in the next."""
    told = [service.text(name) for name in ("endpoint", "region", "bucket", "prefix")]
    return hashlib.sha256("\0".join(told).encode()).hexdigest()[:32]


def _queued(act: Act, service: SetUp, folder: str) -> bool:
    """Queue a folder unless it waits, or the storage refused it just now."""
    mine = DeliveryRow.service_id == service.id, DeliveryRow.kind == KIND
    over = DeliveryRow.state.not_in(("queued", "leased"))
    act.connection.execute(
        delete(DeliveryRow).where(*mine, over, DeliveryRow.finished_at < act.now - LISTED)
    )
    states = (
        select(DeliveryRow.payload, DeliveryRow.state, DeliveryRow.finished_at)
        .where(*mine)
        .order_by(DeliveryRow.created_at.desc(), DeliveryRow.id.desc())
    )
    last = next(
        (row for row in act.connection.execute(states) if row.payload.get("folder") == folder), None
    )
    if last is not None and (
        last.state in ("queued", "leased")
        or (last.state == "failed" and last.finished_at > act.now - AGAIN)
    ):
        return False
    payload = {"folder": folder}
    act.deliver(KIND, new_id(), event_id=None, service_id=service.id, payload=payload)
    return True
