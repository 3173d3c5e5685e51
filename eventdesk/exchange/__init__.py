"""Imports, exports, archives, copies and the mirror."""
