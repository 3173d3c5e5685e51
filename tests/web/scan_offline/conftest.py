"""What tests of the door without the network share."""

from tests.web.scan_offline.house import chromium, house, trial_page

__all__ = ["chromium", "house", "trial_page"]
