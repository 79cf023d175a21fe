libonrush_a_SOURCES += \
	%D%/proc_text.c %D%/proc_text.h \
	%D%/prom.c %D%/prom.h
