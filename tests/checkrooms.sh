#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Holds the house to doc/architecture: who may include whom, and each
# vendor's header in its one place. Prints TAP.
cd "${TESTS_SRC:-$(dirname "$0")}/.." || exit 99

rooms='base:
maths:base
expr:base
plan:base
stats:base expr maths
profile:base expr plan stats control
control:base plan stats
http:base expr stats profile
engine:base expr plan stats profile control http
monitor:base stats profile
journal:base plan stats control
ui:base plan stats control
report:base maths plan stats control profile compare experiment
compare:base maths
history:base
export:base stats control
experiment:base expr maths plan stats control
target:base
import:base
cmd:base maths expr plan stats profile control http engine monitor ui report compare history export experiment journal target import'

vendors='csv.h:src/profile/data.c
curses.h:src/ui/term.c
ncursesw/:src/ui/term.c
panel.h:src/ui/term.c
curl/:src/http/ src/engine/ src/monitor/ src/export/ src/cmd/
ini.h:src/profile/reader.c
gsl/:src/maths/
sqlite3.h:src/history/
jansson.h:src/report/ src/compare/ src/control/ src/cmd/ src/target/ src/import/
llhttp.h:src/http/ src/target/ src/export/
nghttp2/:src/http/
yaml.h:src/import/yaml_tree.c
zlib.h:src/stats/pack.c src/journal/coding.c src/history/
openssl/:src/http/
pcre2.h:src/expr/regex.c
uv.h:src/base/clock.c src/engine/ src/http/ src/target/ src/cmd/ src/control/ src/monitor/ src/export/ src/journal/'

bad_rooms=$(echo "$rooms" | while IFS=: read -r room knows; do
    grep -Hn '^#include "' src/"$room"/*.[ch] 2>/dev/null |
    awk -v room="$room" -v knows=" $knows $room " '{
        split($0, part, "\"")
        split(part[2], dir, "/")
        if (dir[2] != "" && index(knows, " " dir[1] " ") == 0)
            print "# " $0 ": " room " may not know " dir[1]
    }'
done)
bad_vendors=$(echo "$vendors" | while IFS=: read -r header places; do
    grep -rn "^#include <$header" src | awk -v places="$places" '{
        n = split(places, p, " ")
        for (i = 1; i <= n; i++)
            if (index($0, p[i]) == 1) next
        print "# " $0 ": this header stays in " places
    }'
done)

echo 1..2
[ -z "$bad_rooms" ] && echo "ok 1 - rooms include only whom they may know" ||
    { echo "$bad_rooms"; echo "not ok 1 - rooms include only whom they may know"; }
[ -z "$bad_vendors" ] && echo "ok 2 - each vendor header has one place" ||
    { echo "$bad_vendors"; echo "not ok 2 - each vendor header has one place"; }
