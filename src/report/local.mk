libonrush_a_SOURCES += \
	%D%/arrivals.c %D%/arrivals.h \
	%D%/blocks.c %D%/blocks.h \
	%D%/csv.c \
	%D%/figures.c %D%/figures.h \
	%D%/flat.c \
	%D%/forms.h \
	%D%/hgrm.c \
	%D%/junit.c \
	%D%/k6.c %D%/k6.h \
	%D%/marker.c %D%/marker.h \
	%D%/monitors.c %D%/monitors.h \
	%D%/out.c %D%/out.h \
	%D%/page.c %D%/page.h \
	%D%/progress.c \
	%D%/report.h \
	%D%/rundir.c %D%/rundir.h \
	%D%/samples.c %D%/samples.h \
	%D%/save.c %D%/save.h \
	%D%/status.c \
	%D%/summary.c \
	%D%/text.c
libonrush_a_SOURCES += %D%/knee.c %D%/knee.h
