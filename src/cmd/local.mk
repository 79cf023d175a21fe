libonrush_a_SOURCES += \
	%D%/check.c \
	%D%/cmd.h \
	%D%/ctl.c \
	%D%/options.c %D%/options.h \
	%D%/demo.c \
	%D%/run.c \
	%D%/screen.c %D%/screen.h \
	%D%/session.c %D%/session.h \
	%D%/target.c
