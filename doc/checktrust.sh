#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# doc/trust.md has all its lines, and each test that it names is there.
top=$TESTS_SRC/..
page=$top/doc/trust.md
work=$(mktemp) || exit 99
trap 'rm -f "$work"' EXIT

# report NUMBER NAME: what stands in $work, if anything, is why it failed.
report() {
    if [ -s "$work" ]; then
        sed 's/^/# /' "$work"
        echo "not ok $1 - $2"
    else
        echo "ok $1 - $2"
    fi
}

echo 1..2
tr '\n' ' ' <"$page" | grep -o '`[a-z0-9_]*\.[a-z]*: [a-z0-9_]*`' | tr -d '`' |
    sort -u | while IFS=': ' read -r file name; do
    echo x >&3
    set -- "$top"/tests/*/"$file"
    [ -r "$1" ] || { echo "there is no $file"; continue; }
    grep -Eq "^(def|static void) $name\(" "$1" || echo "$file has no $name"
done >"$work" 3>"$work.n"
[ "$(wc -l <"$work.n")" -gt 40 ] || echo "it names few tests" >>"$work"
rm -f "$work.n"
report 1 "every test named in trust.md is there"

sed -n 's/^| \([0-9]*\) | .*/\1/p' "$page" | sort -n >"$work.is"
seq 1 31 | diff - "$work.is" >"$work"
rm -f "$work.is"
report 2 "trust.md has all 31 lines once"
