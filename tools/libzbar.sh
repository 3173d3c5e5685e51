#!/bin/sh
# pyzbar needs the system's libzbar. It is put in place where that is possible without asking;
# where not, one line says what is missing and what still works.
set -u
. "$(dirname "$0")/apt.sh"

has_libzbar() {
	for folder in /lib /lib64 /usr/lib /usr/lib64 /usr/local/lib /opt/homebrew/lib; do
		[ -d "$folder" ] && find "$folder" -maxdepth 2 -name 'libzbar.*' 2>/dev/null | grep -q . && return 0
	done
	return 1
}

has_libzbar || apt_install libzbar0 && exit 0
echo "libzbar0 is missing: codes are read by zxing-cpp alone, which is enough for all but steeply tilted ones."
