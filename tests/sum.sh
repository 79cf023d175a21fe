#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# sum.sh DIR...: adds up the results (.trs files) of builds: names what
# failed, then `N passed, N failed` alone on the last line. Exit status 1 when
# something failed or nothing ran.
find "$@" -name '*.trs' -exec cat {} + | awk '
    /^:test-result: (PASS|XFAIL)/ { passed++ }
    /^:test-result: (FAIL|XPASS|ERROR)/ {
        failed++
        sub(/^:test-result: /, "")
        print "  " $0
    }
    END {
        printf "%d passed, %d failed\n", passed, failed
        exit !(passed && !failed)
    }'
