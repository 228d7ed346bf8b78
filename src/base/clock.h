/*
 * clock.h - time that only goes forward, for deadlines and durations.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

/* Milliseconds since some moment of this machine's run. */
int64_t	clock_ms(void);

#endif
