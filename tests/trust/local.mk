# What must hold of counts, times and this side of the wire.
# ONRUSH_TRUST=long makes the limits exact and the runs as long as they are
# meant.
check_PROGRAMS += tests/trust/bad_server
tests_trust_bad_server_SOURCES = %D%/bad_server.c
# Without glibc 2.35 it is empty, and its tests are skipped.
check_DATA += tests/trust/fail_nth.so
tests/trust/fail_nth.so: %D%/fail_nth.c
	$(AM_V_CC)$(MKDIR_P) tests/trust && $(CC) -std=gnu11 -D_GNU_SOURCE \
	  -O1 -g -Wall -shared -fPIC -ftls-model=initial-exec -o $@ \
	  $(srcdir)/%D%/fail_nth.c || : > $@
EXTRA_DIST += %D%/fail_nth.c %D%/injected.py
CLEANFILES += tests/trust/fail_nth.so
tests_trust_bad_server_LDADD = -lm
TRUST_TESTS =
TRUST_TESTS += tests/trust/test_no_memory.py
TRUST_TESTS += tests/trust/test_no_disk.py
TRUST_TESTS += tests/trust/test_killed.py
TRUST_TESTS += tests/trust/test_surroundings.py
TRUST_TESTS += tests/trust/test_hardening.py
TRUST_TESTS += tests/trust/test_control.py
TRUST_TESTS += tests/trust/test_addresses.py
TRUST_TESTS += tests/trust/test_counting.py
TRUST_TESTS += tests/trust/test_ends.py
TRUST_TESTS += tests/trust/test_wire_ends.py
TRUST_TESTS += tests/trust/test_exec_ways.py
TRUST_TESTS += tests/trust/test_guard.py
TRUST_TESTS += tests/trust/test_latency.py
TRUST_TESTS += tests/trust/test_terminal.py
TRUST_TESTS += tests/trust/test_this_side.py
TRUST_TESTS += tests/trust/test_truth.py
TRUST_TESTS += tests/trust/endurance.py
TESTS += $(TRUST_TESTS)
dist_check_SCRIPTS += $(TRUST_TESTS)
EXTRA_DIST += %D%/trust.py
