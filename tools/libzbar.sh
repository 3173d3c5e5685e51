#!/bin/sh
# pyzbar needs the system's libzbar. It is put in place where that is possible without asking;
# where not, one line says what is missing and what still works.
set -u

has_libzbar() {
	for folder in /lib /lib64 /usr/lib /usr/lib64 /usr/local/lib /opt/homebrew/lib; do
		[ -d "$folder" ] && find "$folder" -maxdepth 2 -name 'libzbar.*' 2>/dev/null | grep -q . && return 0
	done
	return 1
}

install_with() {
	command -v apt-get >/dev/null 2>&1 || return 1
	"$@" apt-get install -y -qq --no-install-recommends libzbar0 >/dev/null 2>&1 && return 0
	"$@" apt-get update -qq >/dev/null 2>&1
	"$@" apt-get install -y -qq --no-install-recommends libzbar0 >/dev/null 2>&1
}

has_libzbar && exit 0
if [ "$(id -u)" = 0 ]; then
	install_with env && exit 0
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
	install_with sudo -n && exit 0
fi
echo "libzbar0 is missing: codes are read by zxing-cpp alone, which is enough for all but steeply tilted ones."
