#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# sum.sh DIR...: adds up the results (.trs files) of builds: what failed, in
# its own words, then `N passed, N failed` alone on the last line. Exit status
# 1 when something failed or nothing ran.
find "$@" -name '*.trs' -exec grep -lE '^:test-result: (FAIL|XPASS|ERROR)' \
    {} + | sort | while IFS= read -r trs; do
    grep -E '^(FAIL|XPASS|ERROR): |^#' "${trs%.trs}.log" | head -n 20
done
find "$@" -name '*.trs' -exec cat {} + | awk '
    /^:test-result: (PASS|XFAIL)/ { passed++ }
    /^:test-result: (FAIL|XPASS|ERROR)/ { failed++ }
    END {
        printf "%d passed, %d failed\n", passed, failed
        exit !(passed && !failed)
    }'
