EXTRA_DIST += doc/summary.md
