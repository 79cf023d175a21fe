# Servers and networks that fail, and what onrush makes of it.
FAULT_TESTS =
FAULT_TESTS += tests/faults/test_failing_servers.py
FAULT_TESTS += tests/faults/test_matrix.py
FAULT_TESTS += tests/faults/test_h2_matrix.py
TESTS += $(FAULT_TESTS)
dist_check_SCRIPTS += $(FAULT_TESTS)
EXTRA_DIST += %D%/fault.py %D%/manners.py %D%/tls_manners.py %D%/tls_below.py
EXTRA_DIST += %D%/matrix.py
EXTRA_DIST += %D%/matrix_curl.py
EXTRA_DIST += %D%/matrix_h1.py
EXTRA_DIST += %D%/matrix_idle.py
EXTRA_DIST += %D%/matrix_names.py
EXTRA_DIST += %D%/matrix_tls.py
EXTRA_DIST += %D%/h2_manners.py %D%/h2_wire.py %D%/matrix_h2.py
EXTRA_DIST += %D%/background.py
