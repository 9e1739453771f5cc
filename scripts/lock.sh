#!/bin/sh
# Pins the whole closure anew: pyproject.toml -> requirements/{runtime,test,check}.txt, valid for
# Linux and macOS and for Python 3.11 to 3.14. Needs uv. Pins that still fit are kept;
# `scripts/lock.sh --upgrade` takes the newest versions, `--upgrade-package NAME` those of one.
set -eu
cd "$(dirname "$0")/.."
uv=$(command -v .venv/bin/uv || command -v uv) || {
    echo "make lock needs uv: install it with  .venv/bin/python -m pip install uv" >&2
    exit 1
}
torch=$(sed -n 's/^TORCH ?= //p' Makefile)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Where no torch is pinned by the lock, nothing of its CUDA build may be either: whether those
# packages are wanted depends on the torch that the index serves, and pip asks torch for them.
without_torch() {
    grep -Ev '^(torch|triton|nvidia-[a-z0-9-]+|cuda-[a-z]+)==' "$1"
}

resolve() {
    name=$1
    shift
    without_torch "requirements/$name.txt" > "$work/$name.txt" 2>/dev/null || true
    echo "$torch" >> "$work/$name.txt"
    "$uv" pip compile --quiet --universal --python-version 3.11 --no-header --no-annotate \
        --no-emit-index-url --no-emit-find-links --only-binary :all: \
        --constraint "$work/torch.txt" --output-file "$work/$name.txt" "$@"
}

echo "$torch" > "$work/torch.txt"
printf 'setuptools>=77\n' > "$work/build.in"
header="# Written by scripts/lock.sh from pyproject.toml. torch is left to scripts/setup.py."

resolve runtime pyproject.toml "$work/build.in" "$@"
{ echo "$header"; without_torch "$work/runtime.txt"; } > requirements/runtime.txt

cp requirements/runtime.txt "$work/pinned.txt"
for extra in test check; do
    resolve "$extra" pyproject.toml --group "pyproject.toml:$extra" \
        --constraint "$work/pinned.txt" "$@"
    {
        echo "$header"
        without_torch "$work/$extra.txt" | grep -vxFf requirements/runtime.txt
    } > "requirements/$extra.txt"
    cat "requirements/$extra.txt" >> "$work/pinned.txt"
done
wc -l requirements/runtime.txt requirements/test.txt requirements/check.txt
