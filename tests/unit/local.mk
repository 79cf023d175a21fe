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

UNIT_TESTS += tests/unit/test_tuning
tests_unit_test_tuning_SOURCES = %D%/test_tuning.c \
	%D%/engine_run.c %D%/engine_run.h %D%/unit.h
tests_unit_test_tuning_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_replay
tests_unit_test_replay_SOURCES = %D%/test_replay.c %D%/unit.h
tests_unit_test_replay_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_profile
tests_unit_test_profile_SOURCES = %D%/test_profile.c %D%/unit.h
tests_unit_test_profile_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_saved
tests_unit_test_saved_SOURCES = %D%/test_saved.c %D%/unit.h
tests_unit_test_saved_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_engine
tests_unit_test_engine_SOURCES = %D%/test_engine.c \
	%D%/engine_run.c %D%/engine_run.h \
	%D%/tls_server.c %D%/tls_server.h %D%/unit.h
tests_unit_test_engine_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_failures
tests_unit_test_failures_SOURCES = %D%/test_failures.c %D%/unit.h
tests_unit_test_failures_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_capture
tests_unit_test_capture_SOURCES = %D%/test_capture.c \
	%D%/engine_run.c %D%/engine_run.h \
	%D%/h2_server.c %D%/h2_server.h \
	%D%/raw_server.c %D%/raw_server.h %D%/unit.h
tests_unit_test_capture_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_h2
tests_unit_test_h2_SOURCES = %D%/test_h2.c \
	%D%/h2_client.c %D%/h2_client.h \
	%D%/h2_server.c %D%/h2_server.h %D%/unit.h
tests_unit_test_h2_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_target
tests_unit_test_target_SOURCES = %D%/test_target.c \
	%D%/target_client.h %D%/unit.h
tests_unit_test_target_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_target_faults
tests_unit_test_target_faults_SOURCES = %D%/test_target_faults.c \
	%D%/target_client.h %D%/unit.h
tests_unit_test_target_faults_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_target_parts
tests_unit_test_target_parts_SOURCES = %D%/test_target_parts.c %D%/unit.h
tests_unit_test_target_parts_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_target_plays
tests_unit_test_target_plays_SOURCES = %D%/test_target_plays.c %D%/unit.h
tests_unit_test_target_plays_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_target_services
tests_unit_test_target_services_SOURCES = %D%/test_target_services.c \
	%D%/target_cases.h %D%/target_client.h %D%/unit.h
tests_unit_test_target_services_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_target_rpc
tests_unit_test_target_rpc_SOURCES = %D%/test_target_rpc.c \
	%D%/target_cases.h %D%/target_client.h %D%/unit.h
tests_unit_test_target_rpc_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_cells
tests_unit_test_cells_SOURCES = %D%/test_cells.c %D%/unit.h
tests_unit_test_cells_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_config
tests_unit_test_config_SOURCES = %D%/test_config.c $(CONSOLE_FAKES)
tests_unit_test_config_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_theme
tests_unit_test_theme_SOURCES = %D%/test_theme.c %D%/unit.h
tests_unit_test_theme_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_chart
tests_unit_test_chart_SOURCES = %D%/test_chart.c %D%/unit.h
tests_unit_test_chart_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_look
tests_unit_test_look_SOURCES = %D%/test_look.c %D%/unit.h
tests_unit_test_look_LDADD = $(UNIT_LIBS)
UNIT_TESTS += tests/unit/test_table
tests_unit_test_table_SOURCES = %D%/test_table.c \
	%D%/golden.c %D%/golden.h %D%/unit.h
tests_unit_test_table_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_tables
tests_unit_test_tables_SOURCES = %D%/test_tables.c \
	%D%/desk.h %D%/fake_run.c %D%/fake_run.h \
	%D%/fake_source.c %D%/fake_source.h \
	%D%/golden.c %D%/golden.h %D%/unit.h
tests_unit_test_tables_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_errors
tests_unit_test_errors_SOURCES = %D%/test_errors.c \
	%D%/desk.h %D%/fake_run.c %D%/fake_run.h \
	%D%/fake_source.c %D%/fake_source.h \
	%D%/golden.c %D%/golden.h %D%/unit.h
tests_unit_test_errors_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_live
tests_unit_test_live_SOURCES = %D%/test_live.c %D%/fake_run.c %D%/fake_run.h %D%/unit.h
tests_unit_test_live_LDADD = $(UNIT_LIBS)
EXTRA_DIST += %D%/screens
UNIT_TESTS += tests/unit/test_report
tests_unit_test_report_SOURCES = %D%/test_report.c \
	%D%/report_run.c %D%/report_run.h %D%/unit.h
tests_unit_test_report_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_tool_forms
tests_unit_test_tool_forms_SOURCES = %D%/test_tool_forms.c \
	%D%/report_run.c %D%/report_run.h %D%/unit.h
tests_unit_test_tool_forms_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_report_page
tests_unit_test_report_page_SOURCES = %D%/test_report_page.c \
	%D%/report_run.c %D%/report_run.h %D%/unit.h
tests_unit_test_report_page_LDADD = $(UNIT_LIBS)
EXTRA_DIST += %D%/golden/arrivals.md %D%/golden/hostile.md \
	%D%/golden/report.md
UNIT_TESTS += tests/unit/test_report_text
tests_unit_test_report_text_SOURCES = %D%/test_report_text.c \
	%D%/report_run.c %D%/report_run.h %D%/unit.h
tests_unit_test_report_text_LDADD = $(UNIT_LIBS)
EXTRA_DIST += \
	%D%/golden/arrivals-100.txt \
	%D%/golden/arrivals-56-ascii.txt \
	%D%/golden/report-100.txt \
	%D%/golden/report-56-ascii.txt \
	%D%/golden/report-empty.txt \
	%D%/golden/report-own-100.txt \
	%D%/golden/report-own-56-ascii.txt

UNIT_TESTS += tests/unit/test_rundir
tests_unit_test_rundir_SOURCES = %D%/test_rundir.c \
	%D%/report_run.c %D%/report_run.h %D%/unit.h
tests_unit_test_rundir_LDADD = $(UNIT_LIBS)
UNIT_TESTS += tests/unit/test_units
tests_unit_test_units_SOURCES = %D%/test_units.c %D%/unit.h
tests_unit_test_units_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_text
tests_unit_test_text_SOURCES = %D%/test_text.c %D%/unit.h
tests_unit_test_text_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_file
tests_unit_test_file_SOURCES = %D%/test_file.c %D%/unit.h
tests_unit_test_file_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_expr
tests_unit_test_expr_SOURCES = %D%/test_expr.c $(EXPR_INPUT)
tests_unit_test_expr_LDADD = $(UNIT_LIBS)
EXPR_INPUT = %D%/expr_input.c %D%/expr_input.h %D%/unit.h

UNIT_TESTS += tests/unit/test_expr_mistakes
tests_unit_test_expr_mistakes_SOURCES = %D%/test_expr_mistakes.c $(EXPR_INPUT)
tests_unit_test_expr_mistakes_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_json
tests_unit_test_json_SOURCES = %D%/test_json.c %D%/unit.h
tests_unit_test_json_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_number
tests_unit_test_number_SOURCES = %D%/test_number.c %D%/unit.h
tests_unit_test_number_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_regex
tests_unit_test_regex_SOURCES = %D%/test_regex.c %D%/unit.h
tests_unit_test_regex_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_slab
tests_unit_test_slab_SOURCES = %D%/test_slab.c %D%/unit.h
tests_unit_test_slab_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_timeline
tests_unit_test_timeline_SOURCES = %D%/test_timeline.c %D%/unit.h
tests_unit_test_timeline_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_threshold
tests_unit_test_threshold_SOURCES = %D%/test_threshold.c %D%/unit.h
tests_unit_test_threshold_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_recovery
tests_unit_test_recovery_SOURCES = %D%/test_recovery.c %D%/unit.h
tests_unit_test_recovery_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_omission
tests_unit_test_omission_SOURCES = %D%/test_omission.c %D%/unit.h
tests_unit_test_omission_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_recorder
tests_unit_test_recorder_SOURCES = %D%/test_recorder.c %D%/unit.h
tests_unit_test_recorder_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_response
tests_unit_test_response_SOURCES = %D%/test_response.c %D%/unit.h
tests_unit_test_response_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_encode
tests_unit_test_encode_SOURCES = %D%/test_encode.c %D%/unit.h
tests_unit_test_encode_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_template
tests_unit_test_template_SOURCES = %D%/test_template.c %D%/unit.h
tests_unit_test_template_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_course
tests_unit_test_course_SOURCES = %D%/test_course.c %D%/unit.h
tests_unit_test_course_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_console
tests_unit_test_console_SOURCES = %D%/test_console.c $(CONSOLE_FAKES)
tests_unit_test_console_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_forms
tests_unit_test_forms_SOURCES = %D%/test_forms.c $(CONSOLE_FAKES)
tests_unit_test_forms_LDADD = $(UNIT_LIBS)
UNIT_TESTS += tests/unit/test_time
tests_unit_test_time_SOURCES = %D%/test_time.c $(CONSOLE_FAKES)
tests_unit_test_time_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_editor
tests_unit_test_editor_SOURCES = %D%/test_editor.c $(CONSOLE_FAKES)
tests_unit_test_editor_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_palette
tests_unit_test_palette_SOURCES = %D%/test_palette.c $(CONSOLE_FAKES)
tests_unit_test_palette_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_mouse
tests_unit_test_mouse_SOURCES = %D%/test_mouse.c $(CONSOLE_FAKES)
tests_unit_test_mouse_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_anything
tests_unit_test_anything_SOURCES = %D%/test_anything.c $(CONSOLE_FAKES)
tests_unit_test_anything_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_shots
tests_unit_test_shots_SOURCES = %D%/test_shots.c $(CONSOLE_FAKES)
tests_unit_test_shots_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_script
tests_unit_test_script_SOURCES = %D%/test_script.c %D%/unit.h
tests_unit_test_script_LDADD = $(UNIT_LIBS)

CONSOLE_FAKES = %D%/fake_run.c %D%/fake_run.h %D%/fake_source.c \
	%D%/desk.h %D%/fake_source.h %D%/golden.c %D%/golden.h %D%/unit.h

UNIT_TESTS += tests/unit/test_health
tests_unit_test_health_SOURCES = %D%/test_health.c %D%/unit.h
tests_unit_test_health_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_limits
tests_unit_test_limits_SOURCES = %D%/test_limits.c %D%/unit.h
tests_unit_test_limits_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_cpus
tests_unit_test_cpus_SOURCES = %D%/test_cpus.c %D%/unit.h
tests_unit_test_cpus_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_stamps
tests_unit_test_stamps_SOURCES = %D%/test_stamps.c %D%/unit.h
tests_unit_test_stamps_LDADD = $(UNIT_LIBS)
UNIT_TESTS += tests/unit/test_arrivals
tests_unit_test_arrivals_SOURCES = %D%/test_arrivals.c %D%/unit.h
tests_unit_test_arrivals_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_open
tests_unit_test_open_SOURCES = %D%/test_open.c \
	%D%/engine_run.c %D%/engine_run.h %D%/unit.h
tests_unit_test_open_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_grace
tests_unit_test_grace_SOURCES = %D%/test_grace.c \
	%D%/engine_run.c %D%/engine_run.h %D%/unit.h
tests_unit_test_grace_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_rush
tests_unit_test_rush_SOURCES = %D%/test_rush.c \
	%D%/engine_run.c %D%/engine_run.h %D%/unit.h
tests_unit_test_rush_LDADD = $(UNIT_LIBS)
UNIT_TESTS += tests/unit/test_day
tests_unit_test_day_SOURCES = %D%/test_day.c %D%/unit.h
tests_unit_test_day_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_head
tests_unit_test_head_SOURCES = %D%/test_head.c %D%/unit.h
tests_unit_test_head_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_pack
tests_unit_test_pack_SOURCES = %D%/test_pack.c %D%/unit.h
tests_unit_test_pack_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_monitor_keys
tests_unit_test_monitor_keys_SOURCES = %D%/test_monitor_keys.c %D%/unit.h
tests_unit_test_monitor_keys_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_gauges
tests_unit_test_gauges_SOURCES = %D%/test_gauges.c %D%/unit.h
tests_unit_test_gauges_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_proc_text
tests_unit_test_proc_text_SOURCES = %D%/test_proc_text.c %D%/unit.h
tests_unit_test_proc_text_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_prom
tests_unit_test_prom_SOURCES = %D%/test_prom.c %D%/unit.h
tests_unit_test_prom_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_process
tests_unit_test_process_SOURCES = %D%/test_process.c \
	%D%/proc_tree.c %D%/proc_tree.h %D%/unit.h
tests_unit_test_process_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_monitor
tests_unit_test_monitor_SOURCES = %D%/test_monitor.c \
	%D%/proc_tree.c %D%/proc_tree.h %D%/unit.h
tests_unit_test_monitor_LDADD = $(UNIT_LIBS)
UNIT_TESTS += tests/unit/test_scenarios
tests_unit_test_scenarios_SOURCES = %D%/test_scenarios.c \
	%D%/engine_run.c %D%/engine_run.h %D%/unit.h
tests_unit_test_scenarios_LDADD = $(UNIT_LIBS)
LANE_CLIENT = %D%/lane_client.c %D%/lane_client.h %D%/unit.h

UNIT_TESTS += tests/unit/test_lanes
tests_unit_test_lanes_SOURCES = %D%/test_lanes.c $(LANE_CLIENT) \
	%D%/h2_server.c %D%/h2_server.h %D%/raw_server.c %D%/raw_server.h
tests_unit_test_lanes_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_data
tests_unit_test_data_SOURCES = %D%/test_data.c %D%/unit.h
tests_unit_test_data_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_values
tests_unit_test_values_SOURCES = %D%/test_values.c %D%/unit.h
tests_unit_test_values_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_vars
tests_unit_test_vars_SOURCES = %D%/test_vars.c %D%/unit.h
tests_unit_test_vars_LDADD = $(UNIT_LIBS)
UNIT_TESTS += tests/unit/test_monitors
tests_unit_test_monitors_SOURCES = %D%/test_monitors.c \
	%D%/report_run.c %D%/report_run.h %D%/unit.h
tests_unit_test_monitors_LDADD = $(UNIT_LIBS)
UNIT_TESTS += tests/unit/test_series
tests_unit_test_series_SOURCES = %D%/test_series.c %D%/unit.h
tests_unit_test_series_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_custom
tests_unit_test_custom_SOURCES = %D%/test_custom.c %D%/unit.h
tests_unit_test_custom_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_judge
tests_unit_test_judge_SOURCES = %D%/test_judge.c %D%/unit.h
tests_unit_test_judge_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_profile_vars
tests_unit_test_profile_vars_SOURCES = %D%/test_profile_vars.c %D%/unit.h
tests_unit_test_profile_vars_LDADD = $(UNIT_LIBS)
UNIT_TESTS += tests/unit/test_overhead
tests_unit_test_overhead_SOURCES = %D%/test_overhead.c %D%/unit.h
tests_unit_test_overhead_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_alert
tests_unit_test_alert_SOURCES = %D%/test_alert.c %D%/unit.h
tests_unit_test_alert_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_report_own
tests_unit_test_report_own_SOURCES = %D%/test_report_own.c \
	%D%/report_run.c %D%/report_run.h %D%/unit.h
tests_unit_test_report_own_LDADD = $(UNIT_LIBS)
UNIT_TESTS += tests/unit/test_groups
tests_unit_test_groups_SOURCES = %D%/test_groups.c \
	%D%/engine_run.c %D%/engine_run.h %D%/unit.h
tests_unit_test_groups_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_polls
tests_unit_test_polls_SOURCES = %D%/test_polls.c \
	%D%/engine_run.c %D%/engine_run.h %D%/unit.h
tests_unit_test_polls_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_variants
tests_unit_test_variants_SOURCES = %D%/test_variants.c \
	%D%/engine_run.c %D%/engine_run.h %D%/unit.h
tests_unit_test_variants_LDADD = $(UNIT_LIBS)
UNIT_TESTS += tests/unit/test_exec
tests_unit_test_exec_SOURCES = %D%/test_exec.c $(LANE_CLIENT) \
	%D%/raw_server.c %D%/raw_server.h
tests_unit_test_exec_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_schedule
tests_unit_test_schedule_SOURCES = %D%/test_schedule.c %D%/unit.h
tests_unit_test_schedule_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_tasks
tests_unit_test_tasks_SOURCES = %D%/test_tasks.c \
	%D%/engine_run.c %D%/engine_run.h %D%/unit.h
tests_unit_test_tasks_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_events
tests_unit_test_events_SOURCES = %D%/test_events.c \
	%D%/engine_run.c %D%/engine_run.h %D%/unit.h
tests_unit_test_events_LDADD = $(UNIT_LIBS)
UNIT_TESTS += tests/unit/test_import
tests_unit_test_import_SOURCES = %D%/test_import.c %D%/unit.h
tests_unit_test_import_LDADD = $(UNIT_LIBS)
EXTRA_DIST += %D%/import

UNIT_TESTS += tests/unit/test_bands
tests_unit_test_bands_SOURCES = %D%/test_bands.c %D%/unit.h
tests_unit_test_bands_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_modes
tests_unit_test_modes_SOURCES = %D%/test_modes.c %D%/unit.h
tests_unit_test_modes_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_findings
tests_unit_test_findings_SOURCES = %D%/test_findings.c %D%/unit.h
tests_unit_test_findings_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_stall
tests_unit_test_stall_SOURCES = %D%/test_stall.c %D%/unit.h
tests_unit_test_stall_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_spectrum
tests_unit_test_spectrum_SOURCES = %D%/test_spectrum.c %D%/unit.h
tests_unit_test_spectrum_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_spectrum_view
tests_unit_test_spectrum_view_SOURCES = %D%/test_spectrum_view.c $(CONSOLE_FAKES)
tests_unit_test_spectrum_view_LDADD = $(UNIT_LIBS)

TAPE = %D%/tape.c %D%/tape.h %D%/fake_run.c %D%/fake_run.h %D%/unit.h
UNIT_TESTS += tests/unit/test_journal
tests_unit_test_journal_SOURCES = %D%/test_journal.c $(TAPE)
tests_unit_test_journal_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_journal_wrong
tests_unit_test_journal_wrong_SOURCES = %D%/test_journal_wrong.c $(TAPE)
tests_unit_test_journal_wrong_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_journal_live
tests_unit_test_journal_live_SOURCES = %D%/test_journal_live.c $(TAPE)
tests_unit_test_journal_live_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_finder
tests_unit_test_finder_SOURCES = %D%/test_finder.c %D%/unit.h
tests_unit_test_finder_LDADD = $(UNIT_LIBS)
UNIT_TESTS += tests/unit/test_history
tests_unit_test_history_SOURCES = %D%/test_history.c %D%/unit.h
tests_unit_test_history_LDADD = $(UNIT_LIBS)
UNIT_TESTS += tests/unit/test_results
tests_unit_test_results_SOURCES = %D%/test_results.c %D%/unit.h
tests_unit_test_results_LDADD = $(UNIT_LIBS)
UNIT_TESTS += tests/unit/test_compare
tests_unit_test_compare_SOURCES = %D%/test_compare.c %D%/unit.h
tests_unit_test_compare_LDADD = $(UNIT_LIBS)
EXTRA_DIST += %D%/results
UNIT_TESTS += tests/unit/test_maths_sample
tests_unit_test_maths_sample_SOURCES = %D%/test_maths_sample.c %D%/unit.h
tests_unit_test_maths_sample_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_maths_rank
tests_unit_test_maths_rank_SOURCES = %D%/test_maths_rank.c %D%/unit.h
tests_unit_test_maths_rank_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_maths_boot
tests_unit_test_maths_boot_SOURCES = %D%/test_maths_boot.c %D%/unit.h
tests_unit_test_maths_boot_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_maths_trend
tests_unit_test_maths_trend_SOURCES = %D%/test_maths_trend.c %D%/unit.h
tests_unit_test_maths_trend_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_maths_usl
tests_unit_test_maths_usl_SOURCES = %D%/test_maths_usl.c %D%/unit.h
tests_unit_test_maths_usl_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_knee
tests_unit_test_knee_SOURCES = %D%/test_knee.c %D%/unit.h
tests_unit_test_knee_LDADD = $(UNIT_LIBS)
UNIT_TESTS += tests/unit/test_export
tests_unit_test_export_SOURCES = %D%/test_export.c \
	%D%/report_run.c %D%/report_run.h %D%/unit.h
tests_unit_test_export_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_repeat
tests_unit_test_repeat_SOURCES = %D%/test_repeat.c %D%/unit.h
tests_unit_test_repeat_LDADD = $(UNIT_LIBS)
UNIT_TESTS += tests/unit/test_against
tests_unit_test_against_SOURCES = %D%/test_against.c \
	%D%/report_run.c %D%/report_run.h %D%/unit.h
tests_unit_test_against_LDADD = $(UNIT_LIBS)
UNIT_TESTS += tests/unit/test_maths_corner
tests_unit_test_maths_corner_SOURCES = %D%/test_maths_corner.c %D%/unit.h
tests_unit_test_maths_corner_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_report_knee
tests_unit_test_report_knee_SOURCES = %D%/test_report_knee.c \
	%D%/report_run.c %D%/report_run.h %D%/unit.h
tests_unit_test_report_knee_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_secret
tests_unit_test_secret_SOURCES = %D%/test_secret.c %D%/unit.h
tests_unit_test_secret_LDADD = $(UNIT_LIBS)
UNIT_TESTS += tests/unit/test_address
tests_unit_test_address_SOURCES = %D%/test_address.c %D%/unit.h
tests_unit_test_address_LDADD = $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test_ceiling
tests_unit_test_ceiling_SOURCES = %D%/test_ceiling.c %D%/unit.h
tests_unit_test_ceiling_LDADD = $(UNIT_LIBS)
