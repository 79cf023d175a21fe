# What must hold of counts, times and this side of the wire.
# ONRUSH_TRUST=long makes the limits exact and the runs as long as they are
# meant.
check_PROGRAMS += tests/trust/bad_server
tests_trust_bad_server_SOURCES = %D%/bad_server.c
tests_trust_bad_server_LDADD = -lm
TRUST_TESTS =
TRUST_TESTS += tests/trust/test_counting.py
TRUST_TESTS += tests/trust/test_latency.py
TRUST_TESTS += tests/trust/test_this_side.py
TRUST_TESTS += tests/trust/test_truth.py
TRUST_TESTS += tests/trust/endurance.py
TESTS += $(TRUST_TESTS)
dist_check_SCRIPTS += $(TRUST_TESTS)
EXTRA_DIST += %D%/trust.py
