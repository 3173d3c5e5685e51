#!/bin/sh
# Puts Schemathesis (MIT), which tries the server against its own description, into a folder beside ours: it is a
# plugin of pytest, too, that every worker of the other tests would load. Its lock is written by
# `echo schemathesis==VERSION | .counterparts/uv/bin/uv pip compile - --universal --python-version 3.11 --generate-hashes`.
set -u
PYTHON=${1:-python3}
FOLDER=.counterparts/schemathesis
LOCK=tools/schemathesis.lock

if [ ! -x $FOLDER/bin/st ] || [ $LOCK -nt $FOLDER/bin/st ]; then
	"$PYTHON" -m venv --clear $FOLDER >/dev/null 2>&1 &&
		$FOLDER/bin/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $LOCK >/dev/null 2>&1 &&
		touch $FOLDER/bin/st ||
		{ rm -rf $FOLDER && echo "Left out: Schemathesis. It needs what $LOCK names." >&2; }
fi
exit 0
