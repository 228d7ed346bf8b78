/*
 * error.h - status codes and a message that the caller owns.
 *
 * A function that can fail returns 0 or one of the negative statuses
 * below; its last parameter is a struct error that may be NULL.  The
 * message is one line in plain words: what, where, what to do.  Text that
 * came from outside is escaped when it is put in, so that a message can
 * go to a terminal or a log as it is.
 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

enum {
	E_FAIL		= -1,	/* anything else; the message says what */
	E_NOTFOUND	= -2,	/* the thing asked for is not there */
	E_LIMIT		= -3,	/* a stated ceiling was met */
	E_SYNTAX	= -4,	/* the input is not what it claims to be */
	E_AGAIN		= -5,	/* busy or would block: a later try may do */
	E_EXIST		= -6,	/* it is there already and was left alone */
};

/* Longest message kept, terminating NUL included, in bytes. */
#define ERROR_MAX	1024

struct error {
	int	status;
	char	msg[ERROR_MAX];
};

/*
 * Put a message into e (may be NULL) and return status, so that the
 * failing line is one return.  In the formatted text controls, what hides
 * or turns text, and bytes that are no UTF-8 become "?".
 */
int	error_set(struct error *e, int status, const char *fmt, ...)
	    __attribute__((format(printf, 3, 4)));

/* As error_set(), with ": " and the text of errno appended. */
int	error_errno(struct error *e, const char *fmt, ...)
	    __attribute__((format(printf, 2, 3)));

/* Put "prefix: " before the message of e; returns e's status. */
int	error_wrap(struct error *e, const char *fmt, ...)
	    __attribute__((format(printf, 2, 3)));

#endif
