libonrush_a_SOURCES += \
	%D%/alarm.c %D%/alarm.h \
	%D%/answer.c %D%/answer.h \
	%D%/conn.c %D%/conn.h \
	%D%/exchange.c %D%/exchange.h \
	%D%/route.c %D%/route.h \
	%D%/server.c %D%/server.h \
	%D%/settings.c %D%/settings.h \
	%D%/system.c %D%/system.h \
	%D%/target.c %D%/target.h
