libonrush_a_SOURCES += \
	%D%/bars.c \
	%D%/box.c \
	%D%/cells.c %D%/cells.h \
	%D%/chart.c %D%/chart.h \
	%D%/glyph.c %D%/glyph.h \
	%D%/scene.h \
	%D%/theme.c %D%/theme.h \
	%D%/utf8.c %D%/utf8.h \
	%D%/words.c %D%/words.h
