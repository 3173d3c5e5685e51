"""eventdesk: the desk of an event, from the camera to the badge."""

__version__ = "0.1.0"
