#!/bin/sh
# The printers by others that `make printers` tries the drivers against: CUPS with its PDF printer,
# and emupos. What can be put in place is; what cannot is named on standard error. Prints the trials
# that can run here, and fails where none can.
set -u
. "$(dirname "$0")/apt.sh"

TRIALS=tests/counterparts
EMUPOS=emupos==0.4.0
FOLDER=.counterparts

has_cups() {
	for program in cupsd lp lpstat lpadmin cupsdisable pdftoppm pdfinfo; do
		PATH="$PATH:/usr/sbin:/sbin" command -v $program >/dev/null 2>&1 || return 1
	done
	[ -e /usr/share/ppd/cups-pdf/CUPS-PDF_opt.ppd ]
}

# emupos needs Python 3.13, which need not be the one eventdesk runs on.
newer_python() {
	for python in python3.14 python3.13 python3 "$HOME"/.pyenv/versions/3.1[3-9]*/bin/python3; do
		command -v "$python" >/dev/null 2>&1 &&
			"$python" -c 'import sys; sys.exit(sys.version_info < (3, 13))' 2>/dev/null &&
			echo "$python" && return 0
	done
	return 1
}

has_emupos() {
	[ -x $FOLDER/bin/emupos ] || command -v emupos >/dev/null 2>&1 || [ -n "${EMUPOS_PROGRAM:-}" ]
}

make_emupos() {
	python=$(newer_python) || return 1
	"$python" -m venv $FOLDER >/dev/null 2>&1 || return 1
	$FOLDER/bin/pip install --quiet --disable-pip-version-check $EMUPOS >/dev/null 2>&1
}

trials=
if [ "$(id -u)" != 0 ]; then
	echo "Left out: CUPS. Its PDF printer works only for root; run \`sudo make printers\`." >&2
elif has_cups || { apt_install cups cups-client printer-driver-cups-pdf poppler-utils && has_cups; }; then
	trials="$TRIALS/against_cups.py"
else
	echo "Left out: CUPS. Install cups, cups-client, printer-driver-cups-pdf and poppler-utils." >&2
fi
if has_emupos || { make_emupos && has_emupos; }; then
	trials="$trials $TRIALS/against_emupos.py"
else
	echo "Left out: emupos. It needs Python 3.13 or newer, and \`pip install $EMUPOS\`." >&2
fi
[ -n "$trials" ] || { echo "No printer by others can be tried here." >&2; exit 1; }
echo "$trials"
