# Every test is a TAP producer: cmocka programs and scripts.
TEST_EXTENSIONS = .sh .py
LOG_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
SH_LOG_DRIVER = $(LOG_DRIVER)
PY_LOG_DRIVER = $(LOG_DRIVER)
PY_LOG_COMPILER = $(PYTHON3)
AM_TESTS_ENVIRONMENT = CMOCKA_MESSAGE_OUTPUT=TAP; export CMOCKA_MESSAGE_OUTPUT; \
	ONRUSH='$(abs_top_builddir)/onrush'; export ONRUSH; \
	BAD_SERVER='$(abs_top_builddir)/tests/trust/bad_server'; export BAD_SERVER; \
	TESTS_SRC='$(abs_top_srcdir)/tests'; export TESTS_SRC; \
	LC_ALL=C.UTF-8; export LC_ALL;

UNIT_LIBS = $(ONRUSH_LIBS) $(CMOCKA_LIBS)
UNIT_TESTS =

if HAVE_CMOCKA
include tests/unit/local.mk
endif

if HAVE_PYTHON3
include tests/screen/local.mk
include tests/trust/local.mk
endif

check_PROGRAMS += $(UNIT_TESTS)
TESTS += $(UNIT_TESTS)

TESTS += tests/checkrooms.sh
dist_check_SCRIPTS += tests/checkrooms.sh

include tests/bench/local.mk
include tests/fuzz/local.mk

# Black box: the built program, with Debian's python3.
if HAVE_PYTHON3
CLI_TESTS = tests/cli/test_alerts.py \
	tests/cli/test_broken.py tests/cli/test_cli.py \
	tests/cli/test_compare.py \
	tests/cli/test_curl.py tests/cli/test_curl_faults.py \
	tests/cli/test_errors.py tests/cli/test_exec.py \
	tests/cli/test_experiments.py tests/cli/test_experiments_console.py \
	tests/cli/test_findings.py \
	tests/cli/test_forms.py tests/cli/test_four_ways.py \
	tests/cli/test_history.py \
	tests/cli/test_html.py tests/cli/test_import.py \
	tests/cli/test_limits.py \
	tests/cli/test_monitor.py tests/cli/test_open.py tests/cli/test_operator.py \
	tests/cli/test_pipelines.py tests/cli/test_ports.py \
	tests/cli/test_prometheus.py tests/cli/test_recovery.py \
	tests/cli/test_replay.py tests/cli/test_saving.py \
	tests/cli/test_scenarios.py tests/cli/test_schema.py \
	tests/cli/test_settings.py \
	tests/cli/test_story.py tests/cli/test_target.py \
	tests/cli/test_vars.py tests/cli/test_wires.py
TESTS += $(CLI_TESTS)
dist_check_SCRIPTS += $(CLI_TESTS)
EXTRA_DIST += tests/broken tests/cli/onrush.rules.test.yml tests/cli/servers.py \
	tests/cli/tap.py tests/cli/timed.py
endif
