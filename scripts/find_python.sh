#!/bin/sh
# Prints the Python to make the virtual environment with, or says what is missing.
# Usage: find_python.sh [the only interpreter to try]
#
# Being on the PATH is not enough: version managers leave names there that do not run, and
# Debian ships a Python that cannot make virtual environments.

candidates=${1:-"python3 python3.14 python3.13 python3.12 python3.11"}
unset found too_old no_venv

look() {
    for python in $candidates; do
        version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || continue
        if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
            too_old="$python is $version"
        elif "$python" -c 'import ensurepip, venv' 2>/dev/null; then
            found=$python
            return 0
        else
            no_venv=$python package=python$version-venv
        fi
    done
    return 1
}

install_venv() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 1
    export DEBIAN_FRONTEND=noninteractive
    apt-get install -y "$package" >&2 || { apt-get update >&2 && apt-get install -y "$package" >&2; }
}

if look || { [ -n "$no_venv" ] && install_venv && look; }; then
    echo "$found"
elif [ -n "$no_venv" ]; then
    echo "$no_venv cannot make virtual environments. Install its venv module and try again," >&2
    echo "on Debian and Ubuntu with: sudo apt install $package" >&2
    exit 1
elif [ -n "$too_old" ]; then
    echo "Python 3.11 or newer is needed; $too_old. Install a newer one, or name it:" >&2
    echo "make run PYTHON=/path/to/python3.12" >&2
    exit 1
else
    echo "Python 3.11 or newer is needed and none was found (tried: $candidates)." >&2
    exit 1
fi
