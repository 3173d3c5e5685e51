"""pretix: orders of an event read, and check-ins told."""
