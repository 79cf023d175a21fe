#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# make analyze: reads the program's sources with what looks for bugs in them;
# ends non-zero when one of them found something. What each said is in
# analyze/NAME.log of the build tree, its verdict in NAME.trs as a test's is.
#   ANALYZERS="cppcheck gcc"   only these
#   ANALYZE_JOBS=2             files at once
# An analyzer that is not there is skipped, and said to be. What they may not
# report has its reason in .clang-tidy, tests/cppcheck.txt and below.
# From make: SRC, the top of the sources; ANALYZE_FLAGS, the preprocessor's.
# shellcheck disable=SC2317 # functions are called by name
set -u

jobs=${ANALYZE_JOBS:-$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)}
export FLAGS="-std=c11 $ANALYZE_FLAGS"

# each COUNT COMMAND: that many files for each call of COMMAND, after "$@".
each() {
    find "$where" -name '*.c' | sort | xargs -P"$jobs" -n "$1" sh -c "$2"
}

# Others' headers are not read, so two of their macros are told. A `;` ends a
# -D, and then no file is looked at any more, and nothing says so.
run_cppcheck() {
    # shellcheck disable=SC2086 # a list of words
    cppcheck --quiet -j"$jobs" --std=c11 --error-exitcode=1 --inline-suppr \
        --enable=warning,performance,portability \
        --suppressions-list="$SRC/tests/cppcheck.txt" \
        --template='{file}:{line}: {severity}: {message} [{id}]' \
        '-Djson_array_foreach(a,i,v)=while ((i = 0, v = json_array_get(a, i)))' \
        '-Djson_object_foreach(o,k,v)=while ((k = "", v = json_object_get(o, k)))' \
        -DHAVE_CONFIG_H -D_GNU_SOURCE -I. -Isrc -I"$SRC/src" "$where"
}

run_clang_tidy() {
    # shellcheck disable=SC2016 # the inner shell's
    CONFIG=$SRC/.clang-tidy each 8 \
        'clang-tidy --quiet --config-file="$CONFIG" "$0" "$@" -- $FLAGS'
}

run_gcc() {
    # What gcc 12 reports of uninitialized values are elements of arrays that are
    # read only up to the count of those that were written (digits[799] when the
    # count is 800, in expr/number.c; it does not follow the count), and a whole
    # struct that is copied before its last member is set (import/k6_calls.c).
    # shellcheck disable=SC2016
    each 1 'gcc $FLAGS -O1 -fanalyzer -Wno-analyzer-use-of-uninitialized-value \
        -Werror -c -o /dev/null "$0"'
}

verdict() {
    echo ":test-result: $1 analyze/$2" >"analyze/$2.trs"
}

# Nothing found is worth something only from one that finds what is there.
is_blind() {
    where=$SRC/tests/analyze_probe.c
    "$2" >"analyze/$1.probe.log" 2>&1
    ! grep -qE 'analyze_probe\.c:[0-9:]+ (error|warning):' \
        "analyze/$1.probe.log"
}

# one NAME COMMAND
one() {
    if ! command -v "$1" >/dev/null 2>&1; then
        echo "$1: not on this machine (Debian package: $1)"
        verdict SKIP "$1"
        return
    fi
    if is_blind "$1" "$2"; then
        echo "$1: does not find the mistakes of tests/analyze_probe.c;" \
            "analyze/$1.probe.log"
        verdict FAIL "$1"
        failed=1
        return
    fi
    where=$SRC/src
    if "$2" >"analyze/$1.log" 2>&1; then
        echo "$1: nothing"
        verdict PASS "$1"
    else
        grep -E '(error|warning|performance|portability):' "analyze/$1.log" |
            sort -u | head -n 40
        echo "$1: FOUND something; analyze/$1.log"
        verdict FAIL "$1"
        failed=1
    fi
}

mkdir -p analyze
failed=0
for name in ${ANALYZERS:-cppcheck clang-tidy gcc}; do
    case $name in
    cppcheck) one cppcheck run_cppcheck ;;
    clang-tidy) one clang-tidy run_clang_tidy ;;
    gcc) one gcc run_gcc ;;
    *)
        echo "there is no analyzer $name" >&2
        exit 2
        ;;
    esac
done
exit $failed
