libonrush_a_SOURCES += \
	%D%/carry.c %D%/carry.h \
	%D%/change.c %D%/change.h \
	%D%/data.c %D%/data.h \
	%D%/command.c %D%/command.h \
	%D%/flow.c %D%/flow.h \
	%D%/index.c %D%/index.h \
	%D%/items.c %D%/items.h \
	%D%/keys.c %D%/keys.h \
	%D%/keys_answer.c %D%/keys_answer.h \
	%D%/keys_compare.c %D%/keys_compare.h \
	%D%/keys_data.c %D%/keys_data.h \
	%D%/keys_event.c %D%/keys_event.h \
	%D%/keys_request.c %D%/keys_request.h \
	%D%/keys_scenario.c %D%/keys_scenario.h \
	%D%/keys_monitor.c %D%/keys_monitor.h \
	%D%/keys_target.c %D%/keys_target.h \
	%D%/monitor_gauges.c %D%/monitor_gauges.h \
	%D%/monitor_spec.h \
	%D%/profile.c %D%/profile.h \
	%D%/request.h %D%/scenario.h %D%/target.h \
	%D%/scope.c %D%/scope.h \
	%D%/secrets.c %D%/secrets.h \
	%D%/plans.c %D%/plans.h \
	%D%/print.c \
	%D%/print_tuned.c %D%/print_tuned.h \
	%D%/stages.c %D%/stages.h \
	%D%/think.c \
	%D%/reader.c %D%/reader.h \
	%D%/vars.c %D%/vars.h
