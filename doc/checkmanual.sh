#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The built manual pages against what the program says of itself, and the
# examples of pages and README against the program. Prints TAP.
pages=$(dirname "$ONRUSH")/doc
top=$TESTS_SRC/..
main=$pages/onrush.1
profile=$pages/onrush-profile.5
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
number=0
[ -r "$main" ] || { echo "1..0 # SKIP no manual in this build"; exit 0; }

# report NAME: what stands in $work/wrong, if anything, is why it failed.
report() {
    number=$((number + 1))
    if [ -s "$work/wrong" ]; then
        sed 's/^/# /' "$work/wrong"
        echo "not ok $number - $1"
    else
        echo "ok $number - $1"
    fi
    : >"$work/wrong"
}

# The page's item lines as they are read: without macros' marks and escapes.
items() {
    sed -n 's/^\.It //p' "$1" | sed 's/\\&//g; s/\\-/-/g; s/"//g'
}

# Those of one section of the profile's page.
section_items() {
    awk -v name="$1" '
        /^\.S[sh] / { on = $2 == "\\(lB" name || $2 == "\\(lB" name "\\(rB" }
        on' "$profile" >"$work/section"
    items "$work/section"
}

echo 1..9
: >"$work/wrong"

# --- every key, option, command of the program has an item of its own ------
"$pages/gen-manual" --names >"$work/names" || echo "no names" >"$work/wrong"
[ "$(wc -l <"$work/names")" -gt 20 ] || echo "few names" >>"$work/wrong"
while read -r section key; do
    section_items "$section" | tr -s ' ,' '\n' | grep -qx -- "$key" ||
        echo "[$section] $key"
done <"$work/names" >>"$work/wrong"
report "every key of a profile is in onrush-profile(5)"

# "SECTION KEY" for each key that the page tells of; the program is asked.
awk '/^\.Sh/ { section = "" }
     /^\.Ss/ { section = $2; gsub(/\\\(lB|\\\(rB/, "", section) }
     /^\.It Ic/ && section { gsub(/"|\\&/, "")
         for (i = 3; i <= NF; i++)
             if ($i != "," && $(i - 1) != "Ar" && $i !~ /^(Op|Ar|Ic)$/)
                 print section, $i }' "$profile" >"$work/told"
[ "$(wc -l <"$work/told")" -gt 60 ] || echo "the page tells of few keys" \
    >"$work/wrong"
while read -r section key; do
    printf '[%s x]\n%s = 1\n[%s]\n%s = 1\n' "$section" "$key" "$section" \
        "$key" >"$work/one.ini"
    "$ONRUSH" check "$work/one.ini" 2>&1 | grep "is no key\|belongs in"
done <"$work/told" >>"$work/wrong"
report "every key in onrush-profile(5) is one that the program reads"

# "OPTION COMMAND" for each, as the page has it and as --help does.
sed 's/\\&//g; s/\\-/-/g; s/"//g' "$main" | awk '
    match($0, /^\.It .*Fl -[a-z-]+/) {
        o = substr($0, 1, RLENGTH)
        sub(/.*Fl /, "-", o)
    }
    /^\.Pq Cm / && o { for (i = 3; i <= NF; i += 2) print o, $i; o = "" }' |
    sort >"$work/told"
for command in run check demo open compare history baseline trend find scale \
	gate; do
    "$ONRUSH" $command --help |
        sed -n "s/^ \{2,8\}\(-., \)\{0,1\}\(--[a-z-]*\).*/\2 $command/p"
done | sort >"$work/options"
[ "$(wc -l <"$work/options")" -gt 20 ] || echo "--help lists few" \
    >"$work/wrong"
diff "$work/options" "$work/told" >>"$work/wrong"
report "every option is in onrush(1)"

"$ONRUSH" ctl --help | sed -n 's/^  \([a-z]\)/\1/p' |
    sed 's/  .*//; s/ [^a-z].*//' >"$work/verbs"
[ "$(wc -l <"$work/verbs")" -gt 10 ] || echo "ctl --help lists few" \
    >"$work/wrong"
while read -r verb; do
    grep -q "^\.It Ic \"\\\\&$verb\"" "$main" ||
        grep -q "^\.Ic $verb\$" "$main" || echo "$verb"
done <"$work/verbs" >>"$work/wrong"
report "every operator's command is in onrush(1)"

"$ONRUSH" --help | sed -n 's/^  \([a-z][a-z]*\) .*/\1/p' >"$work/commands"
[ "$(wc -l <"$work/commands")" -gt 3 ] || echo "--help lists few" \
    >"$work/wrong"
while read -r command; do
    items "$main" | grep -qx "Cm $command" || echo "$command"
done <"$work/commands" >>"$work/wrong"
report "every subcommand is in onrush(1)"

# --- what people will type works -------------------------------------------
# The last literal block, of EXAMPLES.
awk '/^\.Sh EXAMPLES/ { on = 1 } on && /^\.Ed/ { exit }
     block { print } on && /^\.Bd/ { block = 1 }' "$profile" \
    >"$work/example.ini"
"$ONRUSH" check "$work/example.ini" >"$work/plan" 2>"$work/wrong" ||
    echo "exit status $?" >>"$work/wrong"
report "the example of onrush-profile(5) is a profile"

awk -v to="$work/readme" '
    /^    \[target\]/ { n++ } /^    \[/ { on = 1 } /^[^ ]/ { on = 0 }
    on { sub(/^    /, ""); print > (to n ".ini") }' "$top/README"
[ -e "$work/readme2.ini" ] || echo "fewer than two" >"$work/wrong"
for readme in "$work"/readme*.ini; do
    "$ONRUSH" check "$readme" >"$work/plan" 2>&1 || cat "$work/plan"
done >>"$work/wrong"
report "the profiles of README are profiles"

for ready in "$top"/profiles/*.ini; do
    "$ONRUSH" check "$ready" >"$work/plan" 2>&1 || cat "$work/plan"
done >"$work/wrong"
report "the ready profiles are profiles"

# --- and the pages are good mdoc -------------------------------------------
if command -v mandoc >/dev/null 2>&1; then
    # An operating system's name is the system's own affair.
    mandoc -Tlint -Wstyle "$main" "$profile" 2>&1 |
        grep -v 'referenced manual not found\|operating system' >"$work/wrong"
    report "mandoc finds nothing to object to"
else
    number=$((number + 1))
    echo "ok $number - mandoc finds nothing to object to # SKIP no mandoc"
fi
