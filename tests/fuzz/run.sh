#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# make fuzz: builds each harness with clang, ASan and UBSan, and lets it look
# for FUZZ_SECONDS; ends non-zero when one found something. What it learns
# stays in fuzz/corpus of the build tree; a finding in fuzz/finding-NAME-*.
#   FUZZ_SECONDS=60     for each harness
#   FUZZERS="expr json" only these
# From make: SRC, the top of the sources; FUZZ_FLAGS, FUZZ_LIBS.
set -u

# NAME: the rooms of src/ that tests/fuzz/fuzz_NAME.c links. Its seeds are in
# tests/fuzz/corpus/NAME/, words to try, if any, in tests/fuzz/NAME.dict.
harnesses='data: base maths expr plan stats control profile
expr: base expr
import: base import
journal: base maths expr plan stats control journal
json: base expr
profile: base maths expr plan stats control profile
results: base maths compare'

seconds=${FUZZ_SECONDS:-60}
case $seconds in
'' | *[!0-9]*) echo "FUZZ_SECONDS=$seconds is no number of seconds" >&2; exit 2 ;;
esac
command -v clang >/dev/null 2>&1 || {
    echo "make fuzz needs clang (Debian package: clang)" >&2
    exit 2
}

# More seeds than those in tests/fuzz/corpus/NAME.
seeds_of() {
    [ "$1" = profile ] && echo "$SRC/profiles $SRC/profiles/ports $SRC/tests/broken"
    [ "$1" = import ] && echo "$SRC/tests/unit/import"
}

rooms_of() {
    echo "$harnesses" | sed -n "s/^$1: //p"
}

# Sets $sources.
find_sources() {
    sources=$SRC/tests/fuzz/fuzz_$1.c
    for room in $(rooms_of "$1"); do
        sources="$sources $(echo "$SRC/src/$room"/*.c)"
    done
}

build() {
    find_sources "$1"
    # shellcheck disable=SC2086 # lists of words
    if [ -x "fuzz/fuzz_$1" ] && [ -z "$(find "$SRC/src" $sources \
        -name '*.[ch]' -newer "fuzz/fuzz_$1" | head -n 1)" ]; then
        return 0
    fi
    # shellcheck disable=SC2086
    clang -std=gnu11 -O1 -g -fno-omit-frame-pointer \
        -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
        $FUZZ_FLAGS -o "fuzz/fuzz_$1" $sources $FUZZ_LIBS
}

run() {
    dict=
    [ -f "$SRC/tests/fuzz/$1.dict" ] && dict=-dict=$SRC/tests/fuzz/$1.dict
    mkdir -p "fuzz/corpus/$1"
    # shellcheck disable=SC2086
    "fuzz/fuzz_$1" -max_total_time="$seconds" -timeout=10 -max_len=4096 \
        -rss_limit_mb=1024 -print_final_stats=1 \
        -artifact_prefix="fuzz/finding-$1-" $dict \
        "fuzz/corpus/$1" "$SRC/tests/fuzz/corpus/$1" $(seeds_of "$1") >"fuzz/$1.log" 2>&1
}

mkdir -p fuzz
failed=0
for name in ${FUZZERS:-$(echo "$harnesses" | sed 's/:.*//')}; do
    if [ -z "$(rooms_of "$name")" ]; then
        echo "there is no harness $name" >&2
        failed=1
    elif ! build "$name"; then
        echo "fuzz_$name: not built"
        failed=1
    elif run "$name"; then
        echo "fuzz_$name: nothing in $seconds s, $(sed -n \
            's/^stat::number_of_executed_units: *//p' "fuzz/$name.log") inputs"
    else
        tail -n 40 "fuzz/$name.log"
        echo "fuzz_$name: FOUND something; fuzz/$name.log"
        failed=1
    fi
done
exit $failed
