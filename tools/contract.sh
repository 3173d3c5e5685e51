#!/bin/sh
# Puts Schemathesis (MIT), which tries the server against its own description, into a folder beside ours.
set -u
PYTHON=${1:-python3}
FOLDER=.counterparts/schemathesis
SCHEMATHESIS='schemathesis==4.32.5'

if [ ! -x $FOLDER/bin/st ]; then
	"$PYTHON" -m venv $FOLDER >/dev/null 2>&1 &&
		$FOLDER/bin/pip install --quiet --disable-pip-version-check "$SCHEMATHESIS" >/dev/null 2>&1 ||
		{ rm -rf $FOLDER && echo "Left out: Schemathesis. It needs \`pip install $SCHEMATHESIS\`." >&2; }
fi
exit 0
