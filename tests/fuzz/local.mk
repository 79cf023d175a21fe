# What harnesses look for: inputs that break parsers. Each is a program of make
# check, with smoke.c for its main (the corpus, and some mutations of it), and
# of make fuzz, with libFuzzer's (run.sh).
# A harness more: tests/fuzz/fuzz_NAME.c, its seeds in tests/fuzz/corpus/NAME,
# if any NAME.dict (words) and NAME.seeds (further folders), and its lines here.
EXTRA_DIST += %D%/run.sh %D%/corpus
EXTRA_DIST += %D%/control.dict
EXTRA_DIST += %D%/expr.dict
EXTRA_DIST += %D%/journal.dict
EXTRA_DIST += %D%/json.dict
EXTRA_DIST += %D%/profile.dict
EXTRA_DIST += %D%/profile.seeds
EXTRA_DIST += %D%/import.seeds

check_LIBRARIES = tests/fuzz/libsmoke.a
tests_fuzz_libsmoke_a_SOURCES = %D%/smoke.c %D%/fuzz.h
FUZZ_MAIN = tests/fuzz/libsmoke.a
FUZZ_LIBS = $(FUZZ_MAIN) $(ONRUSH_LIBS)
FUZZ_TESTS =

FUZZ_TESTS += tests/fuzz/fuzz_data
tests_fuzz_fuzz_data_SOURCES = %D%/fuzz_data.c
tests_fuzz_fuzz_data_LDADD = $(FUZZ_LIBS)
FUZZ_TESTS += tests/fuzz/fuzz_expr
tests_fuzz_fuzz_expr_SOURCES = %D%/fuzz_expr.c
tests_fuzz_fuzz_expr_LDADD = $(FUZZ_LIBS)
FUZZ_TESTS += tests/fuzz/fuzz_import
tests_fuzz_fuzz_import_SOURCES = %D%/fuzz_import.c
tests_fuzz_fuzz_import_LDADD = $(FUZZ_LIBS)
FUZZ_TESTS += tests/fuzz/fuzz_journal
tests_fuzz_fuzz_journal_SOURCES = %D%/fuzz_journal.c
tests_fuzz_fuzz_journal_LDADD = $(FUZZ_LIBS)
FUZZ_TESTS += tests/fuzz/fuzz_json
tests_fuzz_fuzz_json_SOURCES = %D%/fuzz_json.c
tests_fuzz_fuzz_json_LDADD = $(FUZZ_LIBS)
FUZZ_TESTS += tests/fuzz/fuzz_profile
tests_fuzz_fuzz_profile_SOURCES = %D%/fuzz_profile.c
tests_fuzz_fuzz_profile_LDADD = $(FUZZ_LIBS)
FUZZ_TESTS += tests/fuzz/fuzz_results
tests_fuzz_fuzz_results_SOURCES = %D%/fuzz_results.c
tests_fuzz_fuzz_results_LDADD = $(FUZZ_LIBS)
FUZZ_LANES = %D%/lanes.c %D%/lanes.h %D%/fake_link.c %D%/fake_link.h
FUZZ_TESTS += tests/fuzz/fuzz_wire
tests_fuzz_fuzz_wire_SOURCES = %D%/fuzz_wire.c $(FUZZ_LANES)
tests_fuzz_fuzz_wire_LDADD = $(FUZZ_LIBS)
FUZZ_TESTS += tests/fuzz/fuzz_h2
tests_fuzz_fuzz_h2_SOURCES = %D%/fuzz_h2.c $(FUZZ_LANES)
tests_fuzz_fuzz_h2_LDADD = $(FUZZ_LIBS)
FUZZ_TESTS += tests/fuzz/fuzz_control
tests_fuzz_fuzz_control_SOURCES = %D%/fuzz_control.c %D%/clean.h
tests_fuzz_fuzz_control_LDADD = $(FUZZ_LIBS)
FUZZ_TESTS += tests/fuzz/fuzz_text
tests_fuzz_fuzz_text_SOURCES = %D%/fuzz_text.c %D%/clean.h
tests_fuzz_fuzz_text_LDADD = $(FUZZ_LIBS)
FUZZ_TESTS += tests/fuzz/fuzz_response
tests_fuzz_fuzz_response_SOURCES = %D%/fuzz_response.c
tests_fuzz_fuzz_response_LDADD = $(FUZZ_LIBS)
FUZZ_TESTS += tests/fuzz/fuzz_target
tests_fuzz_fuzz_target_SOURCES = %D%/fuzz_target.c
tests_fuzz_fuzz_target_LDADD = $(FUZZ_LIBS)
FUZZ_TESTS += tests/fuzz/fuzz_monitor
tests_fuzz_fuzz_monitor_SOURCES = %D%/fuzz_monitor.c %D%/clean.h
tests_fuzz_fuzz_monitor_LDADD = $(FUZZ_LIBS)
FUZZ_TESTS += tests/fuzz/fuzz_words
tests_fuzz_fuzz_words_SOURCES = %D%/fuzz_words.c
tests_fuzz_fuzz_words_LDADD = $(FUZZ_LIBS)

check_PROGRAMS += $(FUZZ_TESTS)
TESTS += $(FUZZ_TESTS)

.PHONY: fuzz
fuzz:
	@SRC='$(abs_srcdir)' MAKE='$(MAKE)' FUZZ_SECONDS='$(FUZZ_SECONDS)' \
	FUZZERS='$(FUZZERS)' ALL='$(FUZZ_TESTS)' \
	sh '$(srcdir)/tests/fuzz/run.sh'

clean-local: clean-fuzz
.PHONY: clean-fuzz
clean-fuzz:
	rm -rf fuzz fuzz_*.input
