libonrush_a_SOURCES += \
	%D%/against.c %D%/against.h \
	%D%/arrivals.c %D%/arrivals.h \
	%D%/blocks.c %D%/blocks.h \
	%D%/compared.h \
	%D%/compared_html.c \
	%D%/compared_json.c \
	%D%/compared_md.c \
	%D%/compared_text.c \
	%D%/csv.c \
	%D%/curves.c %D%/curves.h \
	%D%/experiments.c %D%/experiments.h \
	%D%/figures.c %D%/figures.h \
	%D%/flat.c \
	%D%/forms.h \
	%D%/hgrm.c \
	%D%/html.c %D%/html.h \
	%D%/junit.c \
	%D%/k6.c %D%/k6.h \
	%D%/knee.c %D%/knee.h \
	%D%/markdown.c %D%/markdown.h \
	%D%/marker.c %D%/marker.h \
	%D%/monitors.c %D%/monitors.h \
	%D%/out.c %D%/out.h \
	%D%/page.c %D%/page.h \
	%D%/plots.c %D%/plots.h \
	%D%/progress.c \
	%D%/repeated.c %D%/repeated.h \
	%D%/report.h \
	%D%/rundir.c %D%/rundir.h \
	%D%/samples.c %D%/samples.h \
	%D%/save.c %D%/save.h \
	%D%/sections.c \
	%D%/sheet.c %D%/sheet.h \
	%D%/sheet_against.c \
	%D%/sheet_experiments.c \
	%D%/status.c \
	%D%/summary.c \
	%D%/svg.c \
	%D%/text.c \
	%D%/verdicts.c

# The page's sources, and the chart library if configure found it, as string
# literals: octal, for what is minified may hold a trigraph.
PAGE_PARTS = %D%/page_html.inc %D%/page_css.inc %D%/page_js.inc
if HAVE_UPLOT
PAGE_PARTS += %D%/uplot_js.inc %D%/uplot_css.inc %D%/uplot_license.inc
endif
EXTRA_DIST += %D%/page.html %D%/page.css %D%/page.js build-aux/fetch-uplot.sh
CLEANFILES += $(PAGE_PARTS)
EMBED = embed() { $(MKDIR_P) $(@D) && od -An -v -to1 "$$1" | \
	sed -e 's/  */\\/g' -e 's/.*/"&"/' >$@.tmp && mv $@.tmp $@; } && embed
%D%/page_html.inc: %D%/page.html
	$(AM_V_GEN)$(EMBED) $(srcdir)/src/report/page.html
%D%/page_css.inc: %D%/page.css
	$(AM_V_GEN)$(EMBED) $(srcdir)/src/report/page.css
%D%/page_js.inc: %D%/page.js
	$(AM_V_GEN)$(EMBED) $(srcdir)/src/report/page.js
%D%/uplot_js.inc: $(UPLOT_DIR)/uPlot.iife.min.js
	$(AM_V_GEN)$(EMBED) $(UPLOT_DIR)/uPlot.iife.min.js
%D%/uplot_css.inc: $(UPLOT_DIR)/uPlot.min.css
	$(AM_V_GEN)$(EMBED) $(UPLOT_DIR)/uPlot.min.css
%D%/uplot_license.inc: $(UPLOT_DIR)/LICENSE
	$(AM_V_GEN)$(EMBED) $(UPLOT_DIR)/LICENSE
%D%/html.$(OBJEXT): $(PAGE_PARTS)

distclean-local: distclean-uplot
distclean-uplot:
	-rm -rf uplot
.PHONY: distclean-uplot
