libonrush_a_SOURCES += \
	%D%/cmd.h \
	%D%/target.c
