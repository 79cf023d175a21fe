AM_CPPFLAGS += $(CMOCKA_CFLAGS)

# A cmocka program for each: tests/unit/test_NAME.c
UNIT_TESTS += tests/unit/test_hist
tests_unit_test_hist_SOURCES = %D%/test_hist.c %D%/unit.h
tests_unit_test_hist_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_plan
tests_unit_test_plan_SOURCES = %D%/test_plan.c %D%/unit.h
tests_unit_test_plan_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_wheel
tests_unit_test_wheel_SOURCES = %D%/test_wheel.c %D%/unit.h
tests_unit_test_wheel_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_report
tests_unit_test_report_SOURCES = %D%/test_report.c \
	%D%/report_run.c %D%/report_run.h %D%/unit.h
tests_unit_test_report_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_report_text
tests_unit_test_report_text_SOURCES = %D%/test_report_text.c \
	%D%/report_run.c %D%/report_run.h %D%/unit.h
tests_unit_test_report_text_LDADD = $(UNIT_LIBS)
EXTRA_DIST += \
	%D%/golden/report-100.txt \
	%D%/golden/report-56-ascii.txt \
	%D%/golden/report-empty.txt

UNIT_TESTS += tests/unit/test_rundir
tests_unit_test_rundir_SOURCES = %D%/test_rundir.c \
	%D%/report_run.c %D%/report_run.h %D%/unit.h
tests_unit_test_rundir_LDADD = $(UNIT_LIBS)
