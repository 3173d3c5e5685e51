"""What admins look after: people, approvals, deliveries, the log, backups, commission."""
