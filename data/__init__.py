"""The store: engine, schema, migrations, search, backup. Code only, never the database file."""
