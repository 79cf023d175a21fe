libonrush_a_SOURCES += \
	%D%/comparison.c %D%/comparison.h \
	%D%/direction.c %D%/direction.h \
	%D%/noise.c %D%/noise.h \
	%D%/plans.c %D%/plans.h \
	%D%/read_bench.c \
	%D%/read_run.c \
	%D%/reading.h \
	%D%/results.c %D%/results.h \
	%D%/rules.c %D%/rules.h
