"""Tools of those who work on eventdesk; no part of the program."""
