libonrush_a_SOURCES += \
	%D%/expr.c %D%/expr.h \
	%D%/json.c %D%/json.h \
	%D%/lex.c %D%/lex.h \
	%D%/node.h \
	%D%/number.c %D%/number.h \
	%D%/parse.c \
	%D%/regex.c %D%/regex.h
