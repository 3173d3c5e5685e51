"""How storage for backups is set up."""

from collections.abc import Mapping
from typing import Final

from eventdesk.core.fields import LINE, NUMBER, SEVERAL, Field
from eventdesk.core.messages import Message, msg
from eventdesk.integrations.service import ServiceKind

NAME: Final = "storage"

USUAL_KEPT: Final = 30
"""How many backups stay there unless somebody says otherwise."""

FOLDERS: Final[Mapping[str, Message]] = {
    "layouts": msg("layouts: badges' own layouts and their logos"),
    "exports": msg("exports: lists and reports in the folder exports"),
    "recordings": msg("recordings: what the team puts into the folder recordings"),
}
"""Folders of the home that can be kept there, too."""

STORAGE: Final = ServiceKind(
    NAME,
    msg("Backups elsewhere (S3)"),
    msg("Every backup is encrypted and kept in storage that speaks S3, with keys and secrets."),
    (
        Field(
            "endpoint",
            LINE,
            "Address",
            hint="Such as https://s3.eu-central-1.amazonaws.com; empty is Amazon's.",
        ),
        Field("region", LINE, "Region", hint="Such as eu-central-1; many others: us-east-1."),
        Field("bucket", LINE, "Bucket", needed=True),
        Field("prefix", LINE, "Folder", hint="Inside the bucket; empty is its top."),
        Field("access_key", LINE, "Access key", needed=True),
        Field("secret_key", LINE, "Secret key", needed=True, secret=True),
        Field(
            "keep",
            NUMBER,
            "Backups that stay there",
            hint="The newest; and the first of each month for a year. Empty: 30.",
            least=1,
            most=10_000,
        ),
        Field(
            "folders",
            SEVERAL,
            "Files that are kept there, too",
            hint="Encrypted like backups; what is deleted here is deleted there.",
            choices=FOLDERS,
        ),
    ),
    "eventdesk.integrations.storage.bucket:probe",
    needs="obstore",
    extra="s3",
)
