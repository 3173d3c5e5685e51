#!/bin/sh
# Chromium, which tests drive through the pages; without it they are skipped by name.
set -u
. "$(dirname "$0")/apt.sh"

has_browser() { { command -v chromium || command -v chromium-browser || command -v google-chrome; } >/dev/null 2>&1; }

has_browser || apt_install chromium fontconfig fonts-dejavu-core
has_browser || echo "Chromium is missing: tests that open pages in a browser are left out."
exit 0
