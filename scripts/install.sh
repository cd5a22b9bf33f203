#!/bin/sh
# Installs the app from the archive of `make bundle`, without any network, and says how to start it.
# Usage: sh install.sh [the Python to use]
set -e
cd "$(dirname "$0")"
made=$(cat wheels/made-for)
python=$(sh scripts/find_python.sh "${1:-python${made##* } python3}")
here=$("$python" -c 'import platform as p
print(p.system(), p.machine(), ".".join(p.python_version_tuple()[:2]))')
if [ "$made" != "$here" ]; then
    echo "This archive is for $made, and this machine has $here ($python)." >&2
    echo "Name another Python: sh install.sh /path/to/python${made##* }" >&2
    exit 1
fi
[ -x .venv/bin/python ] || "$python" -m venv .venv
.venv/bin/python -m scripts.packages requirements.lock
# The browser's part is as new as its sources: nothing builds it again, which would take Node.js.
touch frontend/build/manifest.json .venv/.can-run
echo "Installed. Start the app with: .venv/bin/python app.py"
