libonrush_a_SOURCES += \
	%D%/bars.c \
	%D%/box.c \
	%D%/cells.c %D%/cells.h \
	%D%/chart.c %D%/chart.h \
	%D%/console.c %D%/console.h \
	%D%/console_act.c \
	%D%/console_draw.c \
	%D%/console_form.c \
	%D%/console_plan.c \
	%D%/console_state.h \
	%D%/dialog.c %D%/dialog.h \
	%D%/draft.c %D%/draft.h \
	%D%/draft_diff.c \
	%D%/editor.c %D%/editor.h \
	%D%/editor_draw.c \
	%D%/ending.c \
	%D%/field.c %D%/field.h \
	%D%/form.c %D%/form.h \
	%D%/frame.c %D%/frame.h \
	%D%/glyph.c %D%/glyph.h \
	%D%/help.c \
	%D%/host.h \
	%D%/keyline.c \
	%D%/keys.c %D%/keys.h \
	%D%/keys_table.c \
	%D%/live.c \
	%D%/look.c %D%/look.h \
	%D%/panel_charts.c \
	%D%/panel_detail.c \
	%D%/panel_health.c \
	%D%/panel_limits.c \
	%D%/panel_monitors.c \
	%D%/panel_numbers.c \
	%D%/panel_own.c \
	%D%/panel_requests.c \
	%D%/panel_run.c \
	%D%/panel_scenarios.c \
	%D%/panels.h \
	%D%/scene.h \
	%D%/script.c %D%/script.h \
	%D%/term.c %D%/term.h \
	%D%/theme.c %D%/theme.h \
	%D%/trial.c \
	%D%/utf8.c %D%/utf8.h \
	%D%/view.c %D%/view.h \
	%D%/view_errors.c \
	%D%/view_limits.c \
	%D%/view_requests.c \
	%D%/view_spectrum.c \
	%D%/views.h \
	%D%/words.c %D%/words.h \
	%D%/words_banner.c \
	%D%/wrap.c %D%/wrap.h
