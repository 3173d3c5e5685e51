"""Check-in lists, rules, scans, admissions and walk-ins."""
