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

UNIT_TESTS += tests/unit/test_console
tests_unit_test_console_SOURCES = %D%/test_console.c $(CONSOLE_FAKES)
tests_unit_test_console_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_editor
tests_unit_test_editor_SOURCES = %D%/test_editor.c $(CONSOLE_FAKES)
tests_unit_test_editor_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_script
tests_unit_test_script_SOURCES = %D%/test_script.c %D%/unit.h
tests_unit_test_script_LDADD = $(UNIT_LIBS)

CONSOLE_FAKES = %D%/fake_run.c %D%/fake_run.h %D%/fake_source.c \
	%D%/fake_source.h %D%/golden.c %D%/golden.h %D%/unit.h
