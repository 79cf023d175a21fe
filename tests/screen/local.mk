# The console on a pseudo-terminal, over a run that never happened.
check_PROGRAMS += tests/screen/console_demo
tests_screen_console_demo_SOURCES = %D%/console_demo.c \
	tests/unit/fake_run.c tests/unit/fake_run.h \
	tests/unit/fake_source.c tests/unit/fake_source.h
tests_screen_console_demo_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests/unit
tests_screen_console_demo_LDADD = $(ONRUSH_LIBS)
# The names of all keys, for test_under_load.py.
check_PROGRAMS += tests/screen/keys_table
tests_screen_keys_table_SOURCES = %D%/keys_table.c
tests_screen_keys_table_LDADD = $(ONRUSH_LIBS)
SCREEN_TESTS = tests/screen/test_term.py tests/screen/test_under_load.py \
	tests/screen/test_views.py
TESTS += $(SCREEN_TESTS)
dist_check_SCRIPTS += $(SCREEN_TESTS)
EXTRA_DIST += tests/screen/pty_screen.py tests/screen/golden
EXTRA_DIST += tests/screen/need_pyte.py
