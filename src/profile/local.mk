libonrush_a_SOURCES += \
	%D%/carry.c %D%/carry.h \
	%D%/command.c %D%/command.h \
	%D%/flow.c %D%/flow.h \
	%D%/keys.c %D%/keys.h \
	%D%/keys_request.c %D%/keys_request.h \
	%D%/keys_scenario.c %D%/keys_scenario.h \
	%D%/keys_target.c %D%/keys_target.h \
	%D%/profile.c %D%/profile.h \
	%D%/request.h %D%/scenario.h %D%/target.h \
	%D%/reader.c %D%/reader.h \
	%D%/vars.c %D%/vars.h
