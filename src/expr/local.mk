libonrush_a_SOURCES += \
	%D%/expr.c %D%/expr.h \
	%D%/lex.c %D%/lex.h
