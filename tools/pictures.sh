#!/bin/sh
# Chromium and the fonts that `make pictures` draws with; names what is missing and cannot be put in place.
set -u
. "$(dirname "$0")/apt.sh"

has_all() {
	{ command -v chromium || command -v chromium-browser || command -v google-chrome; } >/dev/null 2>&1 &&
		command -v fc-list >/dev/null 2>&1 && [ -n "$(fc-list 'DejaVu Sans Mono')" ] && [ -n "$(fc-list :lang=zh)" ]
}

has_all && exit 0
apt_install chromium fontconfig fonts-dejavu-core fonts-noto-cjk
has_all && exit 0
echo "Pictures are drawn by Chromium in DejaVu Sans Mono, and in another font with Chinese; install the three." >&2
exit 1
