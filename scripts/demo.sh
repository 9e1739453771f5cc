#!/bin/sh
# Reads the example articles into the library and answers one question about them.
set -eu
cd "$(dirname "$0")/.."
library=${LIBRARY:-.pincite}
question='what does North Korea want in return?'

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
[ -t 1 ] || say() { printf '\n%s\n' "$*"; }

say "Reading examples/articles into $library"
.venv/bin/pincite add examples/articles --library "$library"

say "Asking: $question"
.venv/bin/pincite ask "$question" --library "$library"

option=
[ "$library" = .pincite ] || option=" --library $library"
say 'What next'
cat <<TEXT
  Open the page on this library:   make chat${option:+ LIBRARY=$library}
  Add your own files or folders:   .venv/bin/pincite add PATH...$option
  Ask in the terminal:             .venv/bin/pincite ask "your question"$option
  Take the examples out again:     .venv/bin/pincite remove examples/articles/*$option
TEXT
