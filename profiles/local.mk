profilesdir = $(pkgdatadir)/profiles
dist_profiles_DATA = %D%/arrivals.ini %D%/load.ini %D%/smoke.ini \
	%D%/soak.ini %D%/spike.ini %D%/stress.ini

portsdir = $(pkgdatadir)/profiles/ports
dist_ports_DATA = \
	%D%/ports/artillery-phases.ini \
	%D%/ports/command-line.ini \
	%D%/ports/k6-basic-load.ini \
	%D%/ports/k6-soak.ini \
	%D%/ports/k6-spike.ini \
	%D%/ports/k6-stress.ini \
	%D%/ports/locust-journey.ini \
	%D%/ports/rpc-load.ini \
	%D%/ports/rpc-overhead.ini \
	%D%/ports/rpc-spike.ini \
	%D%/ports/rpc-stress.ini \
	%D%/ports/tasks-1000-users.ini \
	%D%/ports/tasks-baseline.ini \
	%D%/ports/tasks-endurance.ini \
	%D%/ports/tasks-spike.ini \
	%D%/ports/tasks-stress.ini

# What `onrush init` writes; src/cmd/init_texts.inc has them as strings.
INIT_PROFILES = %D%/init/arrivals.ini %D%/init/breakpoint.ini \
	%D%/init/custom.ini %D%/init/load.ini %D%/init/smoke.ini \
	%D%/init/soak.ini %D%/init/spike.ini %D%/init/stress.ini
EXTRA_DIST += $(INIT_PROFILES)
