"""Migrations of the schema, numbered in order; `data.migrate` runs them."""
