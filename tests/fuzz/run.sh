#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# make fuzz: builds each harness with clang, ASan and UBSan, and lets libFuzzer
# look for FUZZ_SECONDS; ends non-zero when one found something. What it learns
# stays in fuzz/corpus of the build tree; a finding in fuzz/finding-NAME-*.
#   FUZZ_SECONDS=60     for each harness
#   FUZZERS="expr json" only these
#   FUZZ_BUILD=DIR      the build with clang; otherwise in fuzz/clang
# From make: SRC, the top of the sources; ALL, the harnesses; MAKE.
set -u

seconds=${FUZZ_SECONDS:-60}
case $seconds in
'' | *[!0-9]*) echo "FUZZ_SECONDS=$seconds is no number of seconds" >&2; exit 2 ;;
esac
command -v clang >/dev/null 2>&1 || {
    echo "make fuzz needs clang (Debian package: clang)" >&2
    exit 2
}
[ ! -f "$SRC/config.status" ] || {
    echo "make fuzz needs a build folder of its own: mkdir build && cd build" >&2
    exit 2
}
build=${FUZZ_BUILD:-fuzz/clang}
mkdir -p fuzz "$build"

# The same makefile, another compiler; every object tells libFuzzer where it
# has been.
[ -f "$build/Makefile" ] || (
    cd "$build" && "$SRC/configure" CC=clang --with-uplot=no \
        --enable-sanitizers=fuzzer-no-link,address,undefined CFLAGS='-O1 -g'
) >fuzz/configure.log 2>&1 || {
    tail -n 20 fuzz/configure.log
    exit 2
}

seeds_of() {
    echo "$SRC/tests/fuzz/corpus/$1"
    [ ! -f "$SRC/tests/fuzz/$1.seeds" ] ||
        sed "s|^|$SRC/|" "$SRC/tests/fuzz/$1.seeds"
}

# The library first: what makes the makefile anew would take LIBS for its own.
build() {
    {
        "$MAKE" -s -C "$build" libonrush.a &&
            "$MAKE" -s -C "$build" "tests/fuzz/fuzz_$1" FUZZ_MAIN= \
                LIBS=-fsanitize=fuzzer
    } >"fuzz/$1.build.log" 2>&1 || {
        tail -n 20 "fuzz/$1.build.log"
        return 1
    }
}

run() {
    dict=
    [ -f "$SRC/tests/fuzz/$1.dict" ] && dict=-dict=$SRC/tests/fuzz/$1.dict
    mkdir -p "fuzz/corpus/$1"
    # shellcheck disable=SC2046,SC2086 # lists of words
    "$build/tests/fuzz/fuzz_$1" -max_total_time="$seconds" -timeout=10 \
        -max_len=4096 -rss_limit_mb=1024 -print_final_stats=1 \
        -artifact_prefix="fuzz/finding-$1-" $dict \
        "fuzz/corpus/$1" $(seeds_of "$1") >"fuzz/$1.log" 2>&1
}

failed=0
for name in ${FUZZERS:-$(echo "$ALL" | sed 's|tests/fuzz/fuzz_||g')}; do
    case " $ALL " in
    *" tests/fuzz/fuzz_$name "*) ;;
    *)
        echo "there is no harness $name" >&2
        failed=1
        continue
        ;;
    esac
    if ! build "$name"; then
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
