libonrush_a_SOURCES += \
	%D%/curl.c %D%/curl.h \
	%D%/curl_options.c \
	%D%/sketch.c %D%/sketch.h \
	%D%/finish.c \
	%D%/har.c \
	%D%/import.c %D%/import.h \
	%D%/log.c \
	%D%/marked.c %D%/marked.h \
	%D%/print.c %D%/print.h \
	%D%/shell.c %D%/shell.h
