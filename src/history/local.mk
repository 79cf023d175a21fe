libonrush_a_SOURCES += \
	%D%/add.c \
	%D%/history.c %D%/history.h \
	%D%/list.c \
	%D%/schema.c \
	%D%/store.c %D%/store.h
