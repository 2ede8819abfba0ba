#!/bin/sh
# From a bare checkout to the environments everything else runs in; quick when nothing has changed.
# usage: bootstrap.sh [app] [emulator] [sam]
set -eu
cd "$(dirname "$0")/../.."
mkdir -p .local

fail() { printf '%s\n' "$1" >&2; exit 1; }

runs() { # a pyenv shim exists and does not run: ask each candidate
    "$1" -c 'import sys, ssl, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' >/dev/null 2>&1
}

find_python() {
    for version in 3.13 3.12 3.14 3.11; do
        for candidate in ${VH_PYTHON:+"$VH_PYTHON"} "python$version" \
            "${PYENV_ROOT:-$HOME/.pyenv}"/versions/"$version"*/bin/"python$version"; do
            if runs "$candidate"; then command -v "$candidate"; return; fi
        done
    done
    if runs python3; then command -v python3; return; fi
    fail "No Python 3.11 to 3.14 found. Debian/Ubuntu: apt-get install python3 python3-venv · macOS: brew install python@3.13 · or name one: VH_PYTHON=/path/to/python3 make run"
}

UV="$PWD/.local/uv/bin/uv"
if ! "$UV" --version >/dev/null 2>&1; then
    PYTHON=$(find_python)
    echo "installing uv"
    rm -rf .local/uv
    "$PYTHON" -m venv .local/uv || fail "Python's venv module is missing. Debian/Ubuntu: apt-get install python3-venv"
    .local/uv/bin/python -m pip install --quiet --disable-pip-version-check -r requirements/uv.txt ||
        fail "uv could not be installed. Is the package index reachable?"
fi

# environment FOLDER REQUIREMENTS: created once, filled again whenever the requirements change.
environment() {
    stamp="$1/.requirements.sha256"
    wanted=$(cksum <"$2")
    if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ] && [ -x "$1/bin/python" ]; then return; fi
    echo "installing $2"
    PYTHON=$(find_python)
    "$UV" venv --quiet --clear --no-python-downloads --python "$PYTHON" "$1"
    "$UV" pip install --quiet --python "$1" --require-hashes -r "$2" ||
        fail "$2 could not be installed. Is the package index reachable, and is there disk space?"
    if [ "$1" = .venv ]; then "$UV" pip install --quiet --python .venv --no-deps --editable .; fi
    printf '%s' "$wanted" >"$stamp"
}

for name in "$@"; do
    case $name in
    app) environment .venv requirements/dev.txt ;;
    emulator) environment .local/emulator requirements/emulator.txt ;;
    sam) environment .local/sam requirements/sam.txt ;;
    *) fail "unknown environment $name" ;;
    esac
done
