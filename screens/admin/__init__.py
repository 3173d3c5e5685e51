"""Screens of admins: people, approvals, printers, deliveries, the log, backups, figures."""
