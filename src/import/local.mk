libonrush_a_SOURCES += \
	%D%/artillery.c %D%/artillery.h \
	%D%/artillery_flow.c \
	%D%/curl.c %D%/curl.h \
	%D%/curl_options.c \
	%D%/sketch.c %D%/sketch.h \
	%D%/finish.c \
	%D%/har.c \
	%D%/import.c %D%/import.h \
	%D%/js.c %D%/js.h \
	%D%/js_eval.c \
	%D%/js_lex.c %D%/js_lex.h \
	%D%/js_method.c \
	%D%/js_ops.c \
	%D%/js_walk.c \
	%D%/k6.c \
	%D%/k6_calls.c \
	%D%/k6_options.c \
	%D%/log.c \
	%D%/marked.c %D%/marked.h \
	%D%/print.c %D%/print.h \
	%D%/shell.c %D%/shell.h \
	%D%/yaml_tree.c %D%/yaml_tree.h
