libonrush_a_SOURCES += \
	%D%/coding.c %D%/coding.h \
	%D%/journal.c %D%/journal.h \
	%D%/line.c %D%/line.h \
	%D%/print.c %D%/print.h \
	%D%/print_examples.c \
	%D%/print_head.c \
	%D%/replay.c %D%/replay.h \
	%D%/replay_examples.c \
	%D%/replay_head.c \
	%D%/replay_levels.c \
	%D%/replay_state.h \
	%D%/saved.c %D%/saved.h
