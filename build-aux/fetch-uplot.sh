#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# fetch-uplot.sh DIR: puts uPlot's script, style and licence into DIR, from
# the npm package whose sum stands here. Says where it is from; or, with
# status 1, what lacks. What is there already is not fetched again.
version=1.6.32
sum=sha512-KIMVnG68zvu5XXUbC4LQEPnhwOxBuLyW1AHtpm6IKTXImkbLgkMy+jabjLgSLMasNuGGzQm/ep3tOkyTxpiQIw==
files='package/dist/uPlot.iife.min.js package/dist/uPlot.min.css package/LICENSE'
dir=$1

lacks() {
    echo "$*"
    exit 1
}

[ -n "$dir" ] || lacks "usage: fetch-uplot.sh DIR"
if [ "$(cat "$dir/version" 2>/dev/null)" = "$sum" ]; then
    echo "$version"
    exit 0
fi
for tool in npm openssl tar timeout; do
    command -v $tool >/dev/null 2>&1 || lacks "$tool is not installed"
done
work=$(mktemp -d "${TMPDIR:-/tmp}/uplot.XXXXXX") || lacks "no room for it"
trap 'rm -rf "$work"' EXIT
(cd "$work" && timeout 60 npm pack --silent --fetch-retries=1 \
    --fetch-timeout=20000 "uplot@$version" >/dev/null 2>&1 </dev/null) ||
    lacks "npm could not fetch uplot@$version"
got=sha512-$(openssl dgst -sha512 -binary "$work/uplot-$version.tgz" |
    openssl base64 -A)
[ "$got" = "$sum" ] || lacks "the sum of uplot@$version is not what it must be"
mkdir -p "$dir" && rm -f "$dir/version" &&
    (cd "$work" && tar -xzf "uplot-$version.tgz" $files) &&
    (cd "$work" && cp -f $files .) &&
    cp -f "$work/uPlot.iife.min.js" "$work/uPlot.min.css" "$work/LICENSE" \
        "$dir/" && echo "$sum" >"$dir/version" ||
    lacks "its files could not be written to $dir"
echo "$version"
