"""Any list of an event as a file for a spreadsheet or a program."""
