libonrush_a_SOURCES += \
	%D%/arrivals.c %D%/arrivals.h \
	%D%/course.c %D%/course.h \
	%D%/crew.c %D%/crew.h \
	%D%/call.c %D%/call.h \
	%D%/cpus.c %D%/cpus.h \
	%D%/due_timer.c %D%/due_timer.h \
	%D%/engine.c %D%/engine.h \
	%D%/health.c %D%/health.h \
	%D%/limits.c %D%/limits.h \
	%D%/machine.c %D%/machine.h \
	%D%/mailbox.c %D%/mailbox.h \
	%D%/notes.c %D%/notes.h \
	%D%/record.c %D%/record.h \
	%D%/shared.c %D%/shared.h \
	%D%/vu.c %D%/vu.h \
	%D%/worker.c %D%/worker.h
