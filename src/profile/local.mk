libonrush_a_SOURCES += \
	%D%/carry.c %D%/carry.h \
	%D%/flow.c %D%/flow.h \
	%D%/keys.c %D%/keys.h \
	%D%/keys_monitor.c %D%/keys_monitor.h \
	%D%/keys_target.c %D%/keys_target.h \
	%D%/monitor_spec.h \
	%D%/profile.c %D%/profile.h \
	%D%/reader.c %D%/reader.h \
	%D%/vars.c %D%/vars.h
