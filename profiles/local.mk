profilesdir = $(pkgdatadir)/profiles
dist_profiles_DATA = %D%/arrivals.ini %D%/load.ini %D%/smoke.ini \
	%D%/soak.ini %D%/spike.ini %D%/stress.ini
