libonrush_a_SOURCES += \
	%D%/alarm.c %D%/alarm.h \
	%D%/answer.c %D%/answer.h \
	%D%/call.c %D%/call.h \
	%D%/conn.c %D%/conn.h \
	%D%/exchange.c %D%/exchange.h \
	%D%/headers.c %D%/headers.h \
	%D%/metrics.c %D%/metrics.h \
	%D%/route.c %D%/route.h \
	%D%/rpc.c %D%/rpc.h \
	%D%/server.c %D%/server.h \
	%D%/services.c %D%/services.h \
	%D%/settings.c %D%/settings.h \
	%D%/shop.c %D%/shop.h \
	%D%/system.c %D%/system.h \
	%D%/target.c %D%/target.h \
	%D%/tasks.c %D%/tasks.h
