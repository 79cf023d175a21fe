# libFuzzer looks for inputs that break parsers; not part of make check.
# A harness more: tests/fuzz/fuzz_NAME.c, seeds, and a line in run.sh.
EXTRA_DIST += %D%/run.sh %D%/fuzz_data.c %D%/fuzz_expr.c %D%/fuzz_import.c %D%/fuzz_journal.c %D%/fuzz_json.c %D%/fuzz_profile.c %D%/fuzz_results.c %D%/expr.dict \
	%D%/journal.dict %D%/json.dict %D%/profile.dict %D%/corpus

FUZZ_LIBS = $(GSL_LIBS) $(UV_LIBS) $(INIH_LIBS) $(JANSSON_LIBS) $(PCRE2_LIBS) $(YAML_LIBS) \
	$(ZLIB_LIBS) $(CSV_LIBS) -lm -pthread

.PHONY: fuzz
fuzz: config.h
	@SRC='$(srcdir)' FUZZ_SECONDS='$(FUZZ_SECONDS)' FUZZERS='$(FUZZERS)' \
	FUZZ_FLAGS='$(DEFS) -I. $(AM_CPPFLAGS)' \
	FUZZ_LIBS='$(FUZZ_LIBS)' \
	sh '$(srcdir)/tests/fuzz/run.sh'

clean-local: clean-fuzz
.PHONY: clean-fuzz
clean-fuzz:
	rm -rf fuzz
