libonrush_a_SOURCES += \
	%D%/history.h
