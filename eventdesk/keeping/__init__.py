"""Backups, restore, audit check, erasure and the doctor."""
