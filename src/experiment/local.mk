libonrush_a_SOURCES += \
	%D%/finder.c %D%/finder.h \
	%D%/goal.c %D%/goal.h \
	%D%/repeat.c %D%/repeat.h \
	%D%/scale.c %D%/scale.h \
	%D%/steer.c %D%/steer.h
