libonrush_a_SOURCES += \
	%D%/aim.c %D%/aim.h \
	%D%/allow.c %D%/allow.h \
	%D%/against.c %D%/against.h \
	%D%/baseline.c %D%/baseline.h \
	%D%/baselines.c \
	%D%/begin.c %D%/begin.h \
	%D%/check.c \
	%D%/cmd.h \
	%D%/compare.c \
	%D%/compare_rules.c %D%/compare_rules.h \
	%D%/config.c %D%/config.h \
	%D%/ctl.c \
	%D%/open.c \
	%D%/options.c %D%/options.h \
	%D%/options_table.c %D%/options_table.h \
	%D%/options_values.c \
	%D%/demo.c \
	%D%/earlier.c %D%/earlier.h \
	%D%/exporting.c %D%/exporting.h \
	%D%/files.c %D%/files.h \
	%D%/find.c \
	%D%/gate.c \
	%D%/history.c \
	%D%/import.c \
	%D%/init.c %D%/init.h \
	%D%/keep.c %D%/keep.h \
	%D%/lookup.c %D%/lookup.h \
	%D%/outlet.c %D%/outlet.h \
	%D%/outline.c %D%/outline.h \
	%D%/output.c %D%/output.h \
	%D%/repeat.c %D%/repeat.h \
	%D%/past.c %D%/past.h \
	%D%/past_list.c %D%/past_list.h \
	%D%/run.c \
	%D%/scale.c \
	%D%/saving.c %D%/saving.h \
	%D%/screen.c %D%/screen.h \
	%D%/session.c %D%/session.h \
	%D%/target.c \
	%D%/usage.c %D%/usage.h \
	%D%/trend.c \
	%D%/trend_chart.c \
	%D%/trend_found.c %D%/trend_found.h \
	%D%/undisturbed.h

# One string literal a line of a profile: { "load", "..." },
INIT_TEXTS = %D%/init_texts.inc
CLEANFILES += $(INIT_TEXTS)
$(INIT_TEXTS): $(INIT_PROFILES)
	$(AM_V_GEN)$(MKDIR_P) $(@D) && for f in $(INIT_PROFILES); do \
		name=`basename $$f .ini` && echo "{ \"$$name\"," && \
		sed -e 's/[\\"]/\\&/g' -e 's/.*/"&\\n"/' "$(srcdir)/$$f" && \
		echo '},' || exit 1; \
	done >$@.tmp && mv $@.tmp $@
%D%/init.$(OBJEXT): $(INIT_TEXTS)
