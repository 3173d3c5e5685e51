"""Google Sheets: the tables of an event kept up to date in a spreadsheet."""
