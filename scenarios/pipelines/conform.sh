#!/bin/sh
# Test what fills a service's slot, in any pipeline, and keep the reports.
#
#   CONFORM_SERVICE   the service (waste), or a preset of the working folder (bins-r-us)
#   CONFORM_TARGET    where the product answers; without it: as the preset says, or the sandbox's own service
#   CONFORM_KEY       the name of the variable that holds the product's key; TARGET_KEY if not given
#   CONFORM_BASELINE  a file of known failures
#   CONFORM_REPORTS   the folder for the reports; conformance if not given
#   CONFORM_OPTIONS   further options of `council conform`, separated by spaces
#   CONFORM_VERSION   what to install where there is no `council` yet: a version on your package index, or the
#                     path of a wheel or of a copy of the repository
#
# Needs a POSIX shell, and either `council` or Python 3.11 and newer. Its exit code is that of `council conform`:
# 0 if the product passes, 1 if not, 2 if it could not be tested. It fetches nothing but what it installs.
set -euf

fail() {
  echo "conform.sh: $1" >&2
  exit 2
}

[ -n "${CONFORM_SERVICE:-}" ] || fail "say in CONFORM_SERVICE which service to test, or which preset"
reports=${CONFORM_REPORTS:-conformance}
mkdir -p "$reports" || fail "the folder $reports cannot be made; name another in CONFORM_REPORTS"

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM

if command -v council >/dev/null 2>&1; then
  council=council
else
  # In an environment of its own: the packages' names are plain words that a product may use as well.
  case ${CONFORM_VERSION:-} in
    '') fail "there is no council command; say in CONFORM_VERSION what to install" ;;
    */* | *.whl) package=$CONFORM_VERSION ;;
    *) package=virtual-council==$CONFORM_VERSION ;;
  esac
  python3 -m venv "$scratch/python" || fail "python3 cannot make a virtual environment"
  "$scratch/python/bin/pip" --disable-pip-version-check --quiet install "$package" ||
    fail "$package could not be installed; CONFORM_VERSION says what is"
  council=$scratch/python/bin/council
fi

variable=${CONFORM_KEY:-TARGET_KEY}
case $variable in
  *[!A-Za-z0-9_]* | [0-9]*) fail "CONFORM_KEY is the name of a variable, not the key itself" ;;
esac
eval "key=\${$variable:-}"
if [ -n "$key" ]; then
  TARGET_KEY=$key
  export TARGET_KEY
fi
# Where nothing else is said, the record is signed with a key that this run alone has.
export COUNCIL_DATA="${COUNCIL_DATA:-$scratch/council-data}"

set -- "$CONFORM_SERVICE"
[ -z "${CONFORM_TARGET:-}" ] || set -- "$@" --target "$CONFORM_TARGET"
[ -z "${CONFORM_BASELINE:-}" ] || set -- "$@" --baseline "$CONFORM_BASELINE"
# shellcheck disable=SC2086 # they are several words
set -- "$@" ${CONFORM_OPTIONS:-}
rm -f "$reports/evidence.json" "$reports/junit.xml" "$reports/report.html" \
  "$reports/badge.svg" "$reports/summary.md"

code=0
"$council" conform "$@" --json "$reports/evidence.json" --junit "$reports/junit.xml" \
  --html "$reports/report.html" --badge "$reports/badge.svg" --summary "$reports/summary.md" || code=$?

if [ -n "${GITHUB_OUTPUT:-}" ]; then
  {
    [ "$code" -eq 0 ] && echo "passed=true" || echo "passed=false"
    echo "badge=$reports/badge.svg"
    echo "html=$reports/report.html"
  } >>"$GITHUB_OUTPUT"
fi
exit "$code"
