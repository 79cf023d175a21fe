libonrush_a_SOURCES +=
