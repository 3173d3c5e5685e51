#!/bin/sh
# Writes requirements.lock: every version and hash for what pyproject.toml asks for, on all systems, from
# Python 3.11 on, without addresses: lock.sh PYTHON [--upgrade]
# uv resolves; it lives beside eventdesk, since nothing but this needs it.
set -eu
UV=.counterparts/uv/bin/uv

if ! [ -x "$UV" ]; then
	"$1" -m venv --clear .counterparts/uv
	.counterparts/uv/bin/python -m pip install --quiet --disable-pip-version-check uv==0.13.9
fi
shift
"$UV" pip compile pyproject.toml --all-extras --group dev --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --quiet --output-file requirements.lock "$@"
