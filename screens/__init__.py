"""Everything a person sees: the app, one screen a role, widgets, modals and styles."""
