libonrush_a_SOURCES += \
	%D%/boot.h \
	%D%/rank.h \
	%D%/sample.h \
	%D%/trend.h \
	%D%/usl.h
