libonrush_a_SOURCES += \
	%D%/host.c %D%/host.h \
	%D%/monitor.c %D%/monitor.h \
	%D%/post.c %D%/post.h \
	%D%/proc_file.c %D%/proc_file.h \
	%D%/proc_text.c %D%/proc_text.h \
	%D%/process.c %D%/process.h \
	%D%/prom.c %D%/prom.h \
	%D%/scrape.c %D%/scrape.h \
	%D%/watch.c %D%/watch.h
