libonrush_a_SOURCES += \
	%D%/address.c %D%/address.h \
	%D%/clock.c %D%/clock.h \
	%D%/err.c %D%/err.h \
	%D%/file.c %D%/file.h \
	%D%/mem.c %D%/mem.h \
	%D%/rng.h \
	%D%/secret.c %D%/secret.h \
	%D%/text.c %D%/text.h \
	%D%/units.c %D%/units.h
