# Read by the other scripts here: Debian's packages, where that is possible without asking.

# Install the packages named; fails where there is no apt-get, no root and no sudo without a password.
apt_install() {
	command -v apt-get >/dev/null 2>&1 || return 1
	if [ "$(id -u)" = 0 ]; then
		apt_install_with env "$@"
	elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
		apt_install_with "sudo -n" "$@"
	else
		return 1
	fi
}

apt_install_with() {
	as=$1
	shift
	# shellcheck disable=SC2086  # $as is a command and its options
	$as apt-get install -y -qq --no-install-recommends "$@" >/dev/null 2>&1 && return 0
	$as apt-get update -qq >/dev/null 2>&1
	$as apt-get install -y -qq --no-install-recommends "$@" >/dev/null 2>&1
}
