"""Programmes as pretalx, frab and others exchange them: schedule.xml and schedule.json."""
