libonrush_a_SOURCES += \
	%D%/check.c \
	%D%/cmd.h \
	%D%/ctl.c \
	%D%/options.c %D%/options.h \
	%D%/run.c
