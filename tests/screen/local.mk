# The console on a pseudo-terminal, over a run that never happened.
check_PROGRAMS += tests/screen/console_demo
tests_screen_console_demo_SOURCES = %D%/console_demo.c \
	tests/unit/fake_run.c tests/unit/fake_run.h \
	tests/unit/fake_source.c tests/unit/fake_source.h
tests_screen_console_demo_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests/unit
tests_screen_console_demo_LDADD = $(ONRUSH_LIBS)
TESTS += tests/screen/test_term.py
dist_check_SCRIPTS += tests/screen/test_term.py
