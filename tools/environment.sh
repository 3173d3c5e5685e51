#!/bin/sh
# Makes .venv anew with exactly what requirements.lock names, and the project itself: environment.sh PYTHON
# Silent but for one line, unless it fails: then all that pip printed is shown.
set -eu
. "$(dirname "$0")/apt.sh"
PIP=".venv/bin/python -m pip --disable-pip-version-check --no-input"

fail() {
	cat "$said" >&2
	if grep -qiE "connection (broken|error)|failed to connect|unable to connect" "$said"; then
		echo "No package index answers. Connect this machine to a network, or name a mirror in PIP_INDEX_URL or a" \
			"folder of wheels in PIP_FIND_LINKS, and try again." >&2
	else
		echo "The set-up failed; what pip printed stands above." >&2
	fi
	exit 1
}

quietly() { "$@" >"$said" 2>&1 || fail; }

# Debian keeps venv in a package of its own.
make_venv() {
	"$1" -m venv --clear .venv >"$said" 2>&1 && return
	apt_install "python$("$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])')-venv" &&
		"$1" -m venv --clear .venv >"$said" 2>&1
}

said=$(mktemp)
trap 'rm -f "$said"' EXIT
echo "Setting up .venv, once: a minute, or more on a slow line…"
make_venv "$1" || fail
# The lock is complete, so nothing is resolved: a resolver asks for the newest release of a name with an extra.
quietly $PIP install --no-deps --require-hashes -r requirements.lock
quietly $PIP install --no-deps --no-build-isolation --editable .
quietly $PIP check
