libonrush_a_SOURCES += \
	%D%/bars.c \
	%D%/box.c \
	%D%/cells.c %D%/cells.h \
	%D%/chart.c %D%/chart.h \
	%D%/chooser.c %D%/chooser.h \
	%D%/console.c %D%/console.h \
	%D%/console_act.c \
	%D%/console_draw.c \
	%D%/console_form.c \
	%D%/console_filter.c \
	%D%/console_mouse.c \
	%D%/console_own.c \
	%D%/console_palette.c \
	%D%/console_plan.c \
	%D%/console_save.c \
	%D%/console_state.h \
	%D%/console_time.c \
	%D%/dialog.c %D%/dialog.h \
	%D%/draft.c %D%/draft.h \
	%D%/draft_diff.c \
	%D%/editor.c %D%/editor.h \
	%D%/editor_draw.c %D%/editor_figures.c \
	%D%/ending.c \
	%D%/field.c %D%/field.h \
	%D%/form.c %D%/form.h \
	%D%/frame.c %D%/frame.h \
	%D%/glyph.c %D%/glyph.h \
	%D%/help.c \
	%D%/host.h \
	%D%/keybar.c \
	%D%/keyline.c \
	%D%/keys.c %D%/keys.h \
	%D%/keys_bind.c %D%/keys_bind.h \
	%D%/keys_table.c \
	%D%/live.c \
	%D%/look.c %D%/look.h \
	%D%/measured.c %D%/measured.h \
	%D%/panel_axis.c %D%/panel_axis.h \
	%D%/mouse.c %D%/mouse.h \
	%D%/osc52.c %D%/osc52.h \
	%D%/own.c %D%/own.h \
	%D%/palette.c %D%/palette.h \
	%D%/palette_draw.c \
	%D%/paint.c %D%/paint.h \
	%D%/panel_charts.c \
	%D%/panel_detail.c \
	%D%/panel_health.c \
	%D%/panel_interval.c \
	%D%/panel_limit.c %D%/panel_limit.h \
	%D%/panel_limits.c \
	%D%/panel_monitors.c \
	%D%/panel_numbers.c \
	%D%/panel_own.c \
	%D%/panel_request.c %D%/panel_request.h \
	%D%/panel_requests.c \
	%D%/panel_run.c \
	%D%/panel_scenarios.c \
	%D%/panels.h \
	%D%/scene.h \
	%D%/passage.c %D%/passage.h \
	%D%/script.c %D%/script.h \
	%D%/shade.c %D%/shade.h \
	%D%/spectrum.c %D%/spectrum.h \
	%D%/spectrum_box.c %D%/spectrum_box.h \
	%D%/stack.c %D%/stack.h \
	%D%/table.c %D%/table.h \
	%D%/svg.c %D%/svg.h \
	%D%/svg_shape.c \
	%D%/term.c %D%/term.h \
	%D%/term_kind.c %D%/term_kind.h \
	%D%/theme.c %D%/theme.h \
	%D%/theme_table.c \
	%D%/trial.c \
	%D%/stall.c %D%/stall.h \
	%D%/tty.c %D%/tty.h \
	%D%/utf8.c %D%/utf8.h \
	%D%/view.c %D%/view.h \
	%D%/view_errors.c \
	%D%/view_failure.c %D%/view_failure.h \
	%D%/view_limits.c \
	%D%/view_request.c %D%/view_request.h \
	%D%/view_requests.c \
	%D%/view_spectrum.c \
	%D%/views.h \
	%D%/words.c %D%/words.h \
	%D%/words_banner.c \
	%D%/wrap.c %D%/wrap.h
