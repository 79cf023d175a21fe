libonrush_a_SOURCES += \
	%D%/alert.c %D%/alert.h %D%/alert_read.c \
	%D%/bands.c %D%/bands.h \
	%D%/bound.c %D%/bound.h \
	%D%/custom.h %D%/series.h \
	%D%/example.h %D%/failures.c %D%/failures.h \
	%D%/gauges.c %D%/gauges.h \
	%D%/condition.c %D%/condition.h \
	%D%/custom.c %D%/custom.h \
	%D%/hist.c %D%/hist.h \
	%D%/kind.h \
	%D%/metric.c %D%/metric.h \
	%D%/modes.c %D%/modes.h \
	%D%/omission.c %D%/omission.h \
	%D%/overhead.c %D%/overhead.h \
	%D%/pack.c %D%/pack.h \
	%D%/recorder.c %D%/recorder.h \
	%D%/recovery.c %D%/recovery.h \
	%D%/selection.c %D%/selection.h \
	%D%/series.h \
	%D%/slab.c %D%/slab.h \
	%D%/snapshot.h \
	%D%/stall.c %D%/stall.h \
	%D%/threshold.c %D%/threshold.h \
	%D%/timeline.c %D%/timeline.h \
	%D%/verdicts.c %D%/verdicts.h
libonrush_a_SOURCES += %D%/knee.c %D%/knee.h \
	%D%/finding.c %D%/finding.h \
	%D%/findings.c %D%/findings.h %D%/findings_state.h \
	%D%/findings_limits.c %D%/findings_load.c %D%/findings_odd.c
