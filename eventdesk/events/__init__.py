"""Events and their states, venues, invitations and announcements."""
