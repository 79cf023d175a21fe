libonrush_a_SOURCES += \
	%D%/finder.c %D%/finder.h \
	%D%/goal.c %D%/goal.h \
	%D%/steer.c %D%/steer.h
