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

UNIT_TESTS += tests/unit/test_cells
tests_unit_test_cells_SOURCES = %D%/test_cells.c %D%/unit.h
tests_unit_test_cells_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_chart
tests_unit_test_chart_SOURCES = %D%/test_chart.c %D%/unit.h
tests_unit_test_chart_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_live
tests_unit_test_live_SOURCES = %D%/test_live.c %D%/fake_run.c %D%/fake_run.h %D%/unit.h
tests_unit_test_live_LDADD = $(UNIT_LIBS)
EXTRA_DIST += %D%/screens
