"""Addresses of mails: what became of each, and the words of an event's."""

from typing import Final

ADDRESSES: Final = {
    "list_mails": "GET /events/{event}/mails",
    "last_mail": "GET /tickets/{ticket}/last-mail",
    "send_mail_again": "POST /mails/{delivery}/copies",
    "pause_announcement": "POST /announcements/{announcement}/pause",
    "resume_announcement": "POST /announcements/{announcement}/resume",
    "stop_announcement": "POST /announcements/{announcement}/stop",
    "list_mail_texts": "GET /events/{event}/mail-texts",
    "change_mail_text": "PUT /events/{event}/mail-texts/{kind}/{language}",
    "reset_mail_text": "DELETE /events/{event}/mail-texts/{kind}/{language}",
    "preview_mail": "POST /events/{event}/mail-texts/{kind}/{language}/preview",
    "try_mail": "POST /events/{event}/mail-texts/{kind}/{language}/trial",
    "stop_mail": "POST /no-more-mail",
}
