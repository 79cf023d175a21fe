# What must hold when things fail.
# ONRUSH_TRUST=long makes the limits exact and the runs as long as they are
# meant.
check_PROGRAMS += tests/trust/bad_server
tests_trust_bad_server_SOURCES = %D%/bad_server.c
TRUST_TESTS = tests/trust/test_counting.py tests/trust/test_latency.py \
	tests/trust/test_failing_servers.py tests/trust/test_this_side.py
TESTS += $(TRUST_TESTS)
dist_check_SCRIPTS += $(TRUST_TESTS)
EXTRA_DIST += %D%/trust.py %D%/manners.py %D%/tls_manners.py
