libonrush_a_SOURCES += \
	%D%/boot.c %D%/boot.h \
	%D%/order.c %D%/order.h \
	%D%/rank.c %D%/rank.h \
	%D%/sample.c %D%/sample.h \
	%D%/trend.h \
	%D%/usl.h
