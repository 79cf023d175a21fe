libonrush_a_SOURCES += \
	%D%/comparison.h \
	%D%/results.h
