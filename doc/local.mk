# The manual pages are made while building, by a program that walks the same
# tables as onrush itself. They are not distributed: they cost a second.
noinst_PROGRAMS = %D%/gen-manual
doc_gen_manual_SOURCES = %D%/gen-manual.c
doc_gen_manual_LDADD = $(ONRUSH_LIBS)

MANUAL = %D%/onrush.1 %D%/onrush-profile.5
CLEANFILES += $(MANUAL)
EXTRA_DIST += %D%/onrush.1.in %D%/onrush-profile.5.in

# A program for another machine cannot run here.
if !CROSS_COMPILING
nodist_man_MANS = $(MANUAL)
endif

GENERATE_MANUAL = $(AM_V_GEN)%D%/gen-manual$(EXEEXT) $(srcdir)/$@.in >$@.raw \
	&& sed -e 's|@PKGDATADIR@|$(pkgdatadir)|' \
		-e 's|@DOCDIR@|$(docdir)|' $@.raw >$@.tmp \
	&& rm $@.raw && mv $@.tmp $@
%D%/onrush.1: %D%/onrush.1.in %D%/gen-manual$(EXEEXT)
	$(GENERATE_MANUAL)
%D%/onrush-profile.5: %D%/onrush-profile.5.in %D%/gen-manual$(EXEEXT)
	$(GENERATE_MANUAL)

dist_doc_DATA = CONTRIBUTING NEWS README \
	%D%/architecture.md \
	%D%/faults.md \
	%D%/compare.md \
	%D%/console.md \
	%D%/experiments.md \
	%D%/export.md \
	%D%/history.md \
	%D%/journal.md \
	%D%/performance.md \
	%D%/recovery.md \
	%D%/summary.md \
	%D%/summary.schema.json \
	%D%/trust.md
cidir = $(docdir)/ci
dist_ci_DATA = %D%/ci/README.md %D%/ci/github-actions.yml \
	%D%/ci/gitlab-ci.yml
prometheusdir = $(docdir)/prometheus
dist_prometheus_DATA = %D%/prometheus/onrush.rules.yml \
	%D%/prometheus/prometheus.yml
grafanadir = $(docdir)/grafana
dist_grafana_DATA = %D%/grafana/onrush.json
screensdir = $(docdir)/screens
dist_screens_DATA = %D%/screens/live.svg %D%/screens/spectrogram.svg \
	%D%/screens/omission.svg %D%/screens/report.png \
	%D%/screens/stages.svg

TESTS += %D%/checkmanual.sh
TESTS += %D%/checktrust.sh
dist_check_SCRIPTS += %D%/checkmanual.sh
dist_check_SCRIPTS += %D%/checktrust.sh
