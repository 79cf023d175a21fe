libonrush_a_SOURCES += \
	%D%/prom_client.c %D%/prom_client.h \
	%D%/prom_form.c \
	%D%/prom_k6.c \
	%D%/prom_push.c %D%/prom_push.h \
	%D%/prom_server.c %D%/prom_server.h \
	%D%/prom_text.c %D%/prom_text.h \
	%D%/prom_write.c %D%/prom_write.h
