# What is asked of the program's speed, measured beside its peers; not part
# of make check. BENCH_FLAGS="--only open,tls --rounds 3"
BENCH_BUILT = tests/bench/micro tests/bench/delay_server
EXTRA_PROGRAMS = $(BENCH_BUILT)
CLEANFILES += $(BENCH_BUILT)

tests_bench_micro_SOURCES = %D%/micro.c %D%/micro.h %D%/micro_day.c \
	%D%/micro_frame.c %D%/micro_history.c %D%/micro_page.c %D%/micro_spectrum.c \
	tests/unit/fake_run.c tests/unit/fake_run.h \
	tests/unit/fake_source.c tests/unit/fake_source.h
tests_bench_micro_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests/unit
tests_bench_micro_LDADD = $(ONRUSH_LIBS)
tests_bench_delay_server_SOURCES = %D%/delay_server.c

EXTRA_DIST += %D%/bench.py %D%/clients.py %D%/lines_own.py \
	%D%/lines_ratio.py %D%/lines_time.py %D%/machine.py %D%/procs.py %D%/regression.py \
	%D%/servers.py %D%/table.py %D%/terminal.py

# Its parsers and verdicts are tested without any peer.
if HAVE_PYTHON3
TESTS += tests/bench/selftest.py
dist_check_SCRIPTS += tests/bench/selftest.py
endif

.PHONY: bench
bench: onrush $(BENCH_BUILT)
	ONRUSH=./onrush $(PYTHON3) $(srcdir)/tests/bench/bench.py $(BENCH_FLAGS)
