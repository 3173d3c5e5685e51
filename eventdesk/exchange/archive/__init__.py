"""A whole event as one file, which another eventdesk takes in with the same ids and valid codes.

The file is a zip:

    manifest.json        format, who wrote it, the event, rows and SHA-256 of each file below,
                         and how the keys are sealed
    tables/booking.json  … one file a table, a JSON list with a row a line
    keys.bin             the keys the event's tickets were sold with, AES-256-GCM under a key made
                         of the passphrase with Argon2id (RFC 9106)

The manifest is the associated data of that seal, so whoever lacks the passphrase can change
nothing unseen. What is outside of `keys.bin` can be read by everybody who has the file.

Not in it: secrets of accounts, the log of changes (a chain of its own house), what waits to be
printed or sent, notices.
"""
