#!/bin/sh
# Runs a command with its temporary files in memory, where there is room: in_memory.sh COMMAND…
# Not in /dev/shm: eventdesk writes no files below /dev.
set -eu
ROOM_KIB=2097152

if [ -n "${TMPDIR:-}" ] || ! [ -r /proc/meminfo ] ||
	[ "$(awk '/^MemAvailable:/ { print $2 }' /proc/meminfo)" -lt $((3 * ROOM_KIB)) ]; then
	exec "$@"
fi
for place in /tmp /var/tmp "/run/user/$(id -u)"; do
	if [ "$(stat -f -c %T "$place" 2>/dev/null)" = tmpfs ] && [ -w "$place" ] &&
		[ "$(df -Pk "$place" | awk 'END { print $4 }')" -ge $ROOM_KIB ]; then
		TMPDIR=$place
		export TMPDIR
		exec "$@"
	fi
done
# Root may have a place of its own, which goes with the command.
if [ "$(id -u)" = 0 ] && unshare --mount mount -t tmpfs tmpfs /mnt 2>/dev/null; then
	TMPDIR=$(mktemp -d)
	export TMPDIR
	trap 'rmdir "$TMPDIR"' EXIT
	unshare --mount sh -c 'mount -t tmpfs -o size=50%,mode=1777 tmpfs "$TMPDIR" && exec "$@"' sh "$@"
	exit
fi
exec "$@"
