# Every test is a TAP producer: cmocka programs and scripts.
TEST_EXTENSIONS = .sh .py
LOG_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
SH_LOG_DRIVER = $(LOG_DRIVER)
PY_LOG_DRIVER = $(LOG_DRIVER)
PY_LOG_COMPILER = $(PYTHON3)
AM_TESTS_ENVIRONMENT = CMOCKA_MESSAGE_OUTPUT=TAP; export CMOCKA_MESSAGE_OUTPUT; \
	ONRUSH='$(abs_top_builddir)/onrush'; export ONRUSH; \
	BAD_SERVER='$(abs_top_builddir)/tests/trust/bad_server'; export BAD_SERVER; \
	FAIL_NTH='$(abs_top_builddir)/tests/trust/fail_nth.so'; export FAIL_NTH; \
	TESTS_SRC='$(abs_top_srcdir)/tests'; export TESTS_SRC; \
	LC_ALL=C.UTF-8; export LC_ALL;

UNIT_LIBS = $(ONRUSH_LIBS) $(CMOCKA_LIBS)
UNIT_TESTS =

if HAVE_CMOCKA
include tests/unit/local.mk
endif

if HAVE_PYTHON3
include tests/cli/local.mk
include tests/screen/local.mk
include tests/trust/local.mk
include tests/faults/local.mk
endif

check_PROGRAMS += $(UNIT_TESTS)
TESTS += $(UNIT_TESTS)

TESTS += tests/checkrooms.sh
dist_check_SCRIPTS += tests/checkrooms.sh

include tests/bench/local.mk
include tests/fuzz/local.mk

# Two hours, by the clock; ENDURANCE_SECONDS and ENDURANCE_RATE say otherwise,
# ENDURANCE_KEEP where its samples and results stay.
endurance: onrush tests/trust/bad_server
	$(AM_TESTS_ENVIRONMENT) ENDURANCE_SECONDS=$${ENDURANCE_SECONDS:-7200} $(PYTHON3) $(srcdir)/tests/trust/endurance.py

# All that is measured, at its full length and with exact limits: on a machine
# that has nothing else to do.
trust: onrush tests/trust/bad_server
	@failed=0; for t in $(TRUST_TESTS); do echo "# $$t"; \
	$(AM_TESTS_ENVIRONMENT) ONRUSH_TRUST=long $(PYTHON3) $(srcdir)/$$t || failed=1; done; exit $$failed
.PHONY: endurance trust

# cppcheck, clang-tidy and gcc -fanalyzer; not part of make check.
EXTRA_DIST += .clang-tidy tests/cppcheck.txt tests/analyze.sh \
	tests/analyze_probe.c tests/valgrind.supp
.PHONY: analyze
analyze: all
	@SRC='$(srcdir)' ANALYZE_FLAGS='$(DEFS) -I. $(AM_CPPFLAGS)' \
	sh '$(srcdir)/tests/analyze.sh'

# What the tests that ran here took of the branches of engine and parsers, the
# least first: configure --enable-coverage, make check, make coverage.
# Parsers are all that read what strangers wrote: files, answers, commands.
COVERED = .*/src/((engine|http|profile|expr|plan|control|import)/|base/(units|text)\.c|stats/(threshold|condition|alert_read|hist)\.c|journal/(line|replay.*|coding|saved)\.c|compare/(read_.*|results)\.c|monitor/(prom|proc_text|scrape)\.c|export/prom_(client|server)\.c|target/(conn|exchange|headers|route|rpc|settings)\.c)
.PHONY: coverage
coverage:
	@ls src/plan/*.gcda >/dev/null 2>&1 || { echo 'nothing was measured here:' \
	  'configure --enable-coverage, make check, then this' >&2; exit 2; }
	@gcovr --root '$(srcdir)' --filter '$(COVERED)' --branches \
	  --exclude-unreachable-branches --sort-percentage .
