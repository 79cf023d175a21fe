libonrush_a_SOURCES += \
	%D%/boot.c %D%/boot.h %D%/change_points.c \
	%D%/corner.c %D%/corner.h \
	%D%/order.c %D%/order.h \
	%D%/rank.c %D%/rank.h \
	%D%/sample.c %D%/sample.h \
	%D%/trend.c %D%/trend.h \
	%D%/usl.c %D%/usl.h
