libonrush_a_SOURCES += \
	%D%/bars.c \
	%D%/box.c \
	%D%/cells.c %D%/cells.h \
	%D%/chart.c %D%/chart.h \
	%D%/frame.c %D%/frame.h \
	%D%/glyph.c %D%/glyph.h \
	%D%/live.c \
	%D%/panel_charts.c \
	%D%/panel_detail.c \
	%D%/panel_numbers.c \
	%D%/panel_run.c \
	%D%/panels.h \
	%D%/scene.h \
	%D%/theme.c %D%/theme.h \
	%D%/utf8.c %D%/utf8.h \
	%D%/words.c %D%/words.h
