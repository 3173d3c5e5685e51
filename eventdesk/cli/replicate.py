"""`eventdesk replicate`: each commit of the store elsewhere within seconds."""

from pathlib import Path

import click

from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.cli.command import Lines, command, on_store
from eventdesk.cli.group import A_FOLDER
from eventdesk.cli.stopping import until_interrupted
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.lost_memory import told_of_lost_memory
from eventdesk.core.messages import _, msg
from eventdesk.keeping import NO_PHRASE, bucket_of, litestream, recovery_secret, replicate
from eventdesk.services import service_of


@command("replicate", "", "--to /mnt/other-disk/house")
@click.option("--to", "folder", type=A_FOLDER, help="A folder in place of the storage set up.")
@on_store
def replicate_command(store: Store, folder: Path | None) -> Lines:
    """Keep each commit elsewhere within seconds, encrypted, until it is stopped.

    It goes to the storage that is set up under Services, or into a folder of another disk, and
    runs beside desks and servers of this home. With --replica and --from, restore brings the store
    back as it was then.
    """
    litestream()
    secret = recovery_secret(store.home)
    if secret is None:
        raise InvalidInputError(NO_PHRASE)
    service = service_of(store, SYSTEM, "storage")
    if folder is None and service is None:
        raise InvalidInputError(
            msg("No storage for backups is set up."),
            hint=msg("An admin does, under Services; or name a folder: --to FOLDER."),
        )
    values = {"folder": str(folder.absolute())} if folder else service.values if service else {}
    bucket = bucket_of(values)
    yield _("The store is replicated to {where}. Ctrl+C ends it.", where=bucket.name)
    with until_interrupted() as stop, told_of_lost_memory(store.path):
        replicate(store, bucket, secret, stop)
