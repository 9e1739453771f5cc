#!/bin/sh
# Finds a Python that can run scripts/setup.py, and runs it. Arguments are passed on.
# The environment variable PYTHON names the Python to take; the default is python3, and where that
# is unsuitable the newest suitable python3.x that is installed.
set -eu
cd "$(dirname "$0")/.."

suits() {
    "$1" -c 'import sys; sys.exit(not ((3, 11) <= sys.version_info[:2] <= (3, 14)))' 2>/dev/null
}

wanted=${PYTHON:-python3}
if [ "$wanted" = python3 ]; then
    candidates="python3 python3.14 python3.13 python3.12 python3.11"
else
    candidates=$wanted
fi

for candidate in .venv/bin/python $candidates; do
    if suits "$candidate"; then
        exec "$candidate" scripts/setup.py "$@"
    fi
done

found=$("$wanted" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null || true)
{
    echo "Pincite needs Python 3.11, 3.12, 3.13 or 3.14, but $wanted is ${found:-not there}."
    echo "Install one (Debian, Ubuntu: sudo apt install python3 python3-venv; macOS: brew install" \
        "python@3.13; or https://www.python.org/downloads/) and run the same command again."
    echo "If it is installed under another name: make demo PYTHON=/path/to/python3.13"
} >&2
exit 1
