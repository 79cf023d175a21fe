libonrush_a_SOURCES += \
	%D%/edit.c %D%/edit.h \
	%D%/merge.c %D%/merge.h \
	%D%/pieces.c %D%/pieces.h \
	%D%/plan.c %D%/plan.h \
	%D%/stage_text.c %D%/stage_text.h \
	%D%/thin.c %D%/thin.h \
	%D%/undo.c
