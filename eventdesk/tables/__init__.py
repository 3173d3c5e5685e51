"""Tables in files: rows to and from CSV, XLSX, JSON and PDF, without a database."""
