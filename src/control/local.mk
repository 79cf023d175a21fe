libonrush_a_SOURCES += \
	%D%/ceiling.c %D%/ceiling.h \
	%D%/event.c %D%/event.h \
	%D%/socket.c %D%/socket.h \
	%D%/source.h \
	%D%/steps.c %D%/steps.h \
	%D%/tuning.c %D%/tuning.h \
	%D%/verb_scenario.c %D%/verb_scenario.h \
	%D%/verb_tune.c %D%/verb_tune.h \
	%D%/verb_words.c %D%/verb_words.h \
	%D%/verbs.c %D%/verbs.h \
	%D%/wheel.c %D%/wheel.h
