libonrush_a_SOURCES += \
	%D%/comparison.h \
	%D%/direction.c %D%/direction.h \
	%D%/read_bench.c \
	%D%/read_run.c \
	%D%/reading.h \
	%D%/results.c %D%/results.h
