"""Addresses of what is copied, put away and taken out."""

from typing import Final

ADDRESSES: Final = {
    "duplicate_event": "POST /events/{event}/copies",
    "archive_event": "PUT /events/{event}/archive",
    "unarchive_event": "DELETE /events/{event}/archive",
    "delete_event": "DELETE /events/{event}",
    "export_columns": "GET /events/{event}/export-columns",
    "export_sets": "GET /events/{event}/export-sets",
    "find_export_set": "GET /events/{event}/export-sets/{named}",
    "save_export_set": "POST /events/{event}/export-sets = new",
    "change_export_set": "PUT /export-sets/{set} = new",
    "remove_export_set": "DELETE /export-sets/{set}",
    "schedule_export_set": "PUT /export-sets/{set}/schedule",
    "tickets_file": "GET /events/{event}/exports/{listing}",
    "money_file": "GET /events/{event}/money-exports/{listing}",
    "webhook_secret": "POST /services/{service}/webhook-secret-shown",
    "renew_webhook_secret": "POST /services/{service}/webhook-secrets",
    "webhook_networks": "GET /webhook-networks",
    "allow_webhook_networks": "PUT /webhook-networks",
}
