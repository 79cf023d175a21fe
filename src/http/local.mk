# llhttp: where pkg-config does not know it, its three C files are copied
# into the build tree and built there, without our warnings.
if BUNDLE_LLHTTP
noinst_LIBRARIES += libllhttp.a
nodist_libllhttp_a_SOURCES = llhttp/api.c llhttp/http.c llhttp/llhttp.c
libllhttp_a_CPPFLAGS = -I$(builddir)/llhttp
libllhttp_a_CFLAGS = $(HARDEN_CFLAGS) -w
PARSER_LIB = libllhttp.a
BUILT_SOURCES = llhttp/llhttp.h
CLEANFILES += llhttp/api.c llhttp/http.c llhttp/llhttp.c llhttp/llhttp.h

llhttp/llhttp.h: $(LLHTTP_INCLUDE)/llhttp.h
	$(AM_V_GEN)$(MKDIR_P) llhttp && cp "$(LLHTTP_INCLUDE)/llhttp.h" $@
llhttp/api.c llhttp/http.c llhttp/llhttp.c: llhttp/llhttp.h
	$(AM_V_GEN)cp "$(LLHTTP_SOURCE)/$(@F)" $@
# Also when one library or object is asked for by name.
$(libonrush_a_OBJECTS): | llhttp/llhttp.h
else
PARSER_LIB =
endif

libonrush_a_SOURCES += \
	%D%/again.h \
	%D%/conn.c %D%/conn.h \
	%D%/deadlines.h \
	%D%/dialer.c %D%/dialer.h \
	%D%/encode.c %D%/encode.h \
	%D%/exchange.h \
	%D%/fields.c %D%/fields.h \
	%D%/h2.c %D%/h2.h \
	%D%/h2_conn.c %D%/h2_conn.h %D%/h2_session.c \
	%D%/gate.h \
	%D%/guard.c %D%/guard.h \
	%D%/head.c %D%/head.h \
	%D%/judge.c %D%/judge.h \
	%D%/link.c %D%/link.h \
	%D%/multi.c %D%/multi.h \
	%D%/process.c %D%/process.h \
	%D%/queue.h \
	%D%/reach.c %D%/reach.h \
	%D%/response.c %D%/response.h \
	%D%/template.c %D%/template.h \
	%D%/stamps.c %D%/stamps.h \
	%D%/tls.c %D%/tls.h \
	%D%/transfer.c %D%/transfer.h \
	%D%/transfer_fail.c %D%/transfer_fail.h \
	%D%/transfer_guard.c %D%/transfer_jar.c %D%/transfer_jar.h %D%/transfer_lane.h %D%/transfer_options.c %D%/transfer_verdict.c \
	%D%/transport.c %D%/transport.h \
	%D%/values.c %D%/values.h \
	%D%/wire.c %D%/wire.h
