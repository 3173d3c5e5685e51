"""One booking, as its buyer and the organizers see it."""
