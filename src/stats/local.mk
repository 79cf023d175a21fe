libonrush_a_SOURCES += \
	%D%/bound.c %D%/bound.h \
	%D%/custom.h %D%/series.h \
	%D%/gauges.c %D%/gauges.h \
	%D%/hist.c %D%/hist.h \
	%D%/metric.c %D%/metric.h \
	%D%/omission.c %D%/omission.h \
	%D%/pack.c %D%/pack.h \
	%D%/recorder.c %D%/recorder.h \
	%D%/recovery.c %D%/recovery.h \
	%D%/slab.c %D%/slab.h \
	%D%/snapshot.h \
	%D%/threshold.c %D%/threshold.h \
	%D%/timeline.c %D%/timeline.h
